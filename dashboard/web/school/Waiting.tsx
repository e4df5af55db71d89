// «Ждёт меня»: everything in this school that stands still until a person comes, each with the deed that moves it on.
import { Button, Textarea } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import type { Job } from '../../../protocols/contract/job.ts'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { useAsking } from '../asking.tsx'
import { useNow } from '../live/use.tsx'
import { lookOf, type Tone } from '../looks.ts'
import { AnswerPrompt } from '../parts/AnswerPrompt.tsx'
import { ClearBed } from '../parts/ClearBed.tsx'
import { Confirm } from '../parts/Confirm.tsx'
import { Glyph } from '../parts/Glyph.tsx'
import { JobName } from '../parts/JobName.tsx'
import { StartButton } from '../people/StartButton.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { type Wait, waitsOf } from './waits.ts'

export function Waiting({ picture, sure, openJob }: { picture: SitePicture; sure: boolean; openJob: (job: string) => void }) {
  const { words } = useSpeech()
  const waits = waitsOf(picture, sure)
  return (
    <section className="part-waiting" aria-labelledby="waiting">
      <div className="section-head">
        <h2 id="waiting">{words.school.waiting}</h2>
        {waits.length === 0 ? null : <span className="count">{waits.length}</span>}
      </div>
      {waits.length === 0 ? (
        <p className="panel panel-body quiet">{words.school.nothingWaits}</p>
      ) : (
        <ul className="plain stack" style={{ gap: 10 }}>
          {waits.map(wait => (
            <WaitItem key={wait.key} wait={wait} picture={picture} openJob={openJob} />
          ))}
        </ul>
      )}
    </section>
  )
}

function WaitItem({ wait, picture, openJob }: { wait: Wait; picture: SitePicture; openJob: (job: string) => void }) {
  switch (wait.kind) {
    case 'machine':
      return <WaitingMachine wait={wait} picture={picture} />
    case 'clear':
      return <WaitingClear wait={wait} site={picture.site} openJob={openJob} />
    case 'start':
      return <WaitingStart wait={wait} site={picture.site} openJob={openJob} />
    case 'approve':
      return <WaitingApproval job={wait.job} site={picture.site} openJob={openJob} />
  }
}

/** The common shape: what it is, since when, and below it what can be done. */
function Item({
  tone,
  mark,
  title,
  since,
  children,
}: {
  tone: Tone
  mark: ReactNode
  title: ReactNode
  since: number
  children: ReactNode
}) {
  const { words, forms } = useSpeech()
  const now = useNow()
  return (
    <li className={`wait panel tone-${tone}`}>
      <div className="wait-head">
        {mark}
        <h3>{title}</h3>
        <span className="small second wait-age">{words.waits.since(forms.age(since, now))}</span>
      </div>
      <div className="wait-body">{children}</div>
    </li>
  )
}

function WaitingMachine({ wait, picture }: { wait: Wait & { kind: 'machine' }; picture: SitePicture }) {
  const { words, forms, say } = useSpeech()
  const now = useNow()
  const { machine } = wait
  const look = lookOf(machine, picture.link, now, words, forms, say)
  const { state } = machine
  const fault = 'fault' in state ? state.fault : undefined
  return (
    <Item
      tone={look.tone}
      mark={<Glyph shape={look.shape} />}
      title={
        <Link href={`/sites/${picture.site}/machines/${machine.declaration.id}`}>
          <span className="state-word">{look.label}</span>
          {`: ${machine.declaration.name}`}
        </Link>
      }
      since={wait.since}
    >
      {look.detail === undefined ? null : <p>{look.detail}</p>}
      {fault?.help === undefined ? null : <p className="second">{say(fault.help)}</p>}
      <AnswerPrompt site={picture.site} machine={machine} />
    </Item>
  )
}

function WaitingClear({ wait, site, openJob }: { wait: Wait & { kind: 'clear' }; site: string; openJob: (job: string) => void }) {
  const { words } = useSpeech()
  const { offer } = useReader()
  const { machine, job } = wait
  return (
    <Item
      tone="part"
      mark={<Glyph shape="part" />}
      title={
        <Link href={`/sites/${site}/machines/${machine.declaration.id}`}>
          <span className="state-word">{words.state.uncleared}</span>
          {`: ${machine.declaration.name}`}
        </Link>
      }
      since={wait.since}
    >
      {job === undefined ? null : <JobName job={job} onOpen={openJob} />}
      {offer('machine.clear') === 'yes' ? <ClearBed site={site} machine={machine} /> : null}
    </Item>
  )
}

function WaitingStart({ wait, site, openJob }: { wait: Wait & { kind: 'start' }; site: string; openJob: (job: string) => void }) {
  const { words } = useSpeech()
  const { offer } = useReader()
  const { machine, job } = wait
  const { id, name, kind } = machine.declaration
  const offered = offer('job.start', { machineKind: kind })
  return (
    <Item
      tone="quiet"
      mark={<Glyph shape="free" />}
      title={<Link href={`/sites/${site}/machines/${id}`}>{words.waits.start(name)}</Link>}
      since={wait.since}
    >
      <JobName job={job} onOpen={openJob} />
      {offered === 'yes' ? (
        <div className="row">
          <StartButton site={site} job={job} machine={machine.declaration} />
          <span className="small quiet">{words.machine.redButton}</span>
        </div>
      ) : (
        <p className="small second">
          {words.waits.startAtMachine} {words.waits.startWhy}
        </p>
      )}
    </Item>
  )
}

function WaitingApproval({ job, site, openJob }: { job: Job; site: string; openJob: (job: string) => void }) {
  const { words, forms } = useSpeech()
  const { offer } = useReader()
  const { ask, asking } = useAsking(site)
  const [returning, setReturning] = useState<string>()
  const [denying, setDenying] = useState(false)
  const approve = { kind: 'job.approve', job: job.id } as const
  return (
    <Item tone="quiet" mark={<Glyph shape="preparing" />} title={words.waits.approve} since={job.submittedAt}>
      <JobName job={job} onOpen={openJob} />
      <p className="small second meta">
        <span>{job.author.name}</span>
        {job.estimatedSeconds === undefined ? null : <span>{forms.duration(job.estimatedSeconds)}</span>}
        {job.comment === undefined ? null : <span>{job.comment}</span>}
      </p>
      {offer('job.approve') === 'no' ? null : (
        <div className="row">
          <Button loading={asking(approve)} onClick={() => ask(approve)}>
            {words.job.approve}
          </Button>
          <Button
            variant="default"
            aria-expanded={returning !== undefined}
            onClick={() => setReturning(returning === undefined ? '' : undefined)}
          >
            {words.job.sendBack}
          </Button>
          <Button variant="subtle" color="gray" onClick={() => setDenying(true)}>
            {words.job.deny}
          </Button>
        </div>
      )}
      {returning === undefined ? null : (
        <form
          className="stack"
          style={{ gap: 8 }}
          onSubmit={async event => {
            event.preventDefault()
            await ask({ kind: 'job.return', job: job.id, comment: returning.trim() })
            setReturning(undefined)
          }}
        >
          <Textarea
            label={words.job.returnComment}
            placeholder={words.job.returnHint}
            value={returning}
            maxLength={1000}
            minRows={2}
            required
            withAsterisk={false}
            onChange={event => setReturning(event.currentTarget.value)}
          />
          <div>
            <Button type="submit">{words.job.returnSend}</Button>
          </div>
        </form>
      )}
      <Confirm
        opened={denying}
        title={words.job.denyTitle(job.program.name)}
        deed={words.job.deny}
        onKeep={() => setDenying(false)}
        onConfirm={async () => {
          setDenying(false)
          await ask({ kind: 'job.deny', job: job.id })
        }}
      >
        <p>{words.job.denyText}</p>
      </Confirm>
    </Item>
  )
}
