// Runs the session against the queue model over a noisy wire and counts what the machine really executed.

import type { JobEnd } from '../../../protocols/contract/job.ts'
import { createMarlinSession } from '../../../protocols/marlin/session.ts'
import type { ProgramLine, SessionOptions } from '../../../protocols/session.ts'
import { type FirmwareHabits, QueueModel } from './firmware.ts'

export type Noise = {
  /** Share of bytes hurt, each direction. */
  readonly toMachine: number
  readonly toHost: number
  /** What happens to a hurt byte: a bit turned, another byte in its place, gone, or twice. */
  readonly kinds: readonly ('bit' | 'byte' | 'drop' | 'double')[]
}

export type SoakSetup = {
  readonly seed: number
  readonly lines: number
  readonly habits: FirmwareHabits
  readonly noise: Noise
  readonly windowLines: number
  readonly baud?: number
  readonly latencyMs?: number
  /** Duration of a program line in the machine. */
  readonly durationMs?: (random: () => number) => number
}

export type SoakResult = {
  readonly end: JobEnd | undefined
  readonly executed: number
  readonly lost: number
  readonly doubled: number
  /** Lines out of order in any other way. */
  readonly wrong: number
  /** Wrong text with a right number and a right checksum: Marlin's XOR cannot see it, and no host can. */
  readonly altered: number
  /** Lines without a number that noise made out of ours and the firmware took. */
  readonly strays: number
  readonly resends: number
  readonly simulatedSeconds: number
  readonly wireShare: number
  readonly faults: readonly string[]
  readonly overruns: number
}

export const soakOptions: SessionOptions = {
  bootMs: 0,
  windowLines: 1,
  windowBytes: 120,
  lineLengthMax: 95,
  quirks: [],
  constantPowerAllowed: true,
  machineKind: 'printer',
}

/** 40 bytes on the wire with number, checksum and newline. */
export const programText = (index: number) =>
  `G1 X${(index % 200) + 20}.${String(index % 1000).padStart(3, '0')} Y${(index * 7) % 180}.5 E${index % 10_000}`.padEnd(28, '0')

export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

function hurt(text: string, share: number, kinds: Noise['kinds'], random: () => number): string {
  if (share === 0) return text
  let out = ''
  let from = 0
  // Distance to the next hurt byte, geometric: most lines are never looked into.
  for (let at = Math.floor(Math.log(1 - random()) / Math.log(1 - share)); at < text.length; ) {
    out += text.slice(from, at)
    const code = text.charCodeAt(at)
    const kind = kinds[Math.floor(random() * kinds.length)]
    if (kind === 'bit') out += String.fromCharCode(code ^ (1 << Math.floor(random() * 8)))
    else if (kind === 'byte') out += String.fromCharCode(Math.floor(random() * 256))
    else if (kind === 'double') out += text[at] + String(text[at])
    from = at + 1
    at += 1 + Math.floor(Math.log(1 - random()) / Math.log(1 - share))
  }
  return out + text.slice(from)
}

type Delivery = { readonly atMs: number; readonly text: string }

/** A number keeps its text for good; two texts under one number would be our own mistake. */
function remember(text: string, said: Map<number, string>): void {
  const [, number, line = ''] = /N(\d+) (.*)\*\d+\n$/.exec(text) ?? []
  if (number === undefined || line.startsWith('M110')) return
  const before = said.get(Number(number))
  if (before !== undefined && before !== line) throw new Error(`line ${number} was "${before}" and is "${line}"`)
  said.set(Number(number), line)
}

/** One job from `opened` to its end; bounded in simulated time. */
export function soak(setup: SoakSetup): SoakResult {
  const random = randomOf(setup.seed)
  const byteMs = 10_000 / (setup.baud ?? 250_000)
  const latencyMs = setup.latencyMs ?? 2
  const durationMs = setup.durationMs ?? ((r: () => number) => (r() < 0.001 ? 2500 : r() < 0.01 ? 60 : 0.4))
  const session = createMarlinSession({ ...soakOptions, windowLines: setup.windowLines })
  const down: Delivery[] = []
  const up: Delivery[] = []
  let downFreeAt = 0
  let upFreeAt = 0
  let downBusyMs = 0
  let heard = ''
  let wakeAt = Number.POSITIVE_INFINITY
  let now = 1000
  let expected = 0
  let lost = 0
  let doubled = 0
  let altered = 0
  let wrong = 0
  let strays = 0
  let end: JobEnd | undefined
  let ready = false
  const faults: string[] = []
  const firmware = new QueueModel(
    setup.habits,
    (text, atMs) => {
      upFreeAt = Math.max(atMs, upFreeAt) + text.length * byteMs
      up.push({ atMs: upFreeAt + latencyMs, text: hurt(text, setup.noise.toHost, setup.noise.kinds, random) })
    },
    text => (text.startsWith('G1') ? durationMs(random) : 0.2),
    ({ text, number }) => {
      if (number === undefined) {
        if (/^[GM]\d/.test(text) && !/^M105/.test(text)) strays++
        return
      }
      // What the host said under this number, before the noise.
      const said = saidByNumber.get(number) ?? text
      if (text !== said) altered++
      if (!said.startsWith('G1')) return
      if (said === programText(expected)) expected++
      else if (said === programText(expected - 1)) doubled++
      else if (said === programText(expected + 1)) {
        lost++
        expected += 2
      } else wrong++
    },
  )
  const saidByNumber = new Map<number, string>()
  let fed = 0
  const cursor = {
    next(): ProgramLine | 'end' {
      if (fed >= setup.lines) return 'end'
      fed++
      return { text: programText(fed - 1), number: fed, endByte: fed * 40 }
    },
  }
  const give = (input: Parameters<typeof session.receive>[0]) => {
    for (const effect of session.receive(input, now)) {
      if (effect.kind === 'send' || effect.kind === 'sendNow') {
        const text = String.fromCharCode(...effect.bytes)
        downFreeAt = Math.max(now, downFreeAt) + text.length * byteMs
        downBusyMs += text.length * byteMs
        remember(text, saidByNumber)
        down.push({ atMs: downFreeAt + latencyMs, text: hurt(text, setup.noise.toMachine, setup.noise.kinds, random) })
      } else if (effect.kind === 'wakeAt') wakeAt = effect.atMs
      else if (effect.kind === 'report') {
        const { report } = effect
        if (report.kind === 'job-ended') end = report.end
        else if (report.kind === 'fault') faults.push(report.fault.code)
        else if (report.kind === 'state' && report.state.state === 'ready') ready = true
      } else if (effect.kind === 'reopen') faults.push(`reopen ${effect.reason}`)
    }
  }
  give({ kind: 'opened' })
  let startedAt = 0
  const limitMs = now + 60_000 + setup.lines * 10_000
  while (!end && now < limitMs) {
    if (ready && startedAt === 0) {
      startedAt = now
      downBusyMs = 0
      give({ kind: 'run', job: 'job-00001', cursor })
      continue
    }
    const downAt = down[0]?.atMs ?? Number.POSITIVE_INFINITY
    const upAt = up[0]?.atMs ?? Number.POSITIVE_INFINITY
    now = Math.max(now, Math.min(downAt, upAt, wakeAt, firmware.nextAt))
    if (downAt <= now) {
      firmware.receive(down.shift()?.text ?? '', now)
      firmware.tick(now)
    } else if (upAt <= now) {
      heard += up.shift()?.text ?? ''
      for (let cut = heard.indexOf('\n'); cut >= 0; cut = heard.indexOf('\n')) {
        const line = heard.slice(0, cut)
        heard = heard.slice(cut + 1)
        give({ kind: 'line', line })
      }
    } else if (wakeAt <= now) {
      wakeAt = Number.POSITIVE_INFINITY
      give({ kind: 'wake' })
    } else firmware.tick(now)
  }
  return {
    end,
    executed: expected,
    lost,
    doubled,
    wrong,
    altered,
    strays,
    resends: end?.resends ?? 0,
    simulatedSeconds: (now - startedAt) / 1000,
    wireShare: downBusyMs / (now - startedAt),
    faults,
    overruns: firmware.overruns,
  }
}
