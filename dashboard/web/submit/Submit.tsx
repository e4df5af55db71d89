// The panel a dropped file opens: sending, checking, what it is, where it can be made, and into the queue.
import { Button, Modal } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type ReactNode, useState } from 'react'
import type { Wishes as JobWishes } from '../../../protocols/contract/job.ts'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { tellDone, troubleText, useAsking } from '../asking.tsx'
import { freshToken } from '../live/server.ts'
import { useFocusBack } from '../parts/focus-back.ts'
import { ProgressBar } from '../parts/Progress.tsx'
import { useTouch } from '../parts/touch.ts'
import { endOfDay } from '../people/day.ts'
import { useReader } from '../rights.tsx'
import { type Speech, useSpeech } from '../words/speech.tsx'
import { Checked } from './Checked.tsx'
import { Checking } from './Checking.tsx'
import { asksLeave, takers } from './fitting.ts'
import { Left } from './Left.tsx'
import { Sent } from './Sent.tsx'
import { type Step, useSubmission } from './submission.ts'
import { noWish, type Wish, Wishes } from './Wishes.tsx'

type Props = { picture: SitePicture; files: readonly File[]; onPick: () => void; onClose: () => void }

export function Submit({ picture, files, onPick, onClose }: Props) {
  const { words } = useSpeech()
  useFocusBack()
  const narrow = useMediaQuery('(max-width: 760px)')
  const touch = useTouch()
  const [at, setAt] = useState(0)
  const file = files[at]
  const next = () => (at + 1 < files.length ? setAt(at + 1) : onClose())
  const many = files.length > 1 ? ` · ${words.submit.file(at + 1, files.length)}` : ''
  return (
    <Modal
      opened
      onClose={onClose}
      fullScreen={narrow ?? false}
      size={1080}
      title={`${words.submit.title}${many}`}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': words.submit.close }}
    >
      {file === undefined ? (
        <p>{touch ? words.submit.nothingTouch : words.submit.nothing}</p>
      ) : (
        <OneFile
          // The same file chosen again is a new beginning.
          key={`${at} ${file.name} ${file.lastModified} ${file.size}`}
          picture={picture}
          file={file}
          more={at + 1 < files.length}
          onNext={next}
          onPick={onPick}
          onClose={onClose}
        />
      )}
    </Modal>
  )
}

type OneProps = { picture: SitePicture; file: File; more: boolean; onNext: () => void; onPick: () => void; onClose: () => void }

function OneFile({ picture, file, more, onNext, onPick, onClose }: OneProps) {
  const speech = useSpeech()
  const { words } = speech
  const { me } = useReader()
  const mayAllow = me.author.role === 'technician'
  const { ask } = useAsking(picture.site)
  const { step, retry } = useSubmission(picture.site, file)
  const [wish, setWish] = useState<Wish>(noWish)
  const [sent, setSent] = useState<{ ticket: number; job: string }>()
  const [sending, setSending] = useState(false)
  // One request however often it is pressed: a school answers a known request with the jobs it already made.
  const [request] = useState(freshToken)

  const send = async () => {
    if (!('upload' in step)) return
    setSending(true)
    const { sha256, name, size } = step.upload
    const comment = wish.comment.trim()
    const asked = await ask({
      kind: 'job.submit',
      request,
      sha256,
      name,
      size,
      copies: wish.copies,
      ...(wish.machine === undefined ? {} : { machine: wish.machine }),
      ...(comment === '' ? {} : { comment }),
      ...wishesOf(wish),
      ...(wish.allowConstantPower ? { allowConstantPower: true } : {}),
    })
    setSending(false)
    if (asked.outcome === 'failed' || (asked.outcome === 'replied' && asked.reply.outcome === 'refused')) return
    if (asked.outcome === 'replied' && asked.reply.outcome === 'done') {
      const ticket = asked.reply.ticket === undefined ? '' : words.job.ticket(asked.reply.ticket)
      const said = wish.copies > 1 ? words.submit.doneMany(ticket, wish.copies) : words.submit.done(ticket)
      const [job] = asked.reply.jobs ?? []
      // A pupil keeps the ticket; staff have the queue before them.
      if (me.author.role === 'pupil' && job !== undefined && asked.reply.ticket !== undefined) {
        setSent({ ticket: asked.reply.ticket, job })
        return
      }
      tellDone(asked.reply.waiting === undefined ? `${said}.` : `${said}. ${speech.say(asked.reply.waiting)}`, speech)
    }
    onNext()
  }

  const taking = step.step === 'checked' ? takers(step.program, wish.allowConstantPower) : []
  const chosen = wish.machine
  const sendable = step.step === 'waiting' || (chosen === undefined ? taking.length > 0 : taking.some(({ machine }) => machine === chosen))
  const offered = step.step === 'waiting' || (step.step === 'checked' && (taking.length > 0 || (mayAllow && asksLeave(step.program))))
  const sendWord =
    step.step === 'waiting' ? words.submit.sendUnchecked : me.author.role === 'pupil' ? words.submit.sendPupil : words.submit.send
  if (sent !== undefined) return <Sent site={picture.site} ticket={sent.ticket} job={sent.job} onDone={onNext} />
  return (
    <div className="stack submit">
      <p className="submit-file">
        <strong>{file.name}</strong>
        <span className="quiet small">{speech.forms.bytes(file.size)}</span>
      </p>
      <Body step={step} file={file} picture={picture} wish={wish} onWish={setWish} />
      {me.author.role === 'pupil' ? <Left site={picture.site} /> : null}
      <div className="row submit-deeds">
        {offered ? (
          <Button size="md" loading={sending} disabled={!sendable} onClick={send}>
            {sendWord}
          </Button>
        ) : null}
        {step.step === 'undelivered' ? <Button onClick={retry}>{words.submit.retry}</Button> : null}
        {step.step === 'uploading' ? (
          <Button variant="default" onClick={more ? onNext : onClose}>
            {words.submit.stopUpload}
          </Button>
        ) : (
          <Button variant="default" onClick={onPick}>
            {words.submit.again}
          </Button>
        )}
        {more && step.step !== 'uploading' ? (
          <Button variant="subtle" color="gray" onClick={onNext}>
            {words.submit.skip}
          </Button>
        ) : null}
      </div>
    </div>
  )
}

/** Only what was wished. */
function wishesOf({ material, colour, deadline }: Wish): { wishes?: JobWishes } {
  const needed = endOfDay(deadline)
  const wished: JobWishes = {
    ...(material.trim() === '' ? {} : { material: material.trim() }),
    ...(colour.trim() === '' ? {} : { colour: colour.trim() }),
    ...(needed === undefined ? {} : { deadline: needed }),
  }
  return Object.keys(wished).length === 0 ? {} : { wishes: wished }
}

type BodyProps = { step: Step; file: File; picture: SitePicture; wish: Wish; onWish: (wish: Wish) => void }

function Body({ step, file, picture, wish, onWish }: BodyProps) {
  const speech = useSpeech()
  const { words, forms } = speech
  switch (step.step) {
    case 'uploading': {
      const share = file.size === 0 ? 0 : Math.min(1, step.sentBytes / file.size)
      return (
        <Working
          title={`${words.submit.uploading}: ${forms.percent(share)}`}
          hint={words.submit.uploaded(forms.bytes(Math.min(step.sentBytes, file.size)), forms.bytes(file.size))}
        >
          <ProgressBar fraction={share} label={words.submit.uploading} />
        </Working>
      )
    }
    case 'checking':
      return <Checking sha256={step.upload.sha256} />
    case 'waiting':
      return (
        <>
          <div className="note" role="status">
            <p>
              <strong>{words.submit.waitingSchool}</strong>
            </p>
            <p>{words.submit.waitingSchoolHint}</p>
          </div>
          <Wishes picture={picture} wish={wish} onWish={onWish} />
        </>
      )
    case 'checked':
      return <Checked program={step.program} picture={picture} wish={wish} onWish={onWish} />
    case 'empty':
    case 'unreadable':
    case 'undelivered':
    case 'refused':
      return <Complaint step={step} speech={speech} />
  }
}

function Complaint({ step, speech }: { step: Step; speech: Speech }) {
  const help = step.step === 'refused' ? step.denial.help : undefined
  return (
    <div className="note tone-fault" role="alert">
      <p>
        <strong>{complaintOf(step, speech)}</strong>
      </p>
      {help === undefined ? null : <p>{speech.say(help)}</p>}
    </div>
  )
}

function complaintOf(step: Step, speech: Speech): string {
  const { words, say } = speech
  if (step.step === 'empty') return words.submit.empty
  if (step.step === 'unreadable') return words.submit.folder
  if (step.step === 'refused') return say(step.denial.text)
  if (step.step === 'undelivered' && step.trouble.trouble !== 'offline') return troubleText(step.trouble, speech)
  return words.submit.failed
}

function Working({ title, hint, children }: { title: string; hint: string; children: ReactNode }) {
  return (
    <div className="stack" style={{ gap: 8 }} aria-live="off">
      <p className="figures">
        <strong>{title}</strong>
      </p>
      {children}
      <p className="small quiet figures">{hint}</p>
    </div>
  )
}
