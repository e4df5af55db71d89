// How far a running job is, in time rather than in bytes, and what is left: the forecast corrected by what this machine really takes.
import type { MachineState } from '../protocols/contract/machine.ts'
import type { Run } from '../protocols/contract/room.ts'

/** How much of the forecast the correction remembers, in forecast seconds: slow to panic, quick enough for an override. */
const memorySeconds = 600
/** A correction starts as if this much had gone by exactly as forecast. */
const trustSeconds = 60
/** Beyond these a pause, a wait for a person or a wrong map speaks, not the machine's speed. */
const ratioMin = 0.3
const ratioMax = 4

/** A wait that is over its time may end at any moment, or not: so much is always left of it. */
const waitLeastSeconds = 5
/** A wait is at hand when so little forecast motion is left before it: the planner and rounding. */
const waitNearSeconds = 0.5

export type Progress = {
  readonly lines: number
  readonly bytes: number
  readonly fraction: number
  readonly elapsedSeconds: number
  readonly remainingSeconds?: number
  readonly layer?: number
  readonly layers?: number
}

type MeteredRun = Pick<Run, 'size' | 'timeMap' | 'estimatedSeconds' | 'layers'>

/** A line for which the machine stands (M190, G28, G4). `doneAt`: acknowledged from this byte on; times in seconds of the forecast. */
type Wait = { readonly doneAt: number; readonly begins: number; readonly ends: number; readonly waitedBefore: number }

/**
 * Told what was acknowledged, answers how far that is. `nowMs` by one steady clock throughout. A wait goes on by the clock until its line is
 * acknowledged; how long it really took is its own affair (a warm bed, a cold room) and says nothing about the motion behind it.
 */
export class ProgressMeter {
  readonly #run: MeteredRun
  readonly #totalSeconds: number | undefined
  readonly #waits: readonly Wait[]
  readonly #waitSeconds: number
  lines = 0
  bytes = 0
  #workedMs = 0
  #workingSince: number | undefined
  #attended = false
  /** When the last line was acknowledged, in time worked. */
  #acknowledgedMs = 0
  #markMotion = 0
  #markWorkedMs = 0
  #actual = 0
  #forecast = 0

  constructor(run: MeteredRun, nowMs: number) {
    this.#run = run
    this.#totalSeconds = run.timeMap?.at(-1)?.[1] ?? run.estimatedSeconds
    this.#waits = waitsOf(run.timeMap)
    const last = this.#waits.at(-1)
    this.#waitSeconds = last === undefined ? 0 : last.waitedBefore + last.ends - last.begins
    this.#workingSince = nowMs
  }

  acknowledged(lines: number, bytes: number, nowMs: number): void {
    if (lines === this.lines && bytes === this.bytes) return
    const passed = this.#passed(this.bytes)
    this.lines = lines
    this.bytes = bytes
    this.#acknowledgedMs = this.workedMs(nowMs)
    const at = this.#forecastAt(bytes)
    if (at === undefined) return
    const motion = at - this.#waited(this.#passed(bytes))
    if (this.#passed(bytes) === passed) this.#learn(motion)
    else this.#mark(motion)
  }

  paused(nowMs: number): void {
    this.#workedMs = this.workedMs(nowMs)
    this.#workingSince = undefined
  }

  resumed(nowMs: number): void {
    this.#workingSince ??= nowMs
  }

  /** A machine that waits for a person (M0, filament, a door) does not work, whether or not its job is called paused. */
  follow(state: MachineState['state'], nowMs: number): void {
    if (state === 'attention') {
      this.#attended = true
      this.paused(nowMs)
    } else if (this.#attended && (state === 'running' || state === 'preparing')) {
      this.#attended = false
      this.resumed(nowMs)
    }
  }

  /** Time the machine worked, pauses left out. */
  workedMs(nowMs: number): number {
    return this.#workedMs + (this.#workingSince === undefined ? 0 : nowMs - this.#workingSince)
  }

  read(nowMs: number): Progress {
    const worked = this.workedMs(nowMs)
    const at = this.#forecastAt(this.bytes)
    const total = this.#totalSeconds
    const known = at !== undefined && total !== undefined && total > 0
    const stood = known ? this.#stood(at, worked) : 0
    const fraction = known ? (at + stood) / total : this.#run.size > 0 ? this.bytes / this.#run.size : 0
    return {
      lines: this.lines,
      bytes: this.bytes,
      fraction: Math.min(1, Math.max(0, fraction)),
      elapsedSeconds: Math.max(0, worked / 1000),
      ...(known ? { remainingSeconds: Math.max(0, this.#remaining(at, stood, total)) } : {}),
      ...this.#layerAt(this.bytes),
    }
  }

  /** Only motion keeps the machine's own pace; waits take what they take. */
  #remaining(at: number, stood: number, total: number): number {
    const waited = this.#waited(this.#passed(this.bytes))
    const waits = this.#waitSeconds - waited
    const motion = total - at - waits
    return waits - stood + motion * this.#ratio
  }

  /** Seconds that have gone by of the wait at hand, never quite all of it; 0 where the machine moves. */
  #stood(at: number, workedMs: number): number {
    const wait = this.#waits[this.#passed(this.bytes)]
    if (wait === undefined || wait.begins - at > waitNearSeconds) return 0
    const planned = wait.ends - wait.begins
    return Math.min((workedMs - this.#acknowledgedMs) / 1000, Math.max(0, planned - waitLeastSeconds))
  }

  #learn(motion: number): void {
    const forecast = motion - this.#markMotion
    // Shorter steps are all noise: a planner takes its lines in gulps.
    if (forecast < 5) return
    const keep = Math.exp(-forecast / memorySeconds)
    this.#actual = this.#actual * keep + (this.#acknowledgedMs - this.#markWorkedMs) / 1000
    this.#forecast = this.#forecast * keep + forecast
    this.#mark(motion)
  }

  #mark(motion: number): void {
    this.#markMotion = motion
    this.#markWorkedMs = this.#acknowledgedMs
  }

  get #ratio(): number {
    const ratio = (this.#actual + trustSeconds) / (this.#forecast + trustSeconds)
    return Math.min(ratioMax, Math.max(ratioMin, ratio))
  }

  /** How many waits are over. */
  #passed(byte: number): number {
    return firstAbove(this.#waits.length, i => (this.#waits[i]?.doneAt ?? 0) > byte)
  }

  /** Forecast seconds of the first `passed` waits. */
  #waited(passed: number): number {
    return this.#waits[passed]?.waitedBefore ?? this.#waitSeconds
  }

  #forecastAt(byte: number): number | undefined {
    const { timeMap, estimatedSeconds, size } = this.#run
    if (timeMap === undefined || timeMap.length === 0) {
      return estimatedSeconds === undefined || size === 0 ? undefined : (byte / size) * estimatedSeconds
    }
    // A line that ends by CR LF may be told without its LF.
    const done = this.#waits[this.#passed(byte) - 1]
    if (done !== undefined && byte === done.doneAt) return done.ends
    const after = firstAbove(timeMap.length, i => (timeMap[i]?.[0] ?? 0) > byte)
    const [byte0, seconds0] = timeMap[after - 1] ?? [0, 0]
    const [byte1, seconds1] = timeMap[after] ?? [byte0, seconds0]
    return byte1 > byte0 ? seconds0 + ((byte - byte0) / (byte1 - byte0)) * (seconds1 - seconds0) : seconds0
  }

  #layerAt(byte: number): { layer?: number; layers?: number } {
    const layers = this.#run.layers
    if (layers === undefined || layers.length === 0) return {}
    return { layer: firstAbove(layers.length, i => (layers[i] ?? 0) > byte), layers: layers.length }
  }
}

/** Two points one byte apart are a wait (contract/room.ts, timeMap). */
function waitsOf(map: Run['timeMap'] = []): Wait[] {
  const waits: Wait[] = []
  let waitedBefore = 0
  map.forEach(([byte, ends], i) => {
    const [before, begins] = map[i - 1] ?? [Number.NEGATIVE_INFINITY, 0]
    if (byte - before > 1 || ends <= begins) return
    waits.push({ doneAt: before, begins, ends, waitedBefore })
    waitedBefore += ends - begins
  })
  return waits
}

/** The first index for which `above` holds; `above` must be ascending. */
function firstAbove(length: number, above: (index: number) => boolean): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >> 1
    if (above(middle)) high = middle
    else low = middle + 1
  }
  return low
}
