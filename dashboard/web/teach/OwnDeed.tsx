// A deed for one request: its button among others, and in their place, once pressed, the moment in which it can be taken back and what came of it.
import { type ReactNode, type RefObject, useEffect, useRef } from 'react'
import { BatchBar } from './BatchBar.tsx'
import type { BatchItem } from './batch.ts'
import { useOwnBatch } from './batches.ts'

type Props = {
  site: string
  /** Id of the request; another request is another `OwnDeed`. */
  request: string
  /** The deed's commands, made when it is pressed. */
  items: () => readonly BatchItem[]
  className: string
  button: (deed: { ref: RefObject<HTMLButtonElement | null>; onClick: () => void }) => ReactNode
  /** The other answers. */
  children?: ReactNode
}

export function OwnDeed({ site, request, items, className, button, children }: Props) {
  const { batch, state } = useOwnBatch(site, request)
  const pressed = useRef<HTMLButtonElement>(null)
  const idle = state.state === 'idle'
  const wasIdle = useRef(true)
  useEffect(() => {
    // Taken back: whoever works by keyboard is where he was before.
    if (idle && !wasIdle.current) pressed.current?.focus()
    wasIdle.current = idle
  }, [idle])
  if (!idle) return <BatchBar alone batch={batch} state={state} />
  return (
    <div className={className}>
      {button({ ref: pressed, onClick: () => batch.begin(items()) })}
      {children}
    </div>
  )
}
