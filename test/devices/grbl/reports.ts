// The texts a Grbl board sends: status reports, parser state, parameters. Formats: Grbl 1.1 interface.md.
import type { GcodeState, Stored } from './gcode.ts'
import type { Overrides } from './planner.ts'
import type { Settings, Vector } from './settings.ts'
import type { Variant } from './variants.ts'

export type StatusView = {
  readonly variant: Variant
  readonly settings: Settings
  /** State with sub-state, as it is printed. */
  readonly state: string
  readonly machinePosition: Readonly<Vector>
  readonly offset: Readonly<Vector>
  readonly plannerFree: number
  readonly rxFree: number
  readonly lineNumber: number
  /** mm/min. */
  readonly feed: number
  readonly rpm: number
  readonly pins: string
  readonly accessories: string
  readonly overrides: Overrides
  readonly homed: boolean
}

/** What is due beside the fixed fields: offsets and overrides come now and then, not in every report. */
export type StatusExtras = { readonly offset: boolean; readonly overrides: boolean; readonly whole: boolean }

// <Hold:0|MPos:5.000,2.000,0.000|FS:0,0>      Grbl 1.1 interface.md, "Real-time Status Reports"
export function statusReport(view: StatusView, extras: StatusExtras): string {
  const { settings, variant } = view
  const mask = settings.number(10)
  const unit = settings.number(13) === 1 ? 1 / 25.4 : 1
  const vector = (v: Readonly<Vector>): string => v.map(mm => (mm * unit).toFixed(unit === 1 ? 3 : 4)).join(',')
  const { machinePosition: m, offset: o } = view
  const inMachine = (mask & 1) === 1
  let text = `<${view.state}|${inMachine ? 'MPos' : 'WPos'}:${vector(inMachine ? m : [m[0] - o[0], m[1] - o[1], m[2] - o[2]])}`
  if ((mask & 2) === 2) text += `|Bf:${view.plannerFree},${view.rxFree}`
  if (view.lineNumber > 0 && variant.kind !== 'grbl') text += `|Ln:${view.lineNumber}`
  text += `|FS:${Math.round(view.feed * unit)},${Math.round(view.rpm)}`
  if (view.pins !== '') text += `|Pn:${view.pins}`
  if (extras.offset || extras.whole) text += `|WCO:${vector(o)}`
  if (extras.overrides || extras.whole) {
    text += `|Ov:${view.overrides.feed},${view.overrides.rapid},${view.overrides.spindle}`
    if (view.accessories !== '') text += `|A:${view.accessories}`
  }
  if (extras.whole) text += `|WCS:G54|H:${view.homed ? '1,7' : '0'}|T:0|TLR:0|FW:grblHAL`
  return `${text}>\r\n`
}

/** `[GC:…]`: the parser's state, ahead of the motion. */
export function parserState(gc: GcodeState, settings: Settings): string {
  const coolant = gc.mist || gc.flood ? `${gc.mist ? ' M7' : ''}${gc.flood ? ' M8' : ''}` : ' M9'
  const inches = settings.number(13) === 1
  const feed = inches ? (gc.feed / 25.4).toFixed(1) : String(Math.round(gc.feed))
  return `[GC:G${gc.motion} G${gc.coordinates + 54} G${gc.plane} G${gc.units} G${gc.absolute ? 90 : 91} G${gc.feedMode} M${gc.spindle}${coolant} T${gc.tool} F${feed} S${Math.round(gc.rpm)}]\r\n`
}

/** `$#`: offsets, stored places, probe. */
export function parameters(gc: GcodeState, stored: Stored, probe: { position: Readonly<Vector>; touched: boolean }): string {
  const vector = (v: Readonly<Vector>): string => v.map(mm => mm.toFixed(3)).join(',')
  let text = ''
  for (const [index, offset] of stored.offsets.entries()) text += `[G${54 + index}:${vector(offset)}]\r\n`
  text += `[G28:${vector(stored.g28)}]\r\n[G30:${vector(stored.g30)}]\r\n[G92:${vector(gc.g92)}]\r\n`
  return `${text}[TLO:${gc.toolLength.toFixed(3)}]\r\n[PRB:${vector(probe.position)}:${probe.touched ? 1 : 0}]\r\n`
}

/** How often the occasional fields come: every 30th (moving) or 10th report WCO, every 20th or 10th Ov (config.h). */
export class ReportCadence {
  #untilOffset = 0
  #untilOverrides = 0

  /** After a reset and after an offset changed, the next report carries WCO; the one after it Ov. */
  offsetChanged(): void {
    this.#untilOffset = 0
  }

  overridesChanged(): void {
    this.#untilOverrides = 0
  }

  reset(): void {
    this.#untilOffset = 0
    this.#untilOverrides = 0
  }

  next(busy: boolean): { offset: boolean; overrides: boolean } {
    let offset = false
    let overrides = false
    if (this.#untilOffset > 0) this.#untilOffset -= 1
    else {
      offset = true
      this.#untilOffset = busy ? 29 : 9
      if (this.#untilOverrides === 0) this.#untilOverrides = 1
    }
    if (this.#untilOverrides > 0) this.#untilOverrides -= 1
    else {
      overrides = true
      this.#untilOverrides = busy ? 19 : 9
    }
    return { offset, overrides }
  }
}
