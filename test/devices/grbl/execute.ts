// Carries out one judged line in the order of RS274/NGC: feed, speed, spindle, coolant, dwell, modes, offsets, motion, flow.
import type { Steps } from '../machine.ts'
import { chords } from './arc.ts'
import type { GrblCore } from './core.ts'
import { type Deed, judge } from './gcode.ts'
import { moveTo } from './moves.ts'
import type { MoveOrder, SpindleOrder } from './planner.ts'
import type { Vector } from './settings.ts'
import { readWords } from './words.ts'

/** Executes a stripped, upper-cased line. Answers 0 or Grbl's error number. */
export function* executeGcode(core: GrblCore, line: string): Steps<number> {
  const words = readWords(line, core.variant)
  if ('error' in words) return words.error
  const deed = judge(words, core.gc, core.stored, core.settings)
  if ('error' in deed) return deed.error
  core.executed.add(line)
  if (deed.move !== undefined || deed.goHome !== undefined) core.moved.add(line)
  yield* carryOut(core, deed)
  return 0
}

function* carryOut(core: GrblCore, deed: Deed): Steps {
  const { words } = deed
  const { gc } = core
  gc.feedMode = words.feedMode ?? gc.feedMode
  gc.feed = deed.feed
  gc.lineNumber = words.values.get('N') ?? 0
  const motionAfter = words.motion ?? gc.motion
  yield* setSpindle(core, deed, motionAfter)
  const tool = words.values.get('T')
  if (tool !== undefined) gc.tool = tool
  if (words.toolChange === true) yield* changeTool(core)
  yield* setCoolant(core, deed)
  if (deed.dwellSeconds !== undefined && core.state !== 'Check') {
    yield* core.sync()
    yield* core.dwell(deed.dwellSeconds)
  }
  gc.plane = words.plane ?? gc.plane
  gc.units = words.units ?? gc.units
  if (deed.setToolLength !== undefined && deed.setToolLength !== gc.toolLength) {
    yield* core.sync()
    gc.toolLength = deed.setToolLength
    core.cadence.offsetChanged()
  }
  if (words.coordinates !== undefined && words.coordinates !== gc.coordinates) {
    yield* core.sync()
    gc.coordinates = words.coordinates
    core.cadence.offsetChanged()
  }
  gc.absolute = words.absolute ?? gc.absolute
  yield* setOffsets(core, deed)
  if (words.motion !== undefined) gc.motion = words.motion
  if (deed.goHome !== undefined) {
    const stored = deed.goHome.place === 'g28' ? core.stored.g28 : core.stored.g30
    if (deed.goHome.through !== undefined) yield* moveTo(core, deed.goHome.through, order(core, true))
    yield* moveTo(core, stored, order(core, true))
    gc.position = [...stored]
  }
  if (deed.move !== undefined) yield* move(core, deed.move)
  yield* flow(core, deed)
}

/** A rapid never burns: in laser mode its spindle order is off. */
function order(core: GrblCore, rapid: boolean): MoveOrder {
  const { gc } = core
  const dark = core.settings.laserMode && rapid
  return {
    rapid,
    feed: gc.feed,
    inverseTime: gc.feedMode === 93,
    spindle: dark ? { direction: 'off', rpm: 0 } : spindleOf(core),
    lineNumber: gc.lineNumber,
  }
}

function spindleOf(core: GrblCore): SpindleOrder {
  return { direction: core.gc.spindle === 3 ? 'cw' : core.gc.spindle === 4 ? 'ccw' : 'off', rpm: core.gc.rpm }
}

function* move(core: GrblCore, motion: NonNullable<Deed['move']>): Steps {
  const { gc } = core
  if (motion.kind === 'probe') {
    yield* core.sync()
    yield* moveTo(core, motion.target, order(core, false))
    yield* core.sync()
    core.probe = { position: core.position, touched: true }
    core.send(`[PRB:${core.position.map(mm => mm.toFixed(3)).join(',')}:1]\r\n`)
  } else if (motion.kind === 'arc') {
    for (const point of chords(gc.position, motion.target, motion.arc, motion.clockwise, core.settings.number(12))) {
      yield* moveTo(core, point, order(core, false))
    }
  } else yield* moveTo(core, motion.target, order(core, motion.kind === 'rapid'))
  gc.position = [...motion.target]
}

// Any change of direction empties the planner; a change of S alone does too, except in laser mode,
// where S rides on the motion (laser_mode.md).
function* setSpindle(core: GrblCore, deed: Deed, motionAfter: number): Steps {
  const { gc } = core
  const spindle = deed.words.spindle ?? gc.spindle
  const changed = spindle !== gc.spindle
  const speedChanged = deed.rpm !== gc.rpm && spindle !== 5
  const feedMotion = motionAfter >= 1 && motionAfter <= 3
  const laser = core.settings.laserMode
  // M3 with nothing moving in this line: the beam itself must change, so the planner runs empty first.
  const standing = laser && spindle === 3 && deed.move === undefined && (speedChanged || motionAfter !== gc.motion)
  if (changed || (speedChanged && !laser) || standing) {
    yield* core.sync()
    gc.spindle = spindle
    gc.rpm = deed.rpm
    if (core.state !== 'Check') {
      core.beam.order = spindleOf(core)
      const lit = laser && spindle === 3 && deed.rpm > 0 && feedMotion
      core.beam.standing(lit && deed.move === undefined && !core.instant, core.now)
    }
    return
  }
  gc.rpm = deed.rpm
  if (core.state !== 'Check' && spindle !== 5) core.beam.order = spindleOf(core)
}

function* setCoolant(core: GrblCore, deed: Deed): Steps {
  const { words } = deed
  const { gc } = core
  const off = words.coolantOff === true
  const mist = off ? false : gc.mist || words.mist === true
  const flood = off ? false : gc.flood || words.flood === true
  if (mist === gc.mist && flood === gc.flood) return
  yield* core.sync()
  gc.mist = mist
  gc.flood = flood
  core.beam.mist = mist
  core.beam.flood = flood
  core.cadence.overridesChanged()
}

function* setOffsets(core: GrblCore, deed: Deed): Steps {
  const { gc, stored } = core
  if (deed.setOffset !== undefined) {
    yield* core.sync()
    stored.offsets[deed.setOffset.index] = deed.setOffset.value
    wrote(core)
    core.cadence.offsetChanged()
  }
  if (deed.setG92 !== undefined) {
    yield* core.sync()
    gc.g92 = deed.setG92
    core.cadence.offsetChanged()
  }
  if (deed.words.nonModal === 28.1 || deed.words.nonModal === 30.1) {
    yield* core.sync()
    const here: Vector = [...gc.position]
    if (deed.words.nonModal === 28.1) stored.g28 = here
    else stored.g30 = here
    wrote(core)
  }
}

/** EEPROM is written: an AVR hears nothing for that long, and acknowledges only afterwards. */
export function wrote(core: GrblCore): void {
  if (!core.instant) core.deafUntil = core.now + core.variant.eepromDeafSeconds
}

// grblHAL without a tool changer: state Tool until the host acknowledges (0xA3), then cycle start.
function* changeTool(core: GrblCore): Steps {
  yield* core.sync()
  if (core.variant.toolChange !== 'waits' || core.state === 'Check') return
  core.state = 'Tool'
  core.flags.toolAck = false
  core.flags.start = false
  let acknowledged = false
  for (;;) {
    yield 'input'
    if (core.flags.toolAck) acknowledged = true
    const start = core.flags.start
    core.flags.start = false
    core.obeyFlags()
    if (acknowledged && start) break
  }
  core.state = 'Idle'
}

function* flow(core: GrblCore, deed: Deed): Steps {
  const { words } = deed
  if (words.flow === undefined || words.flow === 1) return
  yield* core.sync()
  const { gc } = core
  if (words.flow === 0) {
    if (core.state === 'Check') return
    core.flags.hold = true
    yield* core.realtime()
    return
  }
  // M2/M30 put back motion and modes but neither F, nor S, nor the units (gcode.c, program end).
  gc.motion = 1
  gc.plane = 17
  gc.absolute = true
  gc.feedMode = 94
  gc.coordinates = 0
  gc.spindle = 5
  gc.mist = false
  gc.flood = false
  core.overrides.feed = 100
  core.overrides.rapid = 100
  core.overrides.spindle = 100
  if (core.state !== 'Check') core.beam.off(core.now)
  core.cadence.offsetChanged()
  core.cadence.overridesChanged()
  core.send('[MSG:Pgm End]\r\n')
}
