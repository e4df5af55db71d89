// Traces the rectangle a job will need, so that a person sees whether it lies on the sheet. The beam is off, or shows a point of light.
import type { Deed } from '../contract/room.ts'
import type { AskResult } from './ask.ts'
import type { GrblMachine } from './machine.ts'

type Frame = Extract<Deed, { kind: 'frame' }>

/** A metre and a half a minute around the largest table, and the wait at its end. */
const limitMs = 120_000
/** Of the full power: more than this marks paper. */
const powerShareMax = 0.01

/** The lines of a frame. They end as a program ends: M5, and the modes a controller wakes up with. */
export function frameLines({ min, max, feed, power }: Frame): string[] {
  const at = (x: number, y: number) => `X${decimal(x)} Y${decimal(y)}`
  return [
    'M5 S0',
    'G94 G21 G90 G17',
    `G1 ${at(min.x, min.y)} F${decimal(feed)}`,
    // M4 is dark wherever the machine stands (Grbl 1.1, laser_mode.md, "M4"): a frame that is held or forgotten burns nothing.
    ...(power > 0 ? [`M4 S${decimal(power)}`] : []),
    `G1 ${at(max.x, min.y)}`,
    `G1 ${at(max.x, max.y)}`,
    `G1 ${at(min.x, max.y)}`,
    `G1 ${at(min.x, min.y)}`,
    'M5 S0',
    'G0',
    // Its ok comes when the machine has arrived (protocol_buffer_synchronize).
    'G4 P0.01',
  ]
}

/** The frame as it may be traced here; undefined where the figures make none, or this is no laser. */
export function checkFrame(machine: GrblMachine, frame: Frame): Frame | undefined {
  const figures = [frame.min.x, frame.min.y, frame.max.x, frame.max.y, frame.feed, frame.power]
  if (machine.options.machineKind !== 'laser' || !figures.every(Number.isFinite) || frame.feed <= 0) return undefined
  if (frame.min.x > frame.max.x || frame.min.y > frame.max.y) return undefined
  // Only where the controller itself darkens the beam may there be one: without $32=1 M4 burns like M3.
  const full = Number(machine.identity.settings.get('$30') ?? Number.NaN)
  const darkens = machine.identity.laserMode === '1' || machine.identity.family === 'fluidnc'
  const power = darkens && full > 0 ? Math.min(frame.power, full * powerShareMax) : 0
  return { ...frame, power: Math.max(0, power) }
}

/** Sends the lines one by one; the first that is refused ends it, and the beam is switched off. `done` is told once. */
export function trace(machine: GrblMachine, frame: Frame, done: (result: AskResult, line: string) => void): void {
  const lines = frameLines(frame)
  const next = (at: number): void => {
    const line = lines[at]
    if (line === undefined) return
    const sent = machine.asker.add({
      line,
      purpose: 'frame',
      limitMs,
      done: result => {
        if (result.kind === 'ok' && at + 1 < lines.length) return next(at + 1)
        // A controller that was reset has its beam off; one that refused a line goes on with those before it.
        if (result.kind === 'error' || result.kind === 'silent') {
          machine.asker.add({ line: 'M5 S0', purpose: 'frame', limitMs, done: () => undefined })
        }
        machine.upkeep.modalMayHaveChanged()
        done(result, line)
      },
    })
    if (!sent) done({ kind: 'gone' }, line)
  }
  next(0)
}

function decimal(value: number): string {
  return String(Math.round(value * 1000) / 1000)
}
