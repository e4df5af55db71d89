// The school's cameras: a picture when somebody looks, and at no other time.
import { join } from 'node:path'
import type { Logger } from 'pino'
import { keepHoursMax, type Picture } from '../../protocols/contract/camera.ts'
import type { Author } from '../../protocols/contract/job.ts'
import type { Event } from '../../protocols/contract/wire.ts'
import type { Denial } from '../../protocols/contract/words.ts'
import { actionEvent } from '../drafts.ts'
import type { EventDraft } from '../store.ts'
import { deny } from '../words.ts'
import type { CameraConfig } from './config.ts'
import { PictureShelf, sweepMs } from './keep.ts'
import { streamPictures, takePicture } from './take.ts'
import { Watching } from './watching.ts'

export type CamerasOptions = {
  readonly machines: readonly { readonly id: string; readonly camera?: CameraConfig | undefined }[]
  /** Where pictures are kept. */
  readonly folder: string
  readonly nowMs: () => number
  readonly log: Logger
  readonly signal: AbortSignal
  /** Brings a picture to the city, where there is one. */
  readonly send?: (machine: string, picture: Picture) => Promise<Denial | undefined>
}

/** Of one camera: it is no oftener asked, whoever looks. */
const gapMs = 1_000
const hourMs = 3_600_000
/** A person who looks at a machine is noted once in so long. */
const noteMs = 10 * 60_000
const notesMax = 5_000

type Held = {
  readonly config: CameraConfig
  readonly shelf: PictureShelf | undefined
  readonly watching: Watching
  last?: Picture
  /** When it was last asked, and what it said then. */
  asked?: { at: number; denial?: Denial }
  taking?: Promise<Picture | { denial: Denial }>
  sent?: number
}

export class Cameras {
  readonly #options: CamerasOptions
  readonly #held: ReadonlyMap<string, Held>
  /** When somebody's look at a machine was last noted. */
  readonly #noted = new Map<string, number>()

  constructor(options: CamerasOptions) {
    this.#options = options
    const { nowMs, folder, signal } = options
    this.#held = new Map(
      options.machines.flatMap(({ id, camera }) => {
        if (camera === undefined) return []
        const shelf = camera.keepHours > 0 ? new PictureShelf(join(folder, id), camera.keepHours) : undefined
        const watching = new Watching(until => streamPictures(camera, nowMs, AbortSignal.any([until, signal])))
        return [[id, { config: camera, shelf, watching }] as const]
      }),
    )
  }

  has(machine: string): boolean {
    return this.#held.has(machine)
  }

  /** A picture taken now, or a moment ago. Denials: no-camera and those of words.ts. */
  async take(machine: string, always = false): Promise<Picture | { denial: Denial }> {
    const held = this.#held.get(machine)
    if (held === undefined) return { denial: deny('no-camera') }
    if (held.taking !== undefined) return held.taking
    const { nowMs } = this.#options
    const { asked, last } = held
    if (asked !== undefined && nowMs() - asked.at < gapMs) {
      if (asked.denial !== undefined) return { denial: asked.denial }
      if (last !== undefined) return last
    }
    held.taking = this.#take(machine, held, always).finally(() => {
      delete held.taking
    })
    return held.taking
  }

  /** The last picture, while it may still be kept. */
  last(machine: string): Picture | undefined {
    const held = this.#held.get(machine)
    if (held?.last !== undefined && this.#options.nowMs() - held.last.at > keepHoursMax * hourMs) delete held.last
    return held?.last
  }

  /** Instants of the pictures that are kept, oldest first; and one of them. */
  kept(machine: string): number[] {
    return this.#held.get(machine)?.shelf?.instants ?? []
  }

  async keptAt(machine: string, at: number): Promise<Picture | undefined> {
    return this.#held.get(machine)?.shelf?.read(at)
  }

  /** Pictures as they come, for one viewer, until the signal. */
  watch(machine: string, signal: AbortSignal): AsyncGenerator<Picture> | { denial: Denial } {
    const held = this.#held.get(machine)
    if (held === undefined) return { denial: deny('no-camera') }
    return held.watching.watch(signal) ?? { denial: deny('camera-crowded') }
  }

  /** Takes a picture and brings it to the city. */
  async show(machine: string): Promise<Denial | undefined> {
    const taken = await this.take(machine)
    if ('denial' in taken) return taken.denial
    const held = this.#held.get(machine)
    const { send } = this.#options
    if (held === undefined || send === undefined || held.sent === taken.at) return undefined
    const denial = await send(machine, taken)
    if (denial === undefined) held.sent = taken.at
    return denial
  }

  /** Who looked, once in ten minutes for a person and a machine: a page that looks asks every few seconds. */
  note(by: Author, machine: string): EventDraft[] {
    const now = this.#options.nowMs()
    const key = `${by.id} ${machine}`
    const noted = this.#noted.get(key)
    if (noted !== undefined && now - noted < noteMs) return []
    this.#noted.delete(key)
    this.#noted.set(key, now)
    const [oldest] = this.#noted.keys()
    if (this.#noted.size > notesMax && oldest !== undefined) this.#noted.delete(oldest)
    return [actionEvent('machine.look', now, by, machine)]
  }

  /** How a failed job's bed looked, where pictures are kept: whoever reads of the failure later was not there. */
  remember(events: readonly Event[]): void {
    for (const event of events) {
      if (event.kind !== 'job' || (event.change !== 'failed' && event.change !== 'interrupted')) continue
      const { machine } = event.job
      if (machine !== undefined && this.#held.get(machine)?.shelf !== undefined) void this.take(machine, true)
    }
  }

  /** Begins to sweep; answers how to end it. */
  begin(): () => void {
    const sweep = () => {
      this.prune().catch((error: unknown) => this.#options.log.warn({ error }, 'old pictures could not be removed'))
    }
    sweep()
    const timer = setInterval(sweep, sweepMs).unref()
    return () => clearInterval(timer)
  }

  /** What is too old goes, also where nobody looks. */
  async prune(): Promise<void> {
    for (const id of this.#held.keys()) this.last(id)
    await Promise.all([...this.#held.values()].map(({ shelf }) => shelf?.prune(this.#options.nowMs())))
  }

  async #take(machine: string, held: Held, always: boolean): Promise<Picture | { denial: Denial }> {
    const { nowMs, log, signal } = this.#options
    const taken = await takePicture(held.config, nowMs, signal)
    held.asked = { at: nowMs(), ...('denial' in taken ? { denial: taken.denial } : {}) }
    if ('denial' in taken) {
      // Its code only: what fetch says may hold the address.
      log.info({ machine, code: taken.denial.code }, 'no picture from the camera')
      return taken
    }
    held.last = taken
    await held.shelf
      ?.keep(taken, nowMs(), always)
      .catch((error: unknown) =>
        log.warn({ machine, error: error instanceof Error ? error.message : String(error) }, 'a picture could not be kept'),
      )
    return taken
  }
}
