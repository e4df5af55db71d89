// How far a running job is, in time rather than in bytes, and what is left: the forecast corrected by what this machine really takes.
import type { Run } from '../protocols/contract/room.ts'

/** How much of the forecast the correction remembers, in forecast seconds: slow to panic, quick enough for an override. */
const memorySeconds = 600
/** A correction starts as if this much had gone by exactly as forecast. */
const trustSeconds = 60
/** Beyond these a pause, a wait for a person or a wrong map speaks, not the machine's speed. */
const ratioMin = 0.3
const ratioMax = 4

export type Progress = {
  readonly lines: number
  readonly bytes: number
  readonly fraction: number
  readonly elapsedSeconds: number
  readonly remainingSeconds?: number
  readonly layer?: number
  readonly layers?: number
}

/** Told what was acknowledged, answers how far that is. `nowMs` by one steady clock throughout. */
export class ProgressMeter {
  readonly #run: Pick<Run, 'size' | 'timeMap' | 'estimatedSeconds' | 'layers'>
  readonly #totalSeconds: number | undefined
  lines = 0
  bytes = 0
  #workedMs = 0
  #workingSince: number | undefined
  #markForecast = 0
  #markWorkedMs = 0
  #actual = 0
  #forecast = 0

  constructor(run: Pick<Run, 'size' | 'timeMap' | 'estimatedSeconds' | 'layers'>, nowMs: number) {
    this.#run = run
    this.#totalSeconds = run.timeMap?.at(-1)?.[1] ?? run.estimatedSeconds
    this.#workingSince = nowMs
  }

  acknowledged(lines: number, bytes: number): void {
    this.lines = lines
    this.bytes = bytes
  }

  paused(nowMs: number): void {
    this.#workedMs = this.workedMs(nowMs)
    this.#workingSince = undefined
  }

  resumed(nowMs: number): void {
    this.#workingSince ??= nowMs
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
    const fraction = known ? at / total : this.#run.size > 0 ? this.bytes / this.#run.size : 0
    return {
      lines: this.lines,
      bytes: this.bytes,
      fraction: Math.min(1, Math.max(0, fraction)),
      elapsedSeconds: Math.max(0, worked / 1000),
      ...(known ? { remainingSeconds: Math.max(0, (total - at) * this.#ratio(at, worked)) } : {}),
      ...this.#layerAt(this.bytes),
    }
  }

  #ratio(at: number, workedMs: number): number {
    const forecast = at - this.#markForecast
    // Shorter steps are all noise: a planner takes its lines in gulps.
    if (forecast >= 5) {
      const keep = Math.exp(-forecast / memorySeconds)
      this.#actual = this.#actual * keep + (workedMs - this.#markWorkedMs) / 1000
      this.#forecast = this.#forecast * keep + forecast
      this.#markForecast = at
      this.#markWorkedMs = workedMs
    }
    const ratio = (this.#actual + trustSeconds) / (this.#forecast + trustSeconds)
    return Math.min(ratioMax, Math.max(ratioMin, ratio))
  }

  #forecastAt(byte: number): number | undefined {
    const { timeMap, estimatedSeconds, size } = this.#run
    if (timeMap === undefined || timeMap.length === 0) {
      return estimatedSeconds === undefined || size === 0 ? undefined : (byte / size) * estimatedSeconds
    }
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
