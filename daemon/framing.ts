// Frames before fires: what rectangle a laser traces for a job, and whether it was traced since the machine was last moved by hand.
import type { Ask } from '../protocols/contract/command.ts'
import type { Job } from '../protocols/contract/job.ts'
import type { Deed } from '../protocols/contract/room.ts'
import type { Denial } from '../protocols/contract/words.ts'
import type { Machines } from './machines.ts'
import type { Programs } from './programs.ts'
import { machineObstacle, suits } from './queue.ts'
import { deny } from './words.ts'

export type FramingOptions = {
  readonly machines: Pick<Machines, 'forQueue' | 'setup' | 'said'>
  readonly programs: Pick<Programs, 'stored'>
  /** A laser job starts only after its frame was traced. */
  readonly required: boolean
}

type Frame = Extract<Deed, { kind: 'frame' }>

/** mm/min: as fast as an eye follows a point of light. */
const feedMax = 3000
/** Of the full power: more marks paper. */
const powerShareMax = 0.01
/** A large frame is traced faster rather than longer: the room waits two minutes for an answer. */
const secondsMax = 90

/** Deeds after which the work's zero may lie elsewhere, or the head. */
const displacing: readonly Ask['kind'][] = [
  'machine.home',
  'machine.jog',
  'machine.unlock',
  'machine.reset',
  'machine.console',
  'machine.stop',
]

export class Framing {
  readonly #options: FramingOptions
  /** By machine: the program whose frame it traced last. */
  readonly #framed = new Map<string, string>()

  constructor(options: FramingOptions) {
    this.#options = options
  }

  /**
   * The frame of a job on a machine. Denials: those of a machine that cannot take a job now, machine-unsuitable, frame-lasers-only, nothing-to-frame.
   */
  frame(job: Job, id: string): { deed: Frame } | { denial: Denial } {
    const { machines, programs } = this.#options
    const view = machines.forQueue(id)
    const setup = machines.setup(id)
    if (view === undefined || setup === undefined) return { denial: deny('unknown-machine') }
    if (view.kind !== 'laser') return { denial: deny('frame-lasers-only') }
    const obstacle = machineObstacle(view)
    if (obstacle) return { denial: obstacle }
    if (!suits(job, id)) return { denial: deny('machine-unsuitable', { machine: view.name, ticket: job.ticket }) }
    const bounds = programs.stored(job.program.sha256)?.program.bounds
    if (bounds === undefined) return { denial: deny('nothing-to-frame', { ticket: job.ticket }) }
    const { min, max } = bounds
    const { limits, motion } = setup.model
    const round = 2 * (max.x - min.x + max.y - min.y)
    const feed = Math.min(60 * Math.min(motion.maxRate.x, motion.maxRate.y), Math.max(feedMax, (60 * round) / secondsMax))
    const full = Number(machines.said(id)?.settings?.$30 ?? limits.powerFull ?? 0)
    const power = Math.min(limits.pointerPower ?? 0, (full || 0) * powerShareMax)
    return { deed: { kind: 'frame', min: { x: min.x, y: min.y }, max: { x: max.x, y: max.y }, feed, power } }
  }

  /** The frame was traced to its end. */
  traced(machine: string, job: Job): void {
    this.#framed.set(machine, job.program.sha256)
  }

  /** A person did something else to the machine. */
  noticed(machine: string, kind: Ask['kind']): void {
    if (displacing.includes(kind)) this.#framed.delete(machine)
  }

  /** Why the job may not start yet. */
  obstacle(job: Job, machine: string): Denial | undefined {
    if (!this.#options.required || this.#options.machines.forQueue(machine)?.kind !== 'laser') return undefined
    return this.#framed.get(machine) === job.program.sha256 ? undefined : deny('not-framed', { ticket: job.ticket })
  }
}
