// A whole print from cold on a simulated printer, in simulated time: what is told of its end at every moment.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ProgressMeter } from '../../drivers/progress.ts'
import { gateRules, sessionOptions } from '../../drivers/setup.ts'
import { genericModel } from '../../drivers/stream/generic.ts'
import { createAnalyser } from '../../protocols/gcode/analyse.ts'
import { createGate } from '../../protocols/gcode/gate.ts'
import { createMarlinSession } from '../../protocols/marlin/session.ts'
import type { ProgramCursor, SessionInput } from '../../protocols/session.ts'
import { MarlinMachine } from '../devices/marlin/machine.ts'

const model = genericModel('marlin', 'printer', '/dev/null')
const declared = { kind: 'printer', dialect: 'marlin', model } as const

type Told = { readonly second: number; readonly state: string; readonly left: number; readonly fraction: number }

/** What is acknowledged and not yet moved (a ring of short moves), and what that does to the pace learnt from it. */
const slackSeconds = 20

/** Prints the file in a room of `ambient` °C; answers with what was told each second, and when it ended, in seconds. */
function print(file: Buffer, ambient: number): { told: Told[]; ended: number; forecast: number } {
  const analyser = createAnalyser({ name: 'a.gcode', size: file.length, machines: [{ ...declared, machine: 'printer-1' }] })
  analyser.push(file)
  const map = analyser.finish().timeMaps['printer-1'] ?? []
  const session = createMarlinSession(sessionOptions({ declaration: declared, model }))
  const heard: string[] = []
  let half = ''
  const machine = new MarlinMachine(
    { ambient },
    {
      send: text => {
        const lines = (half + text).split(/\r?\n/)
        half = lines.pop() ?? ''
        heard.push(...lines)
      },
      lineTaken: () => undefined,
      urgent: () => undefined,
    },
  )
  let nowMs = 0
  let wakeAt = Number.POSITIVE_INFINITY
  let meter: ProgressMeter | undefined
  let ended = Number.NaN
  const give = (input: SessionInput) => {
    for (const effect of session.receive(input, nowMs)) {
      if (effect.kind === 'wakeAt') wakeAt = effect.atMs
      if (effect.kind === 'send' || effect.kind === 'sendNow') for (const byte of effect.bytes) machine.receive(byte, nowMs / 1000)
      if (effect.kind !== 'report') continue
      const { report } = effect
      if (report.kind === 'progress') meter?.acknowledged(report.lines, report.endByte, nowMs)
      if (report.kind === 'state') meter?.follow(report.state.state, nowMs)
      if (report.kind === 'job-ended') ended = nowMs / 1000
    }
  }
  const told: Told[] = []
  machine.begin()
  give({ kind: 'opened' })
  for (let nextSecond = 0; Number.isNaN(ended) && nowMs < 3_600_000; ) {
    for (let line = heard.shift(); line !== undefined; line = heard.shift()) give({ kind: 'line', line })
    if (meter === undefined && session.state.state === 'ready') {
      meter = new ProgressMeter({ size: file.length, timeMap: map }, nowMs)
      give({ kind: 'run', job: 'job-00001', cursor: cursorOf(file) })
      nextSecond = nowMs
      continue
    }
    nowMs = Math.max(nowMs + 1, Math.ceil(Math.min(wakeAt, machine.nextAt() * 1000, nextSecond)))
    machine.advance(nowMs / 1000)
    if (nowMs >= wakeAt) {
      wakeAt = Number.POSITIVE_INFINITY
      give({ kind: 'wake' })
    }
    if (nowMs < nextSecond) continue
    nextSecond = nowMs + 1000
    const read = meter?.read(nowMs)
    if (read?.remainingSeconds === undefined) continue
    told.push({ second: nowMs / 1000, state: session.state.state, left: read.remainingSeconds, fraction: read.fraction })
  }
  return { told, ended, forecast: map.at(-1)?.[1] ?? 0 }
}

function cursorOf(file: Buffer): ProgramCursor {
  const gate = createGate(gateRules(declared, undefined, false))
  const raw = file.toString('utf8').split('\n')
  let number = 0
  let endByte = 0
  return {
    next() {
      for (let text = raw[number]; text !== undefined; text = raw[number]) {
        number++
        endByte += Buffer.byteLength(text) + 1
        const passed = gate.line(text)
        if (passed === 'skip') continue
        return 'fault' in passed ? passed : { text: passed.send, number, endByte }
      }
      return 'end'
    },
  }
}

it.for([
  ['a cold room', 'prusaslicer-cube.gcode', 10],
  ['a usual room', 'prusaslicer-cube.gcode', 22],
  ['a printer that is warm', 'prusaslicer-cube.gcode', 45],
  ['a cold room', 'prusaslicer-vase.gcode', 10],
  ['a printer that is warm', 'prusaslicer-vase.gcode', 45],
] as const)('tells an end between the forecast and the true one from the first second on: %s, %s', ([, name, ambient]) => {
  const { told, ended, forecast } = print(readFileSync(new URL(`../fixtures/programs/${name}`, import.meta.url)), ambient)
  const began = told[0]?.second ?? 0
  expect(told.filter(({ state }) => state === 'preparing').length).toBeGreaterThan(60)
  for (const [i, { second, left, fraction }] of told.entries()) {
    expect(second + left).toBeGreaterThan(Math.min(began + forecast, ended) - slackSeconds)
    expect(second + left).toBeLessThan(Math.max(began + forecast, ended) + slackSeconds)
    const before = told[i - 1] ?? { state: 'preparing', left, fraction: 0 }
    // Only what is learnt of the motion may put it off, and not in one leap.
    expect(left).toBeLessThan(before.left + (before.state === 'preparing' ? 1 : 10))
    expect(fraction).toBeGreaterThanOrEqual(before.fraction - 0.001)
  }
})
