// "Start" for a laser or mill: where the school asks for a PIN, the person says who stands at the machine before anything moves;
// or the job is armed, and the machine's own button starts it.
import { Button, type ButtonProps, Modal } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Job } from '../../../protocols/contract/job.ts'
import type { MachineDeclaration } from '../../../protocols/contract/machine.ts'
import { troubleText, useAsking } from '../asking.tsx'
import { JobName } from '../parts/JobName.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { PinDialog, PinField } from './PinDialog.tsx'
import { confirmStart } from './server.ts'
import '../styles/camera.css'

type Props = { site: string; job: Job; machine: MachineDeclaration; size?: NonNullable<ButtonProps['size']> }

export function StartButton({ site, job, machine, size = 'sm' }: Props) {
  const { words, say } = useSpeech()
  const { me } = useReader()
  const { ask, asking } = useAsking(site)
  const [confirming, setConfirming] = useState(false)
  const what = { kind: 'job.start', job: job.id, machine: machine.id } as const
  const arm = { kind: 'job.arm', job: job.id, machine: machine.id } as const
  const wantsPin = me.pin?.atStart === true && machine.kind !== 'printer'
  return (
    <>
      <Button size={size} loading={asking(what)} onClick={() => (wantsPin ? setConfirming(true) : void ask(what))}>
        {words.job.start}
      </Button>
      {machine.startButton ? (
        <Button
          size={size}
          variant="default"
          className="long-button"
          title={words.arm.about}
          loading={asking(arm)}
          onClick={() => void ask(arm)}
        >
          {words.arm.arm}
        </Button>
      ) : null}
      {job.back === undefined ? null : (
        <p className="note tone-attention small" style={{ flexBasis: '100%' }}>
          {say(job.back.text)}
        </p>
      )}
      <Modal
        opened={confirming}
        onClose={() => setConfirming(false)}
        title={words.people.startTitle(machine.name)}
        centered
        closeButtonProps={{ 'aria-label': words.submit.close }}
      >
        <Confirmation
          site={site}
          job={job}
          machine={machine}
          onConfirmed={async () => {
            setConfirming(false)
            await ask(what)
          }}
        />
      </Modal>
    </>
  )
}

function Confirmation({ site, job, machine, onConfirmed }: Props & { onConfirmed: () => void }) {
  const speech = useSpeech()
  const { words } = speech
  const { me, readAgain } = useReader()
  const [pin, setPin] = useState('')
  const [busy, setBusy] = useState(false)
  const [complaint, setComplaint] = useState<string>()
  const [choosing, setChoosing] = useState(false)
  const confirm = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    const trouble = await confirmStart(site, job.id, machine.id, pin)
    setBusy(false)
    setPin('')
    if (trouble === undefined) onConfirmed()
    else setComplaint(troubleText(trouble, speech))
  }
  // Beside the form, not in it: React would take the dialog's submit for this form's.
  return (
    <>
      <form className="stack" onSubmit={confirm}>
        <JobName job={job} />
        <p>{words.people.startAbout}</p>
        <p className="small second">{words.machine.redButton}</p>
        {me.pin?.set === true ? (
          <PinField label={words.people.pin} value={pin} onValue={setPin} />
        ) : (
          <div className="note tone-attention stack" style={{ gap: 8 }}>
            <p>{words.people.startNoPin}</p>
            <div>
              <Button variant="default" onClick={() => setChoosing(true)}>
                {words.people.pinSet}
              </Button>
            </div>
          </div>
        )}
        <div role="alert">{complaint === undefined ? null : <p className="note tone-fault">{complaint}</p>}</div>
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button type="submit" loading={busy} disabled={me.pin?.set !== true || pin.length < 4}>
            {words.job.start}
          </Button>
        </div>
      </form>
      <PinDialog opened={choosing} onClose={() => setChoosing(false)} onSaved={readAgain} />
    </>
  )
}
