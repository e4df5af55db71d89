// A numbered pin on a drawn tool path: seen by whoever has to mend it, set and moved by whoever points at it, with a finger or with arrow keys.
import { type KeyboardEvent, type MouseEvent, type PointerEvent, useEffect, useRef } from 'react'
import type { Mark } from '../../../protocols/contract/job.ts'
import { useSpeech } from '../words/speech.tsx'
import { type Spot, tidy } from './pins.ts'

/** What whoever shows a tool path may ask of its picture. */
export type Pinned = {
  mark?: Mark | undefined
  /** Present where the person may set it. */
  onMark?: ((mark: Mark | undefined) => void) | undefined
}

type Props = Pinned & {
  spotOf: (mark: Mark) => Spot
  /** The mark a pin set by keyboard begins at. */
  middle: () => Mark
}

export function Pin({ mark, onMark, spotOf, middle }: Props) {
  const { words } = useSpeech()
  const pin = useRef<HTMLButtonElement>(null)
  const setting = useRef(false)
  useEffect(() => {
    if (!setting.current || mark === undefined) return
    setting.current = false
    pin.current?.focus()
  }, [mark])
  if (mark === undefined) {
    if (onMark === undefined) return null
    const set = () => {
      setting.current = true
      onMark(middle())
    }
    return (
      <button type="button" className="pin-set" onClick={set}>
        {words.teach.back.set}
      </button>
    )
  }
  const { x, y } = spotOf(mark)
  const place = { left: x, top: y }
  if (onMark === undefined) {
    return (
      <span className="pin" role="img" aria-label={words.teach.back.pinSeen} style={place}>
        <span aria-hidden="true">1</span>
      </span>
    )
  }
  const byKey = (event: KeyboardEvent) => {
    const step = event.shiftKey ? 10 : 1
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, step],
      ArrowDown: [0, -step],
    }
    const move = moves[event.key]
    const gone = event.key === 'Delete' || event.key === 'Backspace'
    if (move === undefined && !gone) return
    event.preventDefault()
    onMark(move === undefined ? undefined : tidy({ ...mark, x: mark.x + move[0], y: mark.y + move[1] }))
  }
  return (
    <button ref={pin} type="button" className="pin" aria-label={words.teach.back.pin} style={place} onKeyDown={byKey}>
      <span aria-hidden="true">1</span>
    </button>
  )
}

/** A press farther than this from where it began was a drag. */
const tapMaxPx = 6

/** Tells a tap from a drag; goes beside the handlers that drag. */
export function useTap(tapped: ((spot: Spot) => void) | undefined) {
  const began = useRef<{ x: number; y: number }>(undefined)
  if (tapped === undefined) return {}
  return {
    onPointerDownCapture: (event: PointerEvent) => {
      began.current = { x: event.clientX, y: event.clientY }
    },
    onClick: (event: MouseEvent) => {
      const from = began.current
      began.current = undefined
      if (from === undefined || Math.hypot(event.clientX - from.x, event.clientY - from.y) > tapMaxPx) return
      tapped({ x: event.nativeEvent.offsetX, y: event.nativeEvent.offsetY })
    },
  }
}
