// Reads a whole program through the gate before anything moves: every line that would be refused is known before the start.
import { open } from 'node:fs/promises'
import type { Firmware } from '../../protocols/contract/machine.ts'
import type { Model } from '../../protocols/contract/model.ts'
import type { Fault } from '../../protocols/contract/words.ts'
import { createAnalyser } from '../../protocols/gcode/analyse.ts'
import { createGate, type Gate, type GateRules } from '../../protocols/gcode/gate.ts'
import { openProgram, type ProgramFile } from '../program.ts'

/** So many refused lines are told one by one. */
const toldMax = 20

export type Checked = {
  /** Lines that go out. */
  readonly lines: number
  readonly faults: readonly Fault[]
  readonly faultCount: number
}

/** Faults of the file itself (missing, changed, a damaged line) are answered as `fault`. */
export async function checkProgram(file: ProgramFile, rules: GateRules): Promise<Checked | { readonly fault: Fault }> {
  const gate = createGate(rules)
  const faults: Fault[] = []
  let faultCount = 0
  const watching: Gate = {
    line: raw => {
      const passed = gate.line(raw)
      if (passed === 'skip' || 'send' in passed) return passed
      faultCount++
      if (faults.length < toldMax) faults.push(passed.fault)
      return 'skip'
    },
  }
  let more = () => {}
  const cursor = await openProgram(file, watching, () => more())
  if ('fault' in cursor) return cursor
  try {
    for (let lines = 0; ; ) {
      const next = cursor.next()
      if (next === 'end') return { lines, faults, faultCount }
      if (next === 'waiting') await new Promise<void>(resolve => (more = resolve))
      else if ('fault' in next) return next
      else lines++
    }
  } finally {
    await cursor.close()
  }
}

export type Forecast = { estimatedSeconds: number; timeMap?: [number, number][] }

const machine = 'machine'

/** What the program takes on this machine by its own settings; undefined where that cannot be told. */
export async function forecast(file: ProgramFile, model: Model, firmware: Firmware | undefined): Promise<Forecast | undefined> {
  const facts = {
    machine,
    kind: model.kind,
    dialect: model.dialect,
    model,
    ...(firmware?.settings === undefined ? {} : { settings: firmware.settings }),
    ...(firmware === undefined ? {} : { family: firmware.family }),
  }
  const analyser = createAnalyser({ name: 'program', size: file.size, machines: [facts] })
  const handle = await open(file.path, 'r')
  try {
    for await (const chunk of handle.createReadStream({ autoClose: false })) analyser.push(chunk as Uint8Array)
  } finally {
    await handle.close()
  }
  const { program, timeMaps } = analyser.finish()
  const estimatedSeconds = program.machines.find(each => each.machine === machine)?.estimatedSeconds
  const timeMap = timeMaps[machine]
  return estimatedSeconds === undefined ? undefined : { estimatedSeconds, ...(timeMap === undefined ? {} : { timeMap }) }
}
