// Reads a program as Marlin does: one command a line, its parameters by letter (gcode/parser.cpp), state as in gcode.cpp.
import { arcTravel, centerByRadius, newArc, setArc } from './arc.ts'
import { drawArc } from './draw-arc.ts'
import { leaveOf } from './forbidden.ts'
import type { Ledger } from './ledger.ts'
import { known, knownG } from './marlin-known.ts'
import { changeLimits } from './marlin-limits.ts'
import { MarlinTotals } from './marlin-totals.ts'
import { type MotionState, MotionWords } from './marlin-words.ts'
import type { Path } from './path.ts'
import type { MarlinPlan } from './plans.ts'
import type { Line } from './reader.ts'

const inch = 25.4
/** Homing and probing as common printers take them; the machine's own figures replace them when it has been watched. */
const homeSeconds = 20
const probeSeconds = 75
const toolChangeSeconds = 8
/** FWRETRACT defaults: M207 S3 F45 mm/s. */
const retractMm = 3
const retractFeed = 45

export class MarlinProgram implements MotionState {
  private readonly plans: readonly MarlinPlan[]
  private readonly path: Path
  private readonly ledger: Ledger
  x = 0
  y = 0
  z = 0
  e = 0
  // Where the program's zero is, by G92.
  ox = 0
  oy = 0
  oz = 0
  oe = 0
  unit = 1
  absolute = true
  absoluteE = true
  private plane: 17 | 18 | 19 = 17
  /** mm/s; Marlin starts with 1500 mm/min. */
  private feed = 25
  private tool = 0
  private retracted = false
  private flow = 1
  private readonly ends = newArc()
  private readonly words = new MotionWords()
  readonly totals = new MarlinTotals()
  private spindleOn = false
  private power = 0

  constructor(plans: readonly MarlinPlan[], path: Path, ledger: Ledger) {
    this.plans = plans
    this.path = path
    this.ledger = ledger
  }

  line(line: Line): void {
    if (line.count === 0) return
    const letters = line.letters
    const values = line.values
    let first = 0
    // A program's own line number.
    if (letters[0] === 78) {
      first = 1
      if (line.count === 1) return
    }
    const letter = letters[first] ?? 0
    const code = values[first] ?? Number.NaN
    // `N1234567 `, `*123` and the line feed go with every line; the answer is an ok.
    const bytes = line.length + 14
    if (letter === 71) {
      this.receive(bytes)
      if (code === 1 || code === 0) this.move(line, first + 1, code === 1)
      else if (code === 2 || code === 3) this.arc(line, first + 1, code === 2)
      else this.gCode(line, code)
      return
    }
    if (letter === 77) {
      const m = Math.floor(code)
      if (leaveOf('marlin', m) !== undefined) return
      this.receive(bytes)
      this.mCode(line, m)
      return
    }
    if (letter === 84) {
      this.receive(bytes)
      this.changeTool(line, code)
      return
    }
    // Words without a command: Marlin repeats no motion (GCODE_MOTION_MODES is off) and says "Unknown command".
    if (letter === 88 || letter === 89 || letter === 90) this.ledger.note('bare-words', line.number)
    else this.ledger.note('unknown-command', line.number, 0, String.fromCharCode(letter))
  }

  private receive(bytes: number): void {
    for (const plan of this.plans) plan.planner.queue.receive(bytes)
  }

  /** Reads where the motion of this line ends into `words`; false where its numbers are a mistake. */
  private readMotion(line: Line, from: number): boolean {
    const words = this.words
    words.read(line, from, this)
    // Marlin takes only a positive F (get_destination_from_command).
    if (words.feed > 0) {
      this.feed = words.feed / 60
      this.totals.feed(words.feed, line.number)
    }
    if (!Number.isNaN(words.power)) this.setPower(words.power, line.number)
    if (!words.isAbsurd) return true
    this.ledger.note('absurd-number', line.number)
    return false
  }

  private move(line: Line, from: number, feeding: boolean): void {
    if (!this.readMotion(line, from)) return
    const { x, y, z, e } = this.words
    const de = e - this.e
    const offset = line.endByte
    const goes = x !== this.x || y !== this.y || z !== this.z
    if (de !== 0) this.totals.extrude(de, goes, this.tool, line.number)
    for (const plan of this.plans) plan.planner.line(x, y, z, e * this.flow, this.feed, offset)
    if (goes) {
      const burning = this.spindleOn && this.power > 0
      const making = de > 0 || burning
      if (making && de > 0) this.path.extrudeAt(z, offset)
      this.path.to(x, y, z, feeding || making, making, this.power, line.number, offset)
    }
    this.x = x
    this.y = y
    this.z = z
    this.e = e
  }

  private setPower(power: number, line: number): void {
    this.power = power
    this.totals.power(power, line)
  }

  private arc(line: Line, from: number, clockwise: boolean): void {
    if (!this.readMotion(line, from)) return
    const { x, y, z, e, i, j, k, r, turns } = this.words
    const ends = this.ends
    ends.clockwise = clockwise
    setArc(ends, this.plane, this, x, y, z, i, j, k)
    ends.turns = turns
    const center = r !== 0 ? centerByRadius(ends, r, true) : undefined
    if (center !== undefined) {
      ends.centerA = center.a
      ends.centerB = center.b
    }
    if (ends.centerA === ends.fromA && ends.centerB === ends.fromB) {
      this.ledger.note('bad-arc', line.number)
      return
    }
    const de = e - this.e
    if (de !== 0) this.totals.extrude(de, true, this.tool, line.number)
    const making = de > 0 || (this.spindleOn && this.power > 0)
    if (de > 0) this.path.extrudeAt(z, line.endByte)
    const { radius, travel } = arcTravel(ends, 1e-9)
    for (const plan of this.plans) plan.planner.arc(ends, this.e * this.flow, e * this.flow, this.feed, line.endByte)
    drawArc(this.path, ends, radius, travel, making, this.power, line.number, line.endByte)
    this.x = x
    this.y = y
    this.z = z
    this.e = e
  }

  private gCode(line: Line, code: number): void {
    const offset = line.endByte
    switch (Math.floor(code)) {
      case 4: {
        // P milliseconds, S seconds; S wins (G4.cpp).
        const s = line.value(83)
        const p = line.value(80)
        const seconds = s >= 0 ? s : p >= 0 ? p / 1000 : 0
        if (seconds > 0 && this.spindleOn && this.power > 0) this.ledger.note('burning-dwell', line.number, seconds)
        for (const plan of this.plans) plan.planner.queue.stand(Math.min(seconds, 86_400), offset)
        return
      }
      case 10:
      case 11: {
        const retract = Math.floor(code) === 10
        // `G10 S`/`G10 P` is a tool change or workspace elsewhere; here it is the retraction.
        if (retract === this.retracted) return
        this.retracted = retract
        const e = this.e + (retract ? -retractMm : retractMm)
        for (const plan of this.plans) {
          plan.planner.line(this.x, this.y, this.z, e * this.flow, retractFeed, offset)
          plan.planner.place(this.x, this.y, this.z, this.e * this.flow)
        }
        return
      }
      case 17:
      case 18:
      case 19:
        this.plane = Math.floor(code) as 17 | 18 | 19
        return
      case 20:
        this.unit = inch
        this.ledger.note('inches', line.number)
        return
      case 21:
        this.unit = 1
        return
      case 27:
      case 28: {
        const every = !line.has(88) && !line.has(89) && !line.has(90)
        if (every || line.has(88)) this.x = this.ox = 0
        if (every || line.has(89)) this.y = this.oy = 0
        if (every || line.has(90)) this.z = this.oz = 0
        if (code === 28) this.totals.homed = true
        for (const plan of this.plans) {
          plan.wait(every ? homeSeconds : homeSeconds / 2, offset)
          plan.planner.place(this.x, this.y, this.z, this.e * this.flow)
        }
        return
      }
      case 29:
        for (const plan of this.plans) plan.wait(probeSeconds, offset)
        return
      case 90:
        this.absolute = true
        this.absoluteE = true
        return
      case 91:
        this.absolute = false
        this.absoluteE = false
        return
      case 92: {
        const x = line.value(88)
        const y = line.value(89)
        const z = line.value(90)
        const e = line.value(69)
        if (!Number.isNaN(x)) this.ox = this.x - x * this.unit
        if (!Number.isNaN(y)) this.oy = this.y - y * this.unit
        if (!Number.isNaN(z)) this.oz = this.z - z * this.unit
        if (!Number.isNaN(e)) this.oe = this.e - e * this.unit
        if (line.count === 1) {
          this.ox = this.x
          this.oy = this.y
          this.oz = this.z
          this.oe = this.e
        }
        return
      }
      default:
        if (!knownG.has(Math.floor(code))) this.ledger.note('unknown-command', line.number, 0, Number.isNaN(code) ? 'G' : `G${code}`)
    }
  }

  private mCode(line: Line, code: number): void {
    const offset = line.endByte
    const s = line.value(83)
    const r = line.value(82)
    const target = !Number.isNaN(s) ? s : r
    switch (code) {
      case 0:
      case 1:
      case 600:
      case 25:
      case 226:
        this.ledger.note('waits', line.number)
        for (const plan of this.plans) plan.sync()
        return
      case 3:
      case 4:
        this.spindleOn = true
        this.totals.spindleEver = true
        if (code === 3) this.ledger.note('m3', line.number)
        if (!Number.isNaN(s)) this.setPower(s, line.number)
        for (const plan of this.plans) plan.sync()
        return
      case 5:
        this.spindleOn = false
        for (const plan of this.plans) plan.sync()
        return
      case 82:
        this.absoluteE = true
        return
      case 83:
        this.absoluteE = false
        return
      case 104:
      case 109:
        if (Number.isNaN(target)) return
        this.totals.nozzle(target, line.number)
        for (const plan of this.plans) plan.heat('nozzle', target, code === 109, !Number.isNaN(r), offset)
        return
      case 140:
      case 190:
        if (Number.isNaN(target)) return
        this.totals.bed(target, line.number)
        for (const plan of this.plans) plan.heat('bed', target, code === 190, !Number.isNaN(r), offset)
        return
      case 141:
      case 191:
        this.totals.chamber(target, line.number)
        return
      case 201:
      case 203:
      case 204:
      case 205:
        for (const { planner } of this.plans) changeLimits(planner.motion, code, line)
        return
      case 220:
        if (s > 0) for (const { planner } of this.plans) planner.speed = Math.min(10, Math.max(0.1, s / 100))
        return
      case 221:
        // A change of flow is a change of E steps from here on; the planner must not see a jump.
        if (s > 0) {
          this.flow = Math.min(10, s / 100)
          for (const { planner } of this.plans) planner.place(this.x, this.y, this.z, this.e * this.flow)
        }
        return
      case 18:
      case 84:
        // A timeout (S) waits for nothing; switching the motors off waits for the last move.
        if (Number.isNaN(s)) for (const plan of this.plans) plan.sync()
        return
      case 400:
        for (const plan of this.plans) plan.sync()
        return
      case 73: {
        const minutes = line.value(82)
        if (this.totals.slicerMinutes < 0 && minutes >= 0) this.totals.slicerMinutes = minutes
        return
      }
      case 206:
      case 428:
        this.ledger.note('home-offset', line.number)
        return
      case 211:
        if (s === 0) this.ledger.note('endstops-off', line.number)
        return
      case 302:
        this.ledger.note('cold-extrusion-allowed', line.number)
        return
      default:
        if (!known.has(code)) this.ledger.note('unknown-command', line.number, 0, Number.isNaN(code) ? 'M' : `M${code}`)
    }
  }

  private changeTool(line: Line, code: number): void {
    if (!(code >= 0 && code < 32)) return
    if (code !== this.tool) {
      this.ledger.note('tool-word', line.number)
      for (const plan of this.plans) plan.wait(toolChangeSeconds, line.endByte)
    }
    this.tool = code
  }
}
