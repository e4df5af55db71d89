// The shape of a state: told apart without colour, by outline alone. Decorative, since the word always stands beside it.
import type { ReactNode } from 'react'
import type { Shape } from '../looks.ts'

const line = { fill: 'none', stroke: 'currentColor', strokeWidth: 2 }

const shapes: Record<Shape, ReactNode> = {
  free: <circle cx="10" cy="10" r="7" {...line} />,
  running: (
    <>
      <circle cx="10" cy="10" r="8" fill="currentColor" />
      <path d="M8 6.3v7.4l5.6-3.7z" fill="var(--tone-ground)" />
    </>
  ),
  preparing: <circle cx="10" cy="10" r="7" {...line} strokeDasharray="3.4 2.9" />,
  paused: <path d="M5.5 4h3v12h-3zM11.5 4h3v12h-3z" fill="currentColor" />,
  foreign: (
    <>
      <circle cx="10" cy="10" r="7" {...line} />
      <path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor" />
    </>
  ),
  attention: (
    <>
      <path d="M10 2 19 18H1z" fill="currentColor" strokeLinejoin="round" />
      <path d="M10 7.5v5M10 14v2" stroke="var(--tone-ground)" strokeWidth="2" />
    </>
  ),
  fault: (
    <>
      <rect x="2" y="2" width="16" height="16" rx="2" fill="currentColor" />
      <path d="m6.5 6.5 7 7m0-7-7 7" stroke="var(--tone-ground)" strokeWidth="2.2" />
    </>
  ),
  part: (
    <>
      <rect x="2" y="2" width="16" height="16" rx="8" fill="currentColor" />
      <path d="m5.8 10.2 3 3 5.4-6" fill="none" stroke="var(--tone-ground)" strokeWidth="2.2" />
    </>
  ),
  service: (
    <path
      d="M17.6 5.4a4.6 4.6 0 0 1-6.2 5.4L5.6 16.6a1.8 1.8 0 0 1-2.5-2.5l5.8-5.8a4.6 4.6 0 0 1 5.6-6.1L11.7 5l.6 2.4 2.4.6z"
      fill="currentColor"
    />
  ),
  unknown: (
    <>
      <circle cx="10" cy="10" r="7" {...line} strokeWidth={1.6} />
      <path d="m4.6 11.6 7-7M5.4 15.2l9.8-9.8M8.6 16.6l7.6-7.6" stroke="currentColor" strokeWidth="1.4" />
    </>
  ),
}

export function Glyph({ shape, size = 20 }: { shape: Shape; size?: number }) {
  return (
    <svg className="glyph" viewBox="0 0 20 20" width={size} height={size} aria-hidden="true" style={{ color: 'var(--tone-mark)' }}>
      {shapes[shape]}
    </svg>
  )
}
