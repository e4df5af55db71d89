// Reads a program as Grbl 1.1 does: one block of RS-274 words a line, modal groups, order of execution (gcode.c).
import { arcTravel, centerByRadius, newArc, setArc } from './arc.ts'
import { drawArc } from './draw-arc.ts'
import type { Ledger } from './ledger.ts'
import type { Path } from './path.ts'
import type { GrblPlan } from './plans.ts'
import type { Line } from './reader.ts'

const inch = 25.4
/** mm and mm/min beyond which a number is a mistake; nothing a school owns is a hundred metres long. */
const absurd = 100_000
export class GrblProgram {
  private readonly plans: readonly GrblPlan[]
  private readonly path: Path
  private readonly ledger: Ledger
  // Modal state as Grbl wakes up: G0 G17 G21 G90 G94 M5 F0 S0 (interface.md, "$G").
  private motion = 0
  private plane: 17 | 18 | 19 = 17
  private unit = 1
  private absolute = true
  private inverse = false
  private feed = 0
  private speed = 0
  /** 3, 4 or 5. */
  private spindle = 5
  private coolant = 0
  // Position in mm, without G92.
  x = 0
  y = 0
  z = 0
  private ox = 0
  private oy = 0
  private oz = 0
  private readonly ends = newArc()
  // What the file as a whole shows.
  spindleEver = false
  constantPowerEver = false
  dynamicPowerEver = false
  endSpoken = false
  spindleOpen = false
  feedMax = 0
  feedMaxLine = 0
  speedMax = 0
  speedMaxLine = 0
  /** Feed moves that burn or cut at all, and those with a power of their own. */
  feedMoves = 0
  powerMoves = 0
  /** Bytes of the feed moves' lines on the wire. */
  feedBytes = 0
  depthMin = Number.POSITIVE_INFINITY
  depthLine = 0
  zMoves = 0
  /** Feed moves that go down: a cutter enters the stock so, a beam has no reason to. */
  plunges = 0
  /** Changes of power that ride on a move, and times the spindle or beam was switched on: engravers' ways. */
  powerRides = 0
  starts = 0
  tools = 0

  constructor(plans: readonly GrblPlan[], path: Path, ledger: Ledger) {
    this.plans = plans
    this.path = path
    this.ledger = ledger
  }

  line(line: Line): void {
    const letters = line.letters
    const values = line.values
    const count = line.count
    if (count === 0) return
    for (const plan of this.plans) plan.planner.queue.receive(line.kept + 1)
    let x = Number.NaN
    let y = Number.NaN
    let z = Number.NaN
    let i = Number.NaN
    let j = Number.NaN
    let k = Number.NaN
    let r = Number.NaN
    let p = Number.NaN
    let feed = Number.NaN
    let speed = Number.NaN
    let axes = false
    // What the G and M words of this line ask for.
    let motion = -1
    let action = 0
    let dwell = false
    let machine = false
    let spindle = 0
    let end = 0
    let coolant = -1
    for (let n = 0; n < count; n++) {
      const value = values[n] ?? 0
      switch (letters[n]) {
        case 88:
          x = value
          axes = true
          break
        case 89:
          y = value
          axes = true
          break
        case 90:
          z = value
          axes = true
          break
        case 71: {
          const g = Math.round(value * 10)
          if (g <= 30) motion = g / 10
          else if (g === 40) dwell = true
          else if (g === 170 || g === 180 || g === 190) this.plane = (g / 10) as 17 | 18 | 19
          else if (g === 200) this.unit = inch
          else if (g === 210) this.unit = 1
          else if (g === 280 || g === 300) action = 28
          else if (g === 530) machine = true
          else if (g >= 540 && g <= 590) {
            // Changing the work zero empties the buffer (FORCE_BUFFER_SYNC_DURING_WCO_CHANGE).
            this.sync()
            if (g > 540) this.ledger.note('other-zero', line.number)
          } else if (g === 800) motion = 80
          else if (g === 900) this.absolute = true
          else if (g === 910) this.absolute = false
          else if (g === 920) action = 92
          else if (g === 921) {
            this.ox = this.oy = this.oz = 0
            this.sync()
          } else if (g === 930) this.inverse = true
          else if (g === 940) this.inverse = false
          else if (g >= 382 && g <= 385) action = 38
          else if (g === 400 || g === 490 || g === 610 || g === 911) {
            // Accepted and without effect here.
          } else if (g === 431) this.sync()
          else this.ledger.note('unknown-command', line.number, 0, `G${value}`)
          break
        }
        case 77: {
          const m = Math.round(value)
          if (m >= 3 && m <= 5) spindle = m
          else if (m === 0 || m === 2 || m === 30) end = m === 0 ? 1 : 2
          else if (m >= 7 && m <= 9) coolant = m
          else if (m === 6) this.ledger.note('tool-word', line.number)
          else if (m !== 1) this.ledger.note('unknown-command', line.number, 0, `M${value}`)
          break
        }
        case 70:
          feed = value
          break
        case 83:
          speed = value
          break
        case 73:
          i = value
          break
        case 74:
          j = value
          break
        case 75:
          k = value
          break
        case 82:
          r = value
          break
        case 80:
          p = value
          break
        case 84:
          this.tools = Math.max(this.tools, value)
          break
        case 69:
          this.ledger.note('extruder-word', line.number)
          break
        case 78:
        case 76:
        case 79:
          break
        default:
          this.ledger.note('unknown-command', line.number, 0, String.fromCharCode(letters[n] ?? 63))
      }
    }
    // Order of execution (gcode.c, step 4): feed, speed, spindle, coolant, dwell, settings, motion, end.
    if (!Number.isNaN(feed)) {
      this.feed = this.inverse ? feed : feed * this.unit
      if (!this.inverse && this.feed > this.feedMax) {
        this.feedMax = this.feed
        this.feedMaxLine = line.number
      }
    }
    const moves = axes && action === 0 && (motion >= 0 ? motion : this.motion) < 80
    if (!Number.isNaN(speed) && speed !== this.speed) {
      this.speed = speed
      if (speed > this.speedMax) {
        this.speedMax = speed
        this.speedMaxLine = line.number
      }
      if (moves && this.spindle !== 5) this.powerRides++
      // In laser mode a power that rides on a move needs no stop; everywhere else it does.
      if (this.spindle !== 5) for (const plan of this.plans) if (!plan.laserMode || !moves) plan.sync()
    }
    if (spindle !== 0) {
      if (spindle !== this.spindle) {
        if (this.spindle === 5) this.starts++
        this.spindle = spindle
        this.sync()
      }
      if (spindle === 3) this.constantPowerEver = true
      if (spindle === 4) this.dynamicPowerEver = true
      if (spindle !== 5) this.spindleEver = true
      if (spindle === 3) this.ledger.note('m3', line.number)
      this.spindleOpen = spindle !== 5
    }
    if (coolant >= 0 && coolant !== this.coolant) {
      this.coolant = coolant
      this.sync()
    }
    if (dwell) {
      // P is seconds in Grbl (RS-274), milliseconds in Marlin.
      const seconds = p > 0 && p < 86_400 ? p : 0
      if (seconds > 0 && this.spindle === 3 && this.speed > 0) this.ledger.note('burning-dwell', line.number, seconds)
      for (const plan of this.plans) plan.planner.queue.stand(seconds, line.endByte)
    }
    if (motion >= 0) {
      this.motion = motion
      // error:26 (gcode.c): an arc names at least one axis of its plane, also where it is a full circle.
      if ((motion === 2 || motion === 3) && !axes) this.ledger.note('bad-arc', line.number)
    }
    if (action === 92) {
      if (!Number.isNaN(x)) this.ox = this.x - x * this.unit
      if (!Number.isNaN(y)) this.oy = this.y - y * this.unit
      if (!Number.isNaN(z)) this.oz = this.z - z * this.unit
      this.sync()
    } else if (action === 38) {
      this.ledger.note('probing', line.number)
      this.sync()
    } else if (axes) this.move(line, x, y, z, i, j, k, r, machine, action === 28)
    else if (action === 28) this.ledger.note('goes-home', line.number)
    if (end > 0) {
      this.sync()
      if (end === 1) this.ledger.note('waits', line.number)
      else {
        // M2 and M30 go back to G54 G17 G90 G94 M5; units, feed and speed stay (gcode.c, step 21).
        this.endSpoken = true
        this.spindle = 5
        this.spindleOpen = false
        this.plane = 17
        this.absolute = true
        this.inverse = false
        this.motion = 1
      }
    }
  }

  private sync(): void {
    for (const plan of this.plans) plan.sync()
  }

  private move(
    line: Line,
    x: number,
    y: number,
    z: number,
    i: number,
    j: number,
    k: number,
    r: number,
    machine: boolean,
    home: boolean,
  ): void {
    const unit = this.unit
    let tx = this.x
    let ty = this.y
    let tz = this.z
    if (machine) {
      // G53 speaks of the machine's own zero, which the file cannot know: taken as the work zero.
      this.ledger.note('machine-coordinates', line.number)
      if (!Number.isNaN(x)) tx = x * unit
      if (!Number.isNaN(y)) ty = y * unit
      if (!Number.isNaN(z)) tz = z * unit
    } else if (this.absolute) {
      if (!Number.isNaN(x)) tx = x * unit + this.ox
      if (!Number.isNaN(y)) ty = y * unit + this.oy
      if (!Number.isNaN(z)) tz = z * unit + this.oz
    } else {
      if (!Number.isNaN(x)) tx += x * unit
      if (!Number.isNaN(y)) ty += y * unit
      if (!Number.isNaN(z)) tz += z * unit
    }
    if (!(Math.abs(tx) < absurd && Math.abs(ty) < absurd && Math.abs(tz) < absurd)) {
      this.ledger.note('absurd-number', line.number)
      return
    }
    const motion = home ? 0 : this.motion
    if (motion === 80) {
      this.ledger.note('unreadable-line', line.number)
      return
    }
    if (tz !== this.z) {
      this.zMoves++
      if (tz < this.depthMin) {
        this.depthMin = tz
        this.depthLine = line.number
      }
    }
    const offset = line.endByte
    if (motion === 0) {
      if (tz < -0.01 && tz < this.z && this.spindleEver) this.ledger.note('rapid-into-stock', line.number, tz)
      for (const plan of this.plans) plan.planner.line(tx, ty, tz, Number.POSITIVE_INFINITY, offset)
      this.path.to(tx, ty, tz, false, false, 0, line.number, offset)
    } else {
      this.feedMoves++
      this.feedBytes += line.kept + 1
      if (tz < this.z) this.plunges++
      const power = this.spindle === 5 ? 0 : this.speed
      const making = power > 0
      if (making) this.powerMoves++
      if (!(this.feed > 0)) this.ledger.note('no-feed', line.number)
      if (motion === 1) {
        let feed = this.feed / 60
        if (this.inverse) feed *= Math.hypot(tx - this.x, ty - this.y, tz - this.z)
        for (const plan of this.plans) plan.planner.line(tx, ty, tz, feed, offset)
        this.path.to(tx, ty, tz, true, making, power, line.number, offset)
      } else if (!this.arc(line, tx, ty, tz, i, j, k, r, motion === 2, making, power)) return
    }
    this.x = tx
    this.y = ty
    this.z = tz
  }

  private arc(
    line: Line,
    tx: number,
    ty: number,
    tz: number,
    i: number,
    j: number,
    k: number,
    r: number,
    clockwise: boolean,
    making: boolean,
    power: number,
  ): boolean {
    const ends = this.ends
    ends.clockwise = clockwise
    const unit = this.unit
    const di = Number.isNaN(i) ? 0 : i * unit
    const dj = Number.isNaN(j) ? 0 : j * unit
    const dk = Number.isNaN(k) ? 0 : k * unit
    setArc(ends, this.plane, this, tx, ty, tz, di, dj, dk)
    if (!Number.isNaN(r)) {
      const center = centerByRadius(ends, r * unit, false)
      if (center === undefined) {
        this.ledger.note('bad-arc', line.number)
        return false
      }
      ends.centerA = center.a
      ends.centerB = center.b
    } else {
      const from = Math.hypot(ends.fromA - ends.centerA, ends.fromB - ends.centerB)
      const to = Math.hypot(ends.toA - ends.centerA, ends.toB - ends.centerB)
      // error:33 (gcode.c): both radii differ by more than 0.005 mm and by more than 0.1 % (or 0.5 mm outright).
      const off = Math.abs(from - to)
      if (from === 0 || !(off <= 0.5) || (off > 0.005 && off > 0.001 * from)) {
        this.ledger.note('bad-arc', line.number)
        return false
      }
    }
    const { radius, travel } = arcTravel(ends, 5e-7)
    let feed = this.feed / 60
    if (this.inverse) feed *= Math.hypot(radius * travel, ends.toC - ends.fromC)
    for (const plan of this.plans) plan.planner.arc(ends, feed, line.endByte)
    drawArc(this.path, ends, radius, travel, making, power, line.number, line.endByte)
    return true
  }
}
