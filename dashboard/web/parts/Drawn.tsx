// What is costly to draw comes a paint later: the touch that asked for it is answered first.
import { type ReactNode, useDeferredValue } from 'react'

type Props = { page?: boolean; children: ReactNode }

/** Begins empty and fills itself as soon as the browser has painted; drawing it may then be interrupted by another touch. `page`: keeps the place of a page meanwhile. */
export function Drawn({ page = false, children }: Props) {
  return useDeferredValue(true, false) ? children : <div className={page ? 'drawing-page' : undefined} aria-busy="true" />
}
