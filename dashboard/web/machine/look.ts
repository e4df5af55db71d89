// Fetches what a machine's camera sees (protocols/contract/screen.ts): a picture with its age, or why there is none.
import type { Denial } from '../../../protocols/contract/words.ts'

export type Look =
  | { kind: 'picture'; url: string /** By this computer's clock. */; takenAt: number }
  | { kind: 'none' }
  | { kind: 'denied'; denial: Denial }
  | { kind: 'offline' }

export const cameraPath = (site: string, machine: string) =>
  `/api/v1/sites/${encodeURIComponent(site)}/machines/${encodeURIComponent(machine)}/camera`

/** The picture is an object URL: whoever shows it revokes it. */
export async function look(site: string, machine: string, signal: AbortSignal): Promise<Look> {
  try {
    const response = await fetch(cameraPath(site, machine), { signal, cache: 'no-store' })
    if (response.status === 204) return { kind: 'none' }
    if (!response.ok) {
      const { denial } = (await response.json()) as { denial?: Denial }
      return denial === undefined ? { kind: 'offline' } : { kind: 'denied', denial }
    }
    const takenAt = Date.now() - 1000 * (Number(response.headers.get('age')) || 0)
    return { kind: 'picture', url: URL.createObjectURL(await response.blob()), takenAt }
  } catch {
    return { kind: 'offline' }
  }
}

/** Instants of the pictures the school has kept, newest first. */
export async function readKept(site: string, machine: string): Promise<number[]> {
  try {
    const response = await fetch(`${cameraPath(site, machine)}/kept`)
    const { at } = response.ok ? ((await response.json()) as { at: number[] }) : { at: [] }
    return at.reverse()
  } catch {
    return []
  }
}
