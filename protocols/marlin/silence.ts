// Two clocks: when the machine was last heard (it lives), and how long a line has waited for its ok (it has us in its count).
import type { Wait } from './codes.ts'

/** A garbled line may have been the ok: ask soon. */
const doubtMs = 250
/** Behind a command that takes its time. */
const patienceBlockedMs = 30_000
/** A probe costs a line and does no harm: rather ask once too often than let a nozzle stand on a part. */
const patienceMs = 10_000
/** With keepalive a firmware that works says so every 2 s: silence means that the ok is lost. */
const patienceWithKeepaliveMs = 5_000
/** On a line that has shown noise a newline may be what was lost, and then nobody says anything. */
const patienceWithNoiseMs = 1_000
const busyFreshMs = 8_000
const probeSteps = [1_000, 3_000, 10_000, 30_000] as const
/** BUFSIZE - 1: a probe must always find a place in the command ring. */
export const probesMax = 3
/** A slow move may hold an ok back for a minute (Marlin #16894). */
const silentMaxMs = 90_000
/** At rest there is no such move, and what else takes its time says `busy` or goes on reporting. */
const silentMaxAtRestMs = 14_000
const probeStepMaxAtRestMs = 3_000
const silentMaxWaitingMs = 30 * 60_000
/** Temperatures arrive, oks do not: the firmware lives but has lost us. */
const aliveMaxMs = 10 * 60_000

export class Silence {
  heardAt = 0
  /** A line that could not be read, or an ok that fits nowhere: nothing more is said until the firmware was asked. */
  doubted = false
  /** The firmware says `busy` while it works. */
  keepalive = false
  /** Numbers of the probes without an answer. */
  probes: number[] = []
  #waitingSince = 0
  #askAt = Number.POSITIVE_INFINITY
  #busyAt = Number.NEGATIVE_INFINITY
  #noisy = false

  reset(nowMs: number): void {
    this.keepalive = false
    this.#noisy = false
    this.#busyAt = Number.NEGATIVE_INFINITY
    this.heardAt = nowMs
    this.settle()
  }

  busy(nowMs: number): void {
    this.heardAt = nowMs
    this.#busyAt = nowMs
    this.keepalive = true
  }

  noise(): void {
    this.#noisy = true
  }

  /** A line waits from now on. */
  waiting(nowMs: number): void {
    this.#waitingSince = nowMs
  }

  doubt(nowMs: number): void {
    if (this.doubted) return
    this.doubted = true
    this.#waitingSince = Math.max(this.#waitingSince, nowMs)
  }

  /** An acknowledgement came; `left` lines still wait. */
  acknowledged(number: number, left: number, nowMs: number): void {
    this.#waitingSince = nowMs
    if (!this.doubted && this.#askAt === Number.POSITIVE_INFINITY) return
    if (left === 0) {
      this.settle()
      return
    }
    this.probes = this.probes.filter(probe => probe > number)
    this.#askAt = this.probes.length > 0 ? nowMs + probeSteps[1] : Number.POSITIVE_INFINITY
  }

  /** The count is certain again. */
  settle(): void {
    this.doubted = false
    this.probes = []
    this.#askAt = Number.POSITIVE_INFINITY
  }

  /** When the line that waits has waited too long. `blocked`: behind a command that takes its time. */
  dueAt(blocked: boolean): number {
    if (this.#askAt !== Number.POSITIVE_INFINITY) return this.#askAt
    if (this.doubted) return this.#waitingSince + doubtMs
    const patience = blocked ? patienceBlockedMs : this.#noisy ? patienceWithNoiseMs : this.keepalive ? patienceWithKeepaliveMs : patienceMs
    return this.#waitingSince + patience
  }

  /** Due: a probe helps, there is nothing to do but wait, or nothing helps any more. `atRest`: see LinkWorld. */
  verdict(wait: Wait | undefined, dwellMs: number, atRest: boolean, nowMs: number): 'ask' | 'wait' | 'silent' | 'unacknowledged' {
    // It says that it works: no ok is due.
    if (nowMs < this.#busyAt + busyFreshMs) {
      this.#askAt = this.#busyAt + busyFreshMs
      return 'wait'
    }
    const lost = this.probes.length > 1 ? this.#lost(wait, dwellMs, atRest, nowMs) : undefined
    if (lost) this.#askAt = nowMs + patienceBlockedMs
    return lost ?? 'ask'
  }

  /** A probe went out; `fresh` under a new number. */
  asked(fresh: number | undefined, blocked: boolean, atRest: boolean, nowMs: number): void {
    const step = probeSteps[Math.min(this.probes.length, probeSteps.length - 1)] ?? patienceBlockedMs
    this.#askAt = nowMs + (blocked ? patienceBlockedMs : atRest ? Math.min(step, probeStepMaxAtRestMs) : step)
    if (fresh !== undefined) this.probes.push(fresh)
  }

  #lost(wait: Wait | undefined, dwellMs: number, atRest: boolean, nowMs: number): 'silent' | 'unacknowledged' | undefined {
    // An hour of M600 or M0 is not a dead machine; should it die meanwhile, the next line will tell.
    if (wait?.who === 'person') return undefined
    const silentMost = wait ? silentMaxWaitingMs + dwellMs : atRest ? silentMaxAtRestMs : silentMaxMs
    if (nowMs - this.heardAt > silentMost) return 'silent'
    return !wait && nowMs - this.#waitingSince > aliveMaxMs ? 'unacknowledged' : undefined
  }
}
