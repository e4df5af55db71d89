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
import { useFilePicker } from '../submit/files.ts'
import { useSpeech } from '../words/speech.tsx'
import { usePlanWords } from './plan-words.ts'

type Props = { picture: SitePicture; jobs: readonly Job[]; onClose: () => void }

export function PlateDialog({ picture, jobs, onClose }: Props) {
  useFocusBack()
  const speech = useSpeech()
  const { words } = speech
  const { plate } = usePlanWords()
  const narrow = useMediaQuery('(max-width: 760px)')
  const { ask } = useAsking(picture.site)
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
    const asked = await ask({
      kind: 'job.plate',
      plate: token,
      jobs: jobs.map(({ id }) => id),
      ...stored,
      ...(machine !== '' && { machine }),
    })
    setSentBytes(undefined)
    if (asked.outcome === 'failed' || (asked.outcome === 'replied' && asked.reply.outcome === 'refused')) return
    const ticket = asked.outcome === 'replied' && asked.reply.outcome === 'done' ? asked.reply.ticket : undefined
    if (ticket !== undefined) tellDone(plate.made(words.job.ticket(ticket), jobs.length), speech)
    onClose()
  }
  const printers = Object.values(picture.machines).filter(
    ({ declaration }) => declaration.kind === 'printer' && jobs.every(({ suitable }) => suitable.includes(declaration.id)),
  )
  const files = [...new Map(jobs.map(job => [job.program.sha256, job])).values()]
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
        <ol className="plain plate-files">
          {files.map(job => {
            const copies = jobs.filter(({ program }) => program.sha256 === job.program.sha256).length
            return (
              <li key={job.program.sha256}>
                <a href={`/api/v1/programs/${job.program.sha256}/file`} download={job.program.name}>
                  {words.job.ticket(job.ticket)} {job.program.name}
                </a>
                <span className="small quiet">
                  {copies > 1 ? `${words.teach.copies(copies)} · ` : ''}
                  {job.author.name} · {speech.forms.bytes(job.program.size)}
                </span>
              </li>
            )
          })}
        </ol>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the button in it does the same */}
        <div className="plate-drop" onDragOver={event => event.preventDefault()} onDrop={dropped}>
          {file === undefined ? (
            <p className="second">{plate.drop}</p>
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
          <Button disabled={file === undefined} loading={sentBytes !== undefined} onClick={send}>
            {plate.make}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
