// Pictures kept for some hours on the school's own disk; bounded in age, number and size, whatever happens.
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { keepHoursMax, type Picture, type PictureType } from '../../protocols/contract/camera.ts'

/** Of one machine: a day of a picture each minute; and the part of a small card that pictures may take. */
const bounds = { count: 1_440, bytes: 128 * 1_048_576 }
/** Somebody who looks for an hour leaves sixty pictures, not a film. */
const apartMs = 60_000
const hourMs = 3_600_000
export const sweepMs = 5 * 60_000

type Kept = { name: string; at: number; size: number }

export class PictureShelf {
  readonly #folder: string
  readonly #keepMs: number
  readonly #bounds: { count: number; bytes: number }
  readonly #kept: Kept[] = []
  #writing: Promise<void> = Promise.resolve()

  /** Of one machine. What an earlier life left is taken over, or removed where it is too old. */
  constructor(folder: string, keepHours: number, limits: { count: number; bytes: number } = bounds) {
    this.#folder = folder
    // A day at most, the time between two sweeps included.
    this.#keepMs = Math.min(keepHours * hourMs, keepHoursMax * hourMs - sweepMs)
    this.#bounds = limits
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(folder)) {
      const at = instantOf(name)
      if (at === undefined) rmSync(join(folder, name), { force: true })
      else this.#kept.push({ name, at, size: statSync(join(folder, name)).size })
    }
    this.#kept.sort((a, b) => a.at - b.at)
  }

  /** Instants of what is kept, oldest first. */
  get instants(): number[] {
    return this.#kept.map(({ at }) => at)
  }

  get bytes(): number {
    return this.#kept.reduce((sum, { size }) => sum + size, 0)
  }

  /** Keeps it, unless one was kept a moment ago; `always` for one that must not be missed, such as that of a failure. */
  async keep(picture: Picture, nowMs: number, always = false): Promise<void> {
    const last = this.#kept.at(-1)
    if (this.#keepMs === 0 || (!always && last !== undefined && picture.at - last.at < apartMs)) return
    const name = `${picture.at}.${picture.type === 'image/png' ? 'png' : 'jpg'}`
    if (this.#kept.some(kept => kept.name === name)) return
    this.#kept.push({ name, at: picture.at, size: picture.bytes.length })
    this.#writing = this.#writing.then(async () => {
      await writeFile(join(this.#folder, `${name}.new`), picture.bytes, { mode: 0o600 })
      await rename(join(this.#folder, `${name}.new`), join(this.#folder, name))
    })
    await this.#writing
    await this.prune(nowMs)
  }

  /** The one taken at this instant. */
  async read(at: number): Promise<Picture | undefined> {
    const kept = this.#kept.find(each => each.at === at)
    const bytes = kept && (await readFile(join(this.#folder, kept.name)).catch(() => undefined))
    return kept && bytes && { bytes, type: typeOf(kept.name), at }
  }

  async prune(nowMs: number): Promise<void> {
    let { bytes } = this
    for (let [oldest] = this.#kept; oldest !== undefined; [oldest] = this.#kept) {
      const fits = nowMs - oldest.at <= this.#keepMs && this.#kept.length <= this.#bounds.count && bytes <= this.#bounds.bytes
      if (fits) break
      this.#kept.shift()
      bytes -= oldest.size
      await rm(join(this.#folder, oldest.name), { force: true })
    }
  }
}

function instantOf(name: string): number | undefined {
  const found = /^(\d{10,16})\.(jpg|png)$/.exec(name)
  return found === null ? undefined : Number(found[1])
}

const typeOf = (name: string): PictureType => (name.endsWith('.png') ? 'image/png' : 'image/jpeg')
