// What waits at machines: a call, a machine in trouble, a part on the bed, a start; each with the deed that moves it on.
import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { useAsking } from '../asking.tsx'
import { useNow } from '../live/use.tsx'
import { lookOf, type Tone } from '../looks.ts'
import { AnswerPrompt } from '../parts/AnswerPrompt.tsx'
import { ClearBed } from '../parts/ClearBed.tsx'
import { Glyph } from '../parts/Glyph.tsx'
import { JobName } from '../parts/JobName.tsx'
import { Armed } from '../people/Armed.tsx'
import { StartButton } from '../people/StartButton.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import type { Wait } from './waits.ts'

export type AtMachine = Exclude<Wait, { kind: 'check' | 'collect' }>
type Props<Kind extends Wait['kind']> = { wait: Wait & { kind: Kind }; picture: SitePicture; openJob: (job: string) => void }

export function WaitItem({ wait, picture, openJob }: { wait: AtMachine; picture: SitePicture; openJob: (job: string) => void }) {
  switch (wait.kind) {
    case 'call':
      return <WaitingCall wait={wait} picture={picture} />
    case 'machine':
      return <WaitingMachine wait={wait} picture={picture} />
    case 'clear':
      return <WaitingClear wait={wait} picture={picture} openJob={openJob} />
    case 'start':
      return <WaitingStart wait={wait} picture={picture} openJob={openJob} />
  }
}

type ItemProps = { tone: Tone; mark: ReactNode; title: ReactNode; since?: number; children: ReactNode }

/** The common shape: what it is, since when, and below it what can be done. */
function Item({ tone, mark, title, since, children }: ItemProps) {
  const { words, forms } = useSpeech()
  const now = useNow()
  return (
    <li className={`wait panel tone-${tone}`}>
      <div className="wait-head">
        {mark}
        <h3>{title}</h3>
        {since === undefined ? null : <span className="small second wait-age">{words.waits.since(forms.age(since, now))}</span>}
      </div>
      <div className="wait-body">{children}</div>
    </li>
  )
}

function WaitingCall({ wait, picture }: Omit<Props<'call'>, 'openJob'>) {
  const { words, say } = useSpeech()
  const { offer } = useReader()
  const { ask, asking } = useAsking(picture.site)
  const { machine, fault, called } = wait
  const { id, name } = machine.declaration
  const settle = { kind: 'machine.settle', machine: id, fault: called } as const
  const help = called === 'help-called'
  return (
    <Item
      tone="attention"
      mark={<Glyph shape="attention" />}
      title={<Link href={`/sites/${picture.site}/machines/${id}`}>{help ? words.teach.helpAt(name) : words.teach.problemAt(name)}</Link>}
    >
      {help ? null : <p>{say(fault.text)}</p>}
      {help || fault.help === undefined ? null : <p className="second">{say(fault.help)}</p>}
      {offer('machine.settle') === 'yes' ? (
        <Button loading={asking(settle)} onClick={() => ask(settle)}>
          {help ? words.teach.going : words.teach.settled}
        </Button>
      ) : null}
    </Item>
  )
}

function WaitingMachine({ wait, picture }: Omit<Props<'machine'>, 'openJob'>) {
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
      <Armed site={picture.site} machine={machine} />
    </Item>
  )
}

function WaitingClear({ wait, picture, openJob }: Props<'clear'>) {
  const { words } = useSpeech()
  const { offer } = useReader()
  const { machine, job } = wait
  return (
    <Item
      tone="part"
      mark={<Glyph shape="part" />}
      title={
        <Link href={`/sites/${picture.site}/machines/${machine.declaration.id}`}>
          <span className="state-word">{words.state.uncleared}</span>
          {`: ${machine.declaration.name}`}
        </Link>
      }
      since={wait.since}
    >
      {job === undefined ? null : <JobName job={job} onOpen={openJob} />}
      {offer('machine.clear') === 'yes' ? <ClearBed site={picture.site} machine={machine} /> : null}
    </Item>
  )
}

function WaitingStart({ wait, picture, openJob }: Props<'start'>) {
  const { words } = useSpeech()
  const { offer } = useReader()
  const { machine, job } = wait
  const { site } = picture
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
