// Carrying a row of a list to another place: by pointer or by keys, with the same outcome; nothing moves before it is put down.
import { type KeyboardEvent, type PointerEvent, useState } from 'react'

/** `to`: where it would stand among the others, counted from 0. */
export type Carried = { id: string; to: number; by: 'pointer' | 'keys' }

export type Reorder = {
  carried: Carried | undefined
  /** What the handle of a row needs. */
  handle(id: string): {
    onPointerDown(event: PointerEvent<HTMLElement>): void
    onPointerMove(event: PointerEvent<HTMLElement>): void
    onPointerUp(): void
    onPointerCancel(): void
    onKeyDown(event: KeyboardEvent): void
    onBlur(): void
  }
}

/** Nearer than this to the window's edge the page scrolls along. */
const edgePx = 60
const scrollPx = 14

type Options = {
  /** Ids in their order, as shown. */
  ids: readonly string[]
  /** Put down at another place than before. */
  put: (id: string, to: number) => void
  /** For whoever does not see it. */
  said: (what: { kind: 'taken' | 'over'; id: string; to: number } | { kind: 'kept'; id: string }) => void
}

/** Rows must carry their id as `data-row`. */
export function useReorder({ ids, put, said }: Options): Reorder {
  const [held, setCarried] = useState<Carried>()
  // Somebody else may have taken it away meanwhile.
  const carried = held !== undefined && ids.includes(held.id) ? held : undefined
  const last = ids.length - 1
  const drop = (of: Carried) => {
    setCarried(undefined)
    if (of.to === ids.indexOf(of.id)) said({ kind: 'kept', id: of.id })
    else put(of.id, of.to)
  }
  const leave = () => {
    if (carried === undefined) return
    setCarried(undefined)
    said({ kind: 'kept', id: carried.id })
  }
  const byKey = (event: KeyboardEvent, id: string) => {
    const { key } = event
    if (carried === undefined) {
      if (key !== ' ' && key !== 'Enter') return
      event.preventDefault()
      setCarried({ id, to: ids.indexOf(id), by: 'keys' })
      said({ kind: 'taken', id, to: ids.indexOf(id) })
      return
    }
    const moves: Record<string, number> = { ArrowUp: carried.to - 1, ArrowDown: carried.to + 1, Home: 0, End: last }
    const to = moves[key]
    if (to !== undefined) {
      const next = Math.max(0, Math.min(last, to))
      setCarried({ ...carried, to: next })
      said({ kind: 'over', id, to: next })
    } else if (key === ' ' || key === 'Enter') drop(carried)
    else if (key === 'Escape') leave()
    else return
    event.preventDefault()
  }
  return {
    carried,
    handle: id => ({
      onPointerDown: event => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        setCarried({ id, to: ids.indexOf(id), by: 'pointer' })
      },
      onPointerMove: event => {
        if (carried?.by !== 'pointer') return
        const list = event.currentTarget.closest('[data-rows]')
        if (list !== null) setCarried({ ...carried, to: placeAt(list, id, event.clientY) })
        if (event.clientY < edgePx) window.scrollBy(0, -scrollPx)
        else if (event.clientY > window.innerHeight - edgePx) window.scrollBy(0, scrollPx)
      },
      onPointerUp: () => {
        if (carried?.by === 'pointer') drop(carried)
      },
      onPointerCancel: leave,
      onKeyDown: event => byKey(event, id),
      // Whoever goes elsewhere has not put it down.
      onBlur: () => {
        if (carried?.by === 'keys') leave()
      },
    }),
  }
}

/** How many of the other rows lie above the pointer. */
function placeAt(list: Element, id: string, y: number): number {
  return [...list.querySelectorAll<HTMLElement>('[data-row]')].filter(row => {
    const { top, height } = row.getBoundingClientRect()
    return row.dataset.row !== id && y > top + height / 2
  }).length
}

/** The id before which a row carried to place `to` of the shown ones goes in the whole order; undefined: last. */
export function beforeOf(id: string, to: number, shown: readonly string[], whole: readonly string[]): string | undefined {
  const others = shown.filter(each => each !== id)
  const next = others[to]
  if (next !== undefined) return next
  // Behind the last one shown, wherever that one stands among those not shown.
  const rest = whole.filter(each => each !== id)
  const last = others.at(-1)
  return last === undefined ? undefined : rest[rest.indexOf(last) + 1]
}
