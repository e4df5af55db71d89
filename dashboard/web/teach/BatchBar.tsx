// What becomes of many commands: how long they can be taken back, how far they are, which did not work and why.
import { Button } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { troubleText } from '../asking.tsx'
import { useNow } from '../live/use.tsx'
import { ProgressBar } from '../parts/Progress.tsx'
import { useSpeech } from '../words/speech.tsx'
import { type Batch, type BatchState, isTrouble, type Outcome } from './batch.ts'

/** What went well needs no answer and goes by itself. */
const goesAfterMs = 8_000
/** More names than these nobody reads at once. */
const troublesShownMax = 8

/** `alone`: in the row of its one request, where the buttons were. */
export function BatchBar({ batch, state, alone }: { batch: Batch; state: BatchState; alone?: boolean }) {
  const bar = useRef<HTMLDivElement>(null)
  const { state: name } = state
  useEffect(() => {
    if (name === 'idle') return
    // The button that was pressed is gone: whoever works by keyboard goes on here. Who has gone elsewhere meanwhile is left there.
    const { activeElement } = document
    if (name === 'held' || activeElement === document.body || bar.current?.contains(activeElement)) bar.current?.focus()
  }, [name])
  const clean = state.state === 'over' && state.results.every(({ outcome }) => outcome.what === 'done')
  useEffect(() => {
    if (!clean) return
    const timer = setTimeout(() => batch.dismiss(), goesAfterMs)
    return () => clearTimeout(timer)
  }, [clean, batch])
  return (
    <div ref={bar} tabIndex={-1} role="status" className={name === 'idle' ? 'batch-none' : alone === true ? 'batch alone' : 'batch panel'}>
      {state.state === 'held' ? <Held batch={batch} state={state} /> : null}
      {state.state === 'sending' ? <Sending state={state} /> : null}
      {state.state === 'over' ? <Over batch={batch} state={state} /> : null}
    </div>
  )
}

function Held({ batch, state }: { batch: Batch; state: BatchState & { state: 'held' } }) {
  const { words } = useSpeech()
  const { batch: said } = words.teach
  // Counted by the browser's own clock, as the batch is; the tick comes from the page's.
  useNow()
  const left = Math.max(1, Math.ceil((state.until - Date.now()) / 1000))
  return (
    <>
      <p className="batch-say">
        <strong>{(state.kind === 'job.collect' ? said.held.collect : said.held.approve)(state.items.length)}</strong>{' '}
        {/* A screen reader is told once, not each second. */}
        <span className="figures" aria-hidden="true">
          {words.time.seconds(left)}
        </span>
        . {said.notYet}
      </p>
      <div className="row">
        <Button onClick={() => batch.takeBack()}>{said.takeBack}</Button>
        <Button variant="default" onClick={() => batch.sendNow()}>
          {said.now}
        </Button>
      </div>
    </>
  )
}

function Sending({ state }: { state: BatchState & { state: 'sending' } }) {
  const { words } = useSpeech()
  const text = words.teach.batch.sending(state.done, state.total)
  return (
    <div className="batch-say stack" style={{ gap: 8 }} aria-live="off">
      <p className="figures">
        <strong>{text}</strong>
      </p>
      <ProgressBar fraction={state.done / state.total} label={text} />
    </div>
  )
}

function Over({ batch, state }: { batch: Batch; state: BatchState & { state: 'over' } }) {
  const speech = useSpeech()
  const { batch: said } = speech.words.teach
  const { results } = state
  const count = (what: Outcome['what']) => results.filter(({ outcome }) => outcome.what === what).length
  const troubles = results.filter(({ outcome }) => isTrouble(outcome))
  const later = count('later')
  return (
    <>
      <div className="batch-say stack" style={{ gap: 4 }}>
        <p className="meta">
          <strong>{(state.kind === 'job.collect' ? said.done.collect : said.done.approve)(count('done'))}</strong>
          {later === 0 ? null : <span>{said.later(later)}</span>}
          {troubles.length === 0 ? null : <strong>{said.failed(troubles.length)}</strong>}
        </p>
        {troubles.length === 0 ? null : (
          <ul className="plain small">
            {troubles.slice(0, troublesShownMax).map(({ item, outcome }) => (
              <li key={item.id}>
                <strong>{item.name}</strong> — {reasonOf(outcome, speech)}
              </li>
            ))}
          </ul>
        )}
      </div>
      <div className="row">
        {troubles.length === 0 ? null : <Button onClick={() => batch.retry()}>{said.retry(troubles.length)}</Button>}
        <Button variant="default" onClick={() => batch.dismiss()}>
          {said.close}
        </Button>
      </div>
    </>
  )
}

function reasonOf(outcome: Outcome, speech: ReturnType<typeof useSpeech>): string {
  if (outcome.what === 'refused') return speech.say(outcome.text)
  return outcome.what === 'failed' ? troubleText(outcome.trouble, speech) : ''
}
