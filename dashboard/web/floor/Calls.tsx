// Calls at a machine: whoever looks at its page may call the teacher or report a problem; staff sees what stands and settles it.
import { Button, Modal, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { helpCalled, type Problem, problemReported, problems, problemWords } from '../../../protocols/contract/floor.ts'
import type { MachinePicture } from '../../../protocols/contract/screen.ts'
import { tellDone, useAsking } from '../asking.tsx'
import { Glyph } from '../parts/Glyph.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'

type Props = { site: string; machine: MachinePicture }

/** Two buttons for everybody, and for staff the way to the page behind the QR code. */
export function CallButtons({ site, machine }: Props) {
  const speech = useSpeech()
  const { words } = speech
  const { me, offer } = useReader()
  const { ask, asking } = useAsking(site)
  const [reporting, setReporting] = useState(false)
  const { id, name } = machine.declaration
  const help = { kind: 'machine.help', machine: id } as const
  const called = machine.faults.some(({ code }) => code === helpCalled)
  const call = async () => {
    const asked = await ask(help)
    if (asked.outcome === 'replied' && asked.reply.outcome === 'done') tellDone(words.floor.helpDone(name), speech)
  }
  return (
    <div className="row">
      {called || offer('machine.help') !== 'yes' ? null : (
        <Button variant="default" loading={asking(help)} onClick={call}>
          {words.floor.help}
        </Button>
      )}
      {/* The two short ones beside each other on a phone. */}
      {me.author.role === 'pupil' ? null : (
        <Button component="a" variant="default" href={`/m/${site}/${id}`}>
          {words.floor.stickerPage}
        </Button>
      )}
      {offer('machine.report') === 'yes' ? (
        <Button variant="default" onClick={() => setReporting(true)}>
          {words.floor.report}
        </Button>
      ) : null}
      <Modal
        opened={reporting}
        onClose={() => setReporting(false)}
        title={words.floor.reportTitle(name)}
        centered
        closeButtonProps={{ 'aria-label': words.submit.close }}
      >
        <ReportForm site={site} machine={id} onClose={() => setReporting(false)} />
      </Modal>
    </div>
  )
}

/** What is dangerous first. */
/** In the order they are commonest. */
const shown = Object.keys(problemWords).filter((one): one is Problem => problems.some(each => each === one))

function ReportForm({ site, machine, onClose }: { site: string; machine: string; onClose: () => void }) {
  const speech = useSpeech()
  const { words, say } = speech
  const { ask } = useAsking(site)
  const [problem, setProblem] = useState<Problem>()
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const send = async (event: FormEvent) => {
    event.preventDefault()
    if (problem === undefined) return
    setBusy(true)
    const words_ = text.trim()
    const asked = await ask({ kind: 'machine.report', machine, problem, ...(words_ === '' ? {} : { text: words_ }) })
    setBusy(false)
    // What was written stays until the school has taken it.
    if (asked.outcome === 'failed' || (asked.outcome === 'replied' && asked.reply.outcome === 'refused')) return
    if (asked.outcome === 'replied') tellDone(words.floor.reportDone, speech)
    onClose()
  }
  return (
    <form className="stack" onSubmit={send}>
      <p className="note tone-attention">{words.floor.danger}</p>
      <fieldset className="bare stack" style={{ gap: 8 }}>
        <legend>{words.floor.what}</legend>
        <div className="row">
          {shown.map(one => (
            <Button
              key={one}
              variant={problem === one ? 'filled' : 'default'}
              aria-pressed={problem === one}
              onClick={() => setProblem(one)}
            >
              {say(problemWords[one])}
            </Button>
          ))}
        </div>
      </fieldset>
      <Textarea
        label={words.floor.own}
        description={words.floor.ownHint}
        value={text}
        maxLength={400}
        autosize
        minRows={2}
        onChange={event => setText(event.currentTarget.value)}
      />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>
          {words.floor.cancel}
        </Button>
        <Button type="submit" loading={busy} disabled={problem === undefined}>
          {words.floor.send}
        </Button>
      </div>
    </form>
  )
}

/** What stands at the machine until a person has come or has seen to it. */
export function Calls({ site, machine }: Props) {
  const { words, say } = useSpeech()
  const { me, offer } = useReader()
  const { ask, asking } = useAsking(site)
  const staff = me.author.role !== 'pupil'
  return ([helpCalled, problemReported] as const).flatMap(code => {
    const fault = machine.faults.find(one => one.code === code)
    if (fault === undefined) return []
    const settle = { kind: 'machine.settle', machine: machine.declaration.id, fault: code } as const
    const help = code === helpCalled
    return (
      <section key={code} className="big-state tone-attention" aria-label={help ? words.floor.called : words.floor.reported}>
        <Glyph shape="attention" size={28} />
        <div className="stack" style={{ gap: 8 }}>
          <p>
            {/* What people wrote of it is for those who see to it. */}
            <strong>{help ? words.floor.called : staff ? say(fault.text) : words.floor.reported}</strong>
          </p>
          {help || !staff || fault.help === undefined ? null : <p className="second">{say(fault.help)}</p>}
          {offer('machine.settle') === 'yes' ? (
            <div>
              <Button loading={asking(settle)} onClick={() => ask(settle)}>
                {help ? words.floor.going : words.floor.settled}
              </Button>
            </div>
          ) : null}
        </div>
      </section>
    )
  })
}
