// The job on the machine and the buttons that move it on: pause, resume, stop, answer, clear, start.
import { Button } from '@mantine/core'
import { useState } from 'react'
import type { Job } from '../../../protocols/contract/job.ts'
import type { MachineState } from '../../../protocols/contract/machine.ts'
import { useAsking } from '../asking.tsx'
import { AnswerPrompt } from '../parts/AnswerPrompt.tsx'
import { ClearBed } from '../parts/ClearBed.tsx'
import { Confirm } from '../parts/Confirm.tsx'
import { JobName } from '../parts/JobName.tsx'
import { JobProgress } from '../parts/Progress.tsx'
import { Armed, isArmed } from '../people/Armed.tsx'
import { StartButton } from '../people/StartButton.tsx'
import { LazyToolpath } from '../preview/LazyToolpath.tsx'
import { useReader } from '../rights.tsx'
import { endWord } from '../school/Finished.tsx'
import { startable } from '../school/waits.ts'
import { useSpeech } from '../words/speech.tsx'
import { FrameButton } from './FrameButton.tsx'
import type { Seen } from './seen.ts'

export function WorkPanel({ seen, sure }: { seen: Seen; sure: boolean }) {
  const { words, forms, say } = useSpeech()
  const { machine, telemetry, jobs } = seen
  const { state } = machine
  const id = 'job' in state ? state.job : undefined
  const job = id === undefined ? undefined : jobs[id]
  const atWork = state.state !== 'uncleared'
  const progress = sure && atWork && telemetry?.progress !== undefined && telemetry.progress.job === id ? telemetry.progress : undefined
  return (
    <section className="panel" aria-labelledby="work">
      <div className="panel-head">
        <h2 id="work">{atWork ? words.machine.job : words.machine.onBed}</h2>
      </div>
      <div className="panel-body stack">
        {job === undefined ? (
          <p className="quiet">{words.machine.noJob}</p>
        ) : (
          <>
            <JobName job={job} />
            <p className="small second meta">
              {atWork ? null : <strong>{endWord(job, words)}</strong>}
              <span>{job.author.name}</span>
              {job.comment === undefined ? null : <span>{job.comment}</span>}
            </p>
            {!atWork && job.end?.fault !== undefined ? <p className="note tone-fault">{say(job.end.fault.text)}</p> : null}
          </>
        )}
        {progress === undefined || telemetry === undefined ? null : (
          <div>
            <JobProgress progress={progress} at={telemetry.at} label={words.progress.of(forms.percent(progress.fraction))} />
            <p className="small second figures">{words.progress.elapsed(forms.duration(progress.elapsedSeconds))}</p>
          </div>
        )}
        <Deeds seen={seen} job={job} sure={sure} />
        {job === undefined ? null : (
          <LazyToolpath sha256={job.program.sha256} done={job.state === 'completed' ? 1 : progress?.fraction} height={320} />
        )}
      </div>
    </section>
  )
}

function Deeds({ seen, job, sure }: { seen: Seen; job: Job | undefined; sure: boolean }) {
  const { words } = useSpeech()
  const { offer } = useReader()
  const { ask, asking } = useAsking(seen.site)
  const [stopping, setStopping] = useState(false)
  const { machine, site } = seen
  const { state, declaration, readOnly } = machine
  if (readOnly) return null
  const { id, kind } = declaration
  const about = { machineKind: kind }
  const pause = { kind: 'machine.pause', machine: id } as const
  const resume = { kind: 'machine.resume', machine: id } as const
  const stopAtOnce = { kind: 'machine.stop', machine: id } as const
  // On a printer the stop halts the firmware until a restart: spoilt plastic only wants an orderly end.
  const orderly = kind === 'printer' && job !== undefined
  const stop = orderly ? ({ kind: 'job.cancel', job: job.id } as const) : stopAtOnce
  const resumes = canResume(state) ? offer('machine.resume', about) : 'no'
  const runs = state.state === 'running' || state.state === 'preparing' || state.state === 'paused' || state.state === 'attention'
  // An armed one is called off beside its countdown.
  const stops = runs && !isArmed(state) && job !== undefined && offer('machine.stop', about) === 'yes'
  return (
    <>
      {sure ? <AnswerPrompt site={site} machine={machine} /> : null}
      {sure ? <Armed site={site} machine={machine} /> : null}
      {sure && state.state === 'uncleared' && offer('machine.clear') === 'yes' ? (
        <>
          <p>{words.clear.question}</p>
          <ClearBed site={site} machine={machine} />
        </>
      ) : null}
      {sure ? <StartHere seen={seen} /> : null}
      {resumes === 'at-machine' ? <p className="small second">{`${words.waits.startAtMachine} ${words.waits.startWhy}`}</p> : null}
      {stops || resumes === 'yes' ? (
        <>
          <div className="row">
            {state.state === 'running' && offer('machine.pause', about) === 'yes' ? (
              <Button variant="default" size="md" loading={asking(pause)} onClick={() => ask(pause)}>
                {words.machine.pause}
              </Button>
            ) : null}
            {resumes === 'yes' ? (
              <Button size="md" loading={asking(resume)} onClick={() => ask(resume)}>
                {words.machine.resume}
              </Button>
            ) : null}
            {stops ? (
              <Button variant="default" size="md" loading={asking(stop)} onClick={() => setStopping(true)}>
                {words.machine.stop}
              </Button>
            ) : null}
          </div>
          <p className="small quiet">{words.machine.redButton}</p>
        </>
      ) : null}
      <Confirm
        opened={stopping}
        title={words.machine.stopTitle}
        deed={words.machine.stop}
        keep={words.machine.stopKeep}
        onKeep={() => setStopping(false)}
        onConfirm={() => {
          setStopping(false)
          void ask(stop)
        }}
      >
        <p>{orderly ? words.machine.stopPrintText : words.machine.stopText}</p>
        {orderly ? (
          <>
            <p className="small second" style={{ marginTop: 12 }}>
              {words.machine.stopNowText}
            </p>
            <Button
              variant="default"
              size="md"
              mt={8}
              loading={asking(stopAtOnce)}
              onClick={() => {
                setStopping(false)
                void ask(stopAtOnce)
              }}
            >
              {words.machine.stopNow}
            </Button>
          </>
        ) : null}
        <p className="small second" style={{ marginTop: 12 }}>
          {words.machine.redButton}
        </p>
      </Confirm>
    </>
  )
}

/** A free laser or mill with a job before it: started here, where a person stands. */
function StartHere({ seen }: { seen: Seen }) {
  const { words } = useSpeech()
  const { offer } = useReader()
  const { machine, jobs } = seen
  const job = startable(machine, Object.values(jobs))
  if (job === undefined) return null
  const { kind } = machine.declaration
  const offered = offer('job.start', { machineKind: kind })
  if (offered === 'no') return null
  return (
    <div className="stack" style={{ gap: 8 }}>
      <p className="row">
        <span className="quiet">{words.machine.next}:</span>
        <JobName job={job} />
      </p>
      {offered === 'yes' ? (
        <div className="row">
          <FrameButton site={seen.site} job={job} machine={machine.declaration} />
          <StartButton site={seen.site} job={job} machine={machine.declaration} size="md" />
          <span className="small quiet">{words.machine.redButton}</span>
        </div>
      ) : (
        <p className="small second">{`${words.waits.startAtMachine} ${words.waits.startWhy}`}</p>
      )}
    </div>
  )
}

/** A prompt is answered by its own buttons; a lock is undone by unlocking; all else that waits goes on by resuming. */
function canResume(state: MachineState): boolean {
  if (state.state === 'paused') return true
  return (
    state.state === 'attention' && state.job !== undefined && state.prompt === undefined && state.why !== 'locked' && state.why !== 'button'
  )
}
