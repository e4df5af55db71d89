// The times of a lesson as a form writes them, and what speaks against them. Pure.
import type { SitePicture } from '../../../protocols/contract/screen.ts'

/** The value of `<input type="time">` for an instant here. */
export function timeValue(at: number): string {
  const date = new Date(at)
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`
}

/** The instant of a day and a time as the fields write them; undefined for what is none. */
export function instantAt(day: string, time: string): number | undefined {
  const at = new Date(`${day}T${time}:00`).getTime()
  return Number.isNaN(at) ? undefined : at
}

/** The next full hour: nobody begins a lesson at 10:37. */
export function nextHour(now: number): number {
  const date = new Date(now)
  date.setHours(date.getHours() + 1, 0, 0, 0)
  return date.getTime()
}

type Wanted = { id: string; machines: ReadonlySet<string>; from: number | undefined; until: number | undefined }
/** closedThen: it may be booked all the same. */
export type LessonTrouble = { kind: 'noTime' | 'past' | 'noMachine' | 'closedThen' } | { kind: 'overlap'; title: string }

export function lessonTrouble({ id, machines, from, until }: Wanted, picture: SitePicture, now: number): LessonTrouble | undefined {
  if (from === undefined || until === undefined || until <= from) return { kind: 'noTime' }
  if (until <= now) return { kind: 'past' }
  if (machines.size === 0) return { kind: 'noMachine' }
  const other = Object.values(picture.lessons ?? {}).find(
    lesson => lesson.id !== id && lesson.from < until && from < lesson.until && lesson.machines.some(machine => machines.has(machine)),
  )
  if (other !== undefined) return { kind: 'overlap', title: other.title }
  const { hours } = picture
  const open = hours === undefined || hours.some(([opens, closes]) => opens <= from && until <= closes)
  // Beyond what it told of its hours nothing is known.
  const known = hours !== undefined && until <= (hours.at(-1)?.[1] ?? 0)
  return !open && known ? { kind: 'closedThen' } : undefined
}
