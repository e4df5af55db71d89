// The forecast against the simulated machines' own motion. The machines plan and step by the firmware's documentation in
// virtual time; the forecast was written without a look at them. What each shares with the other is the program and the settings.
import { join } from 'node:path'
import { loadModels } from '../daemon/models.ts'
import type { Model } from '../protocols/contract/model.ts'
import { createAnalyser } from '../protocols/gcode/analyse.ts'
import { createGate } from '../protocols/gcode/gate.ts'
import type { MarlinMotion } from '../test/devices/marlin/options.ts'
import { measureProgram } from '../test/devices/measure.ts'
import { type Trial, trials } from './forecast-programs.ts'

type GrblBoard = { settings: Record<string, string>; linesPerSecond?: number }

const grblBoards: Record<'laser' | 'mill' | 'uno', GrblBoard> = {
  laser: { settings: { $11: '0.01', $12: '0.002', $30: '1000', $32: '1', ...axes('80', '10000', '800') } },
  mill: { settings: { $11: '0.01', $12: '0.002', $30: '12000', $32: '0', ...axes('80', '6000', '200') } },
  uno: { settings: { $11: '0.01', $12: '0.002', $30: '1000', $32: '1', ...axes('250', '5000', '500') }, linesPerSecond: 500 },
}

function axes(steps: string, rate: string, acceleration: string): Record<string, string> {
  const each = (from: number, value: string) => Object.fromEntries([0, 1, 2].map(axis => [`$${from + axis}`, value]))
  return { ...each(100, steps), ...each(110, rate), ...each(120, acceleration), ...each(130, '400') }
}

const marlinBoards: Record<'jerk' | 'deviation', MarlinMotion> = {
  deviation: {
    stepsPerMm: [80, 80, 400, 93],
    maxFeed: [500, 500, 5, 25],
    maxAcceleration: [500, 500, 100, 5000],
    printAcceleration: 500,
    retractAcceleration: 1000,
    travelAcceleration: 500,
    corner: { kind: 'deviation', mm: 0.08 },
  },
  jerk: {
    stepsPerMm: [100, 100, 400, 280],
    maxFeed: [200, 200, 12, 120],
    maxAcceleration: [1250, 1250, 200, 5000],
    printAcceleration: 1250,
    retractAcceleration: 1250,
    travelAcceleration: 1250,
    corner: { kind: 'jerk', jerk: [8, 8, 0.4, 4.5] },
  },
}

/** As M503 prints them. */
function saidByMarlin(motion: MarlinMotion): Record<string, string> {
  const four = ([x, y, z, e]: readonly number[]) => `X${x} Y${y} Z${z} E${e}`
  const { corner } = motion
  return {
    M92: four(motion.stepsPerMm),
    M203: four(motion.maxFeed),
    M201: four(motion.maxAcceleration),
    M204: `P${motion.printAcceleration} R${motion.retractAcceleration} T${motion.travelAcceleration}`,
    M205: corner.kind === 'deviation' ? `B20000 S0 T0 J${corner.mm}` : `B20000 S0 T0 ${four(corner.jerk)}`,
  }
}

export type Judged = { name: string; machineSeconds: number; forecastSeconds: number; error: number; complaints: readonly string[] }

/** Device seconds and forecast seconds of one trial; `error` is their ratio less one. */
export function judge(trial: Trial, models: ReadonlyMap<string, Model>): Judged {
  const marlin = trial.board === 'jerk' || trial.board === 'deviation'
  const base = models.get(trial.kind === 'printer' ? 'generic-marlin' : `generic-grbl-${trial.kind}`)
  if (base === undefined) throw new Error(`no generic model for ${trial.kind}`)
  const linesPerSecond = trial.board === 'uno' ? grblBoards.uno.linesPerSecond : undefined
  const { linesPerSecond: _, ...motion } = base.motion
  const baud = marlin ? 250_000 : 115_200
  const model: Model = {
    ...base,
    area: { x: [-500, 500], y: [-500, 500], z: [-100, 300] },
    motion: { ...motion, ...(linesPerSecond !== undefined && { linesPerSecond }) },
    serial: { ...base.serial, baud },
    stream: { ...base.stream, ...(marlin && { windowLines: 4 }) },
  }
  const settings = isMarlinBoard(trial.board) ? saidByMarlin(marlinBoards[trial.board]) : grblBoards[trial.board].settings
  const facts = { machine: 'it', kind: trial.kind, dialect: model.dialect, model, settings }
  const bytes = new TextEncoder().encode(trial.text)
  const analyser = createAnalyser({ name: trial.name, size: bytes.length, machines: [facts] })
  analyser.push(bytes)
  const [suitability] = analyser.finish().program.machines

  const gate = createGate({ dialect: model.dialect, lineLengthMax: 250, machineKind: trial.kind, constantPowerAllowed: true })
  const lines = trial.text.split('\n').flatMap(raw => {
    const out = gate.line(raw)
    if (out === 'skip') return []
    if ('fault' in out) throw new Error(`${trial.name}: ${out.fault.text.en}`)
    return [out.send]
  })
  const measured = isMarlinBoard(trial.board)
    ? measureProgram({ kind: 'marlin', baud, machine: { motion: marlinBoards[trial.board], area: [400, 400, 400] } }, lines)
    : measureProgram(
        {
          kind: 'grbl',
          baud,
          machine: { settings: grblBoards[trial.board].settings, ...(linesPerSecond !== undefined && { lineSeconds: 1 / linesPerSecond }) },
        },
        lines,
      )
  // A printer also heats and homes, by physics of its own: of those the motion alone is compared.
  const machineSeconds = marlin ? measured.motionSeconds : measured.seconds
  const forecastSeconds = (marlin ? suitability?.motionSeconds : suitability?.estimatedSeconds) ?? Number.NaN
  return { name: trial.name, machineSeconds, forecastSeconds, error: forecastSeconds / machineSeconds - 1, complaints: measured.complaints }
}

function isMarlinBoard(board: Trial['board']): board is 'jerk' | 'deviation' {
  return board === 'jerk' || board === 'deviation'
}

export async function benchForecast(): Promise<void> {
  const models = loadModels(join(import.meta.dirname, '../drivers/models'))
  const judged = trials().map(trial => judge(trial, models))
  console.log("\nForecast against the machine's own motion (target: median ≤ 2 %, worst ≤ 5 %)\n")
  console.log(`${'program'.padEnd(26)}${'machine s'.padStart(11)}${'forecast s'.padStart(12)}${'error'.padStart(9)}`)
  for (const { name, machineSeconds, forecastSeconds, error, complaints } of judged) {
    const row = `${name.padEnd(26)}${machineSeconds.toFixed(2).padStart(11)}${forecastSeconds.toFixed(2).padStart(12)}${`${(error * 100).toFixed(2)} %`.padStart(9)}`
    console.log(complaints.length === 0 ? row : `${row}  the machine said: ${complaints.join(', ')}`)
  }
  const errors = judged.map(({ error }) => Math.abs(error)).sort((a, b) => a - b)
  const median = errors[Math.floor(errors.length / 2)] ?? Number.NaN
  console.log(
    `\nmedian ${(median * 100).toFixed(2)} %, worst ${((errors.at(-1) ?? Number.NaN) * 100).toFixed(2)} % of ${errors.length} programs\n`,
  )
}
