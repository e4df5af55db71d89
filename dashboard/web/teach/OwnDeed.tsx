// A deed for one request: its button among others, and in their place, once pressed, the moment in which it can be taken back and what came of it.
import { type ReactNode, type RefObject, useEffect, useRef } from 'react'
import type { Requested } from '../school/waits.ts'
import { useSpeech } from '../words/speech.tsx'
import { BatchBar } from './BatchBar.tsx'
import type { HeldDeed } from './batch.ts'
import { useOwnBatch } from './batches.ts'
import { itemsFor } from './request.ts'

type Props = {
  site: string
  /** Another request is another `OwnDeed`. */
  request: Requested
  deed: HeldDeed
  className: string
  button: (deed: { ref: RefObject<HTMLButtonElement | null>; onClick: () => void }) => ReactNode
  /** The other answers. */
  children?: ReactNode
}

export function OwnDeed({ site, request, deed, className, button, children }: Props) {
  const { words } = useSpeech()
  const { batch, state } = useOwnBatch(site, request, deed)
  const pressed = useRef<HTMLButtonElement>(null)
  const before = useRef(state.state)
  useEffect(() => {
    // Taken back: whoever works by keyboard is back at the button.
    if (state.state === 'idle' && before.current === 'held') pressed.current?.focus()
    before.current = state.state
  }, [state.state])
  if (state.state !== 'idle') return <BatchBar alone batch={batch} state={state} />
  return (
    <div className={className}>
      {button({ ref: pressed, onClick: () => batch.begin(itemsFor([request], deed, words.job.ticket)) })}
      {children}
    </div>
  )
}
