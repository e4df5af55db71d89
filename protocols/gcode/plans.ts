// What a machine's planner is made of: its own settings where it told them, else its model's figures.
import type { MachineFacts } from './facts.ts'
import { type GrblMotion, GrblPlanner } from './grbl-planner.ts'
import { Heating } from './heating.ts'
import { type MarlinMotion, MarlinPlanner } from './marlin-planner.ts'
import { Timeline } from './timeline.ts'

export type PlanFacts = Pick<MachineFacts, 'model' | 'settings' | 'family' | 'plannerBlocks' | 'receiveBufferBytes' | 'heating'>

/** A plan of a Grbl machine; machines that move alike share one. */
export class GrblPlan {
  readonly timeline = new Timeline()
  readonly planner: GrblPlanner
  /** $32: power may change without a stop. */
  readonly laserMode: boolean

  constructor(motion: GrblMotion, laserMode: boolean) {
    this.planner = new GrblPlanner(motion, (offset, seconds, stood) => this.timeline.ended(offset, seconds, stood))
    this.laserMode = laserMode
  }

  /** The firmware waits until all it holds is executed (protocol_buffer_synchronize). */
  sync(): void {
    this.planner.queue.drain()
  }
}

/** A plan of a Marlin machine, with its heaters. */
export class MarlinPlan {
  readonly timeline = new Timeline()
  readonly planner: MarlinPlanner
  private readonly heating: Heating
  /** Of all the seconds, those of heating, homing, probing and tool changes. */
  waitSeconds = 0

  constructor(motion: MarlinMotion, heating: MachineFacts['heating']) {
    this.heating = new Heating(heating)
    this.planner = new MarlinPlanner(motion, (offset, seconds, stood) => this.timeline.ended(offset, seconds, stood))
  }

  sync(): void {
    this.planner.queue.drain()
  }

  /** A heater gets its target, °C; where the command waits, the machine stands until it is reached. */
  heat(which: 'nozzle' | 'bed', target: number, waits: boolean, cooling: boolean, offset: number): void {
    const { queue } = this.planner
    this.heating.set(which, Math.min(500, Math.max(0, target)), Math.max(queue.parsed, queue.end))
    if (!waits) return
    this.sync()
    this.wait(this.heating.wait(which, queue.end, cooling), offset)
  }

  /** The machine does something other than the program's moves. */
  wait(seconds: number, offset: number): void {
    this.planner.queue.stand(seconds, offset)
    this.waitSeconds += seconds
  }
}

/** `$n` of a settings dump, whichever way the key is written. */
export function grblSetting(settings: Record<string, string> | undefined, key: number): number | undefined {
  const text = settings?.[`$${key}`] ?? settings?.[String(key)]
  if (text === undefined) return undefined
  const value = Number.parseFloat(text)
  return Number.isFinite(value) ? value : undefined
}

/** BLOCK_BUFFER_SIZE counts a slot that stays empty; 16 is the ring of an Uno, 15 what it can hold ($I says 15). */
function usableBlocks(blocks: number): number {
  return Math.max(2, blocks === 16 ? 15 : Math.min(blocks, 1000))
}

/** What the machine said ([OPT:V,15,128] counts what it can hold), else its model's figure. */
function blocksOf({ model, plannerBlocks }: PlanFacts): number {
  return plannerBlocks === undefined ? usableBlocks(model.motion.plannerBlocks) : Math.max(2, Math.min(plannerBlocks, 1000))
}

/** Pace of the model's own board; a firmware that runs on no 8-bit controller says that the board is another. */
function paceOf({ model, family }: PlanFacts): number | undefined {
  return family === 'grblhal' || family === 'fluidnc' ? undefined : model.motion.linesPerSecond
}

export function grblMotion(facts: PlanFacts): GrblMotion {
  const { model, settings } = facts
  const { motion, stream, serial } = model
  const linesPerSecond = paceOf(facts)
  const perMinute = (key: number, fallback: number) => positive(grblSetting(settings, key), fallback * 60) / 60
  const plain = (key: number, fallback: number) => positive(grblSetting(settings, key), fallback)
  return {
    rate: [perMinute(110, motion.maxRate.x), perMinute(111, motion.maxRate.y), perMinute(112, motion.maxRate.z)],
    acceleration: [plain(120, motion.acceleration.x), plain(121, motion.acceleration.y), plain(122, motion.acceleration.z)],
    steps: [plain(100, motion.stepsPerMm.x), plain(101, motion.stepsPerMm.y), plain(102, motion.stepsPerMm.z)],
    junctionDeviation: grblSetting(settings, 11) ?? motion.junctionDeviation ?? 0.01,
    arcTolerance: plain(12, motion.arcTolerance ?? 0.002),
    queue: {
      blocks: blocksOf(facts),
      fixedAtStart: false,
      bytesPerSecond: serial.baud / 10,
      windowBytes: facts.receiveBufferBytes ?? stream.windowBytes,
      lineSeconds: linesPerSecond === undefined ? 0 : 1 / linesPerSecond,
      firstDelaySeconds: 0,
    },
  }
}

export function isLaserMode({ model, settings }: PlanFacts): boolean {
  const said = grblSetting(settings, 32)
  return said === undefined ? model.kind === 'laser' : said !== 0
}

/** Reads `X500.00 Y500.00 Z5.00 E25.00` as M503 prints it. */
export function readAxes(text: string | undefined): Map<string, number> {
  const found = new Map<string, number>()
  for (const match of (text ?? '').matchAll(/([A-Z])\s*(-?\d+(?:\.\d+)?)/gi)) {
    const letter = (match[1] ?? '').toUpperCase()
    // The first extruder's figures come first; later ones (T1) must not replace them.
    if (!found.has(letter)) found.set(letter, Number(match[2]))
  }
  return found
}

type Four = [number, number, number, number]

function four(said: Map<string, number>, x: number, y: number, z: number, e: number): Four {
  return [positive(said.get('X'), x), positive(said.get('Y'), y), positive(said.get('Z'), z), positive(said.get('E'), e)]
}

export function marlinMotion(facts: PlanFacts): MarlinMotion {
  const { model, settings } = facts
  const { motion, stream, serial } = model
  const { maxRate, acceleration, stepsPerMm } = motion
  const m204 = readAxes(settings?.M204)
  const m205 = readAxes(settings?.M205)
  const print = positive(m204.get('P') ?? m204.get('S'), motion.printAcceleration ?? Math.min(acceleration.x, acceleration.y))
  const saysJunction = m205.has('J')
  const jerk = motion.jerk
  let jerks: Four | undefined
  if (m205.has('X') && !saysJunction) jerks = four(m205, jerk?.x ?? 10, jerk?.y ?? 10, jerk?.z ?? 0.3, jerk?.e ?? 5)
  else if (jerk !== undefined && !saysJunction) jerks = [jerk.x, jerk.y, jerk.z, jerk.e ?? 5]
  return {
    rate: four(readAxes(settings?.M203), maxRate.x, maxRate.y, maxRate.z, maxRate.e ?? 25),
    acceleration: four(readAxes(settings?.M201), acceleration.x, acceleration.y, acceleration.z, acceleration.e ?? 5000),
    steps: four(readAxes(settings?.M92), stepsPerMm.x, stepsPerMm.y, stepsPerMm.z, stepsPerMm.e ?? 93),
    jerk: jerks,
    junctionDeviation: m205.get('J') ?? motion.junctionDeviation ?? 0.013,
    printAcceleration: print,
    travelAcceleration: positive(m204.get('T'), motion.travelAcceleration ?? print),
    retractAcceleration: positive(m204.get('R'), motion.retractAcceleration ?? print),
    feedMin: m205.get('S') ?? 0,
    travelFeedMin: m205.get('T') ?? 0,
    segmentSecondsMin: (m205.get('B') ?? (motion.minimumSegmentMs ?? 20) * 1000) / 1e6,
    queue: {
      blocks: blocksOf(facts),
      fixedAtStart: true,
      bytesPerSecond: serial.baud / 10,
      // With one line in flight the wire rests while the firmware works.
      windowBytes: stream.windowLines <= 1 ? 0 : stream.windowBytes,
      lineSeconds: motion.linesPerSecond !== undefined ? 1 / motion.linesPerSecond : stream.windowLines <= 1 ? turnSeconds : 0,
      firstDelaySeconds: 0.1,
    },
  }
}

/** From a line's end to the next line's beginning with one line in flight: the USB adapter's and the host's delay. */
const turnSeconds = 0.001

function positive(value: number | undefined, fallback: number): number {
  return value !== undefined && Number.isFinite(value) && value > 0 ? value : fallback
}
