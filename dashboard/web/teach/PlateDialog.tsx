// Several small parts on one bed: their files to lay out in a slicer, and the one file that came of it.
import { Button, Modal, NativeSelect } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type DragEvent, useRef, useState } from 'react'
import type { Job } from '../../../protocols/contract/job.ts'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { tellDone, tellTrouble, troubleText, useAsking } from '../asking.tsx'
import { freshToken, upload } from '../live/server.ts'
import { useFocusBack } from '../parts/focus-back.ts'
import { ProgressBar } from '../parts/Progress.tsx'
import { useTouch } from '../parts/touch.ts'
import { followersOf, type Requested } from '../school/waits.ts'
import { useFilePicker } from '../submit/files.ts'
import { useSpeech } from '../words/speech.tsx'
import { usePlanWords } from './plan-words.ts'

type Props = { picture: SitePicture; jobs: readonly Job[]; onClose: () => void }

export function PlateDialog({ picture, jobs: asked, onClose }: Props) {
  useFocusBack()
  const speech = useSpeech()
  const { words } = speech
  const { plate } = usePlanWords()
  const narrow = useMediaQuery('(max-width: 760px)')
  const touch = useTouch()
  const { ask } = useAsking(picture.site)
  const [chosen, setChosen] = useState<ReadonlySet<number>>(() => new Set(asked.map(({ ticket }) => ticket)))
  const requests = partsOf(picture, asked)
  const jobs = requests.filter(([{ ticket }]) => chosen.has(ticket)).flat()
  const [file, setFile] = useState<File>()
  const [machine, setMachine] = useState('')
  const [sentBytes, setSentBytes] = useState<number>()
  // One plate however often it is pressed: a school answers a known one with what it already made.
  const [token] = useState(freshToken)
  const leaving = useRef(new AbortController())
  const pick = useFilePicker(([picked]) => picked && setFile(picked))
  const dropped = (event: DragEvent) => {
    event.preventDefault()
    event.stopPropagation()
    const [one] = event.dataTransfer.files
    if (one !== undefined) setFile(one)
  }
  const close = () => {
    leaving.current.abort()
    onClose()
  }
  const send = async () => {
    if (file === undefined) return
    setSentBytes(0)
    const stored = await upload(file, setSentBytes, leaving.current.signal)
    if (leaving.current.signal.aborted) return
    if ('trouble' in stored) {
      setSentBytes(undefined)
      tellTrouble(troubleText(stored, speech), speech)
      return
    }
    const answer = await ask({
      kind: 'job.plate',
      plate: token,
      jobs: jobs.map(({ id }) => id),
      ...stored,
      ...(machine !== '' && { machine }),
    })
    setSentBytes(undefined)
    if (answer.outcome === 'failed' || (answer.outcome === 'replied' && answer.reply.outcome === 'refused')) return
    const ticket = answer.outcome === 'replied' && answer.reply.outcome === 'done' ? answer.reply.ticket : undefined
    if (ticket !== undefined) tellDone(plate.made(words.job.ticket(ticket), jobs.length), speech)
    onClose()
  }
  const printers = Object.values(picture.machines).filter(
    ({ declaration }) => declaration.kind === 'printer' && jobs.every(({ suitable }) => suitable.includes(declaration.id)),
  )
  return (
    <Modal
      opened
      onClose={close}
      fullScreen={narrow ?? false}
      size={640}
      title={plate.title(jobs.length)}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': words.submit.close }}
    >
      <div className="stack">
        <p>{plate.how}</p>
        <Parts requests={requests} chosen={chosen} onChoose={setChosen} />
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the button in it does the same */}
        <div className="plate-drop" onDragOver={event => event.preventDefault()} onDrop={dropped}>
          {file === undefined ? (
            <p className="second">{touch ? plate.dropTouch : plate.drop}</p>
          ) : (
            <p>
              <strong>{file.name}</strong> <span className="small quiet">{speech.forms.bytes(file.size)}</span>
            </p>
          )}
          <Button variant="default" disabled={sentBytes !== undefined} onClick={pick}>
            {file === undefined ? plate.choose : plate.chooseOther}
          </Button>
          {sentBytes === undefined || file === undefined ? null : (
            <ProgressBar fraction={file.size === 0 ? 0 : Math.min(1, sentBytes / file.size)} label={words.submit.uploading} />
          )}
        </div>
        <NativeSelect
          label={words.job.chooseMachine}
          value={machine}
          data={[
            { value: '', label: words.job.anyMachine },
            ...printers.map(({ declaration }) => ({ value: declaration.id, label: declaration.name })),
          ]}
          onChange={event => setMachine(event.currentTarget.value)}
        />
        <p className="small second">{plate.follows}</p>
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={close}>
            {words.asked.keep}
          </Button>
          <Button disabled={file === undefined || jobs.length === 0} loading={sentBytes !== undefined} onClick={send}>
            {plate.make}
          </Button>
        </div>
      </div>
    </Modal>
  )
}

type PartsProps = { requests: readonly Requested[]; chosen: ReadonlySet<number>; onChoose: (tickets: ReadonlySet<number>) => void }

/** Which parts go onto it, each with its file to save. */
function Parts({ requests, chosen, onChoose }: PartsProps) {
  const { words, forms } = useSpeech()
  const { plate } = usePlanWords()
  const change = (ticket: number, on: boolean) => {
    const next = new Set(chosen)
    if (on) next.add(ticket)
    else next.delete(ticket)
    onChoose(next)
  }
  return (
    <fieldset className="bare">
      <legend>{plate.parts}</legend>
      <ul className="plain plate-files">
        {requests.map(([job, ...copies]) => (
          <li key={job.id}>
            <label className="pick">
              <input
                type="checkbox"
                checked={chosen.has(job.ticket)}
                aria-label={words.teach.select(`${words.job.ticket(job.ticket)} ${job.program.name}`)}
                onChange={event => change(job.ticket, event.currentTarget.checked)}
              />
            </label>
            <a href={`/api/v1/programs/${job.program.sha256}/file`} download={job.program.name}>
              {words.job.ticket(job.ticket)} {job.program.name}
            </a>
            <span className="small quiet">
              {copies.length === 0 ? '' : `${words.teach.copies(copies.length + 1)} · `}
              {job.author.name} · {forms.bytes(job.program.size)}
            </span>
          </li>
        ))}
      </ul>
    </fieldset>
  )
}

/** Printed parts that still wait and are on no plate, by ticket; those asked for stand first. */
function partsOf(picture: SitePicture, asked: readonly Job[]): Requested[] {
  const first = new Set(asked.map(({ ticket }) => ticket))
  const plates = followersOf(Object.values(picture.jobs))
  const byTicket = new Map<number, [Job, ...Job[]]>()
  for (const job of Object.values(picture.jobs).sort((a, b) => a.ticket - b.ticket || a.copy - b.copy)) {
    const waits = job.state === 'submitted' || job.state === 'queued'
    if (!waits || job.program.kind !== 'printer' || job.plate !== undefined || plates.has(job.id)) continue
    const known = byTicket.get(job.ticket)
    if (known === undefined) byTicket.set(job.ticket, [job])
    else known.push(job)
  }
  return [...byTicket.values()].sort((a, b) => Number(first.has(b[0].ticket)) - Number(first.has(a[0].ticket)))
}
