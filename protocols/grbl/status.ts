// Reads the realtime status report of the Grbl family.

const stateNames = ['Idle', 'Run', 'Hold', 'Jog', 'Alarm', 'Door', 'Check', 'Home', 'Sleep', 'Tool'] as const
type StateName = (typeof stateNames)[number]

/** Everything is as the firmware said it: inches stay inches while $13=1. Absent fields were not in this report. */
export type StatusReport = {
  readonly state: StateName
  /** Hold:0 stopped, :1 stopping. Door:0 closed, :1 ajar, :2 stopping, :3 restoring. grblHAL: Alarm:N, Run:N. */
  readonly sub?: number
  readonly machinePosition?: readonly number[]
  readonly workPosition?: readonly number[]
  /** WCO: work = machine − offset. Sent now and then: to be remembered. */
  readonly workOffset?: readonly number[]
  readonly feed?: number
  readonly spindle?: number
  /** Free planner blocks and free bytes of the receive buffer: a diagnostic, never flow control (interface.md, "Buffer State"). */
  readonly plannerFree?: number
  readonly receiveFree?: number
  readonly line?: number
  /** Input pins that are active: XYZ limits, P probe, D door, H hold, R reset, S start. */
  readonly pins?: string
  /** Percent: feed, rapid, spindle or laser. */
  readonly overrides?: { readonly feed: number; readonly rapid: number; readonly power: number }
  /** S spindle clockwise, C counter-clockwise, F flood, M mist. */
  readonly accessories?: string
  /** A job from the controller's own card: percent and file. */
  readonly card?: { readonly percent: number; readonly file: string }
  /** grblHAL: all axes homed. */
  readonly homed?: boolean
}

type Draft = { -readonly [Key in keyof StatusReport]: StatusReport[Key] }

/**
 * Reads one report, or answers undefined where it is not a whole one: noise inside a number would be a wrong position.
 * Unknown fields are passed over (interface.md, "Real-time Status Reports").
 */
// <Hold:0|MPos:5.000,2.000,0.000|FS:0,0>
export function readStatus(line: string): StatusReport | undefined {
  if (!/^<[\x20-\x3b\x3d\x3f-\x7e]*>$/.test(line)) return undefined
  const fields = line.slice(1, -1).split('|')
  const [name, sub] = (fields[0] ?? '').split(':')
  const state = stateNames.find(known => known === name)
  if (state === undefined) return undefined
  const report: Draft = { state }
  if (sub !== undefined) {
    if (!/^\d+$/.test(sub)) return undefined
    report.sub = Number(sub)
  }
  for (let at = 1; at < fields.length; at++) {
    const field = fields[at] ?? ''
    const colon = field.indexOf(':')
    if (colon < 0) continue
    if (!takeField(report, field.slice(0, colon), field.slice(colon + 1))) return undefined
  }
  return report
}

/** False where a known field does not hold what it must. */
function takeField(report: Draft, name: string, value: string): boolean {
  switch (name) {
    case 'A':
      report.accessories = value
      return true
    case 'Pn':
      report.pins = value
      return true
    case 'SD': {
      const comma = value.indexOf(',')
      const percent = Number(comma < 0 ? value : value.slice(0, comma))
      if (Number.isFinite(percent)) report.card = { percent, file: comma < 0 ? '' : value.slice(comma + 1) }
      return true
    }
  }
  if (!numericFields.has(name)) return true
  const numbers = value.split(',').map(text => (text.trim() === '' ? Number.NaN : Number(text)))
  if (numbers.some(number => !Number.isFinite(number))) return false
  const [first, second, third] = numbers
  switch (name) {
    case 'MPos':
      report.machinePosition = numbers
      return numbers.length >= 2
    case 'WPos':
      report.workPosition = numbers
      return numbers.length >= 2
    case 'WCO':
      report.workOffset = numbers
      return numbers.length >= 2
    case 'FS':
    case 'F':
      if (first !== undefined) report.feed = first
      if (second !== undefined) report.spindle = second
      return true
    case 'Bf':
      if (first !== undefined) report.plannerFree = first
      if (second !== undefined) report.receiveFree = second
      return true
    case 'Ov':
      if (first === undefined || second === undefined || third === undefined) return false
      report.overrides = { feed: first, rapid: second, power: third }
      return true
    case 'Ln':
      if (first !== undefined) report.line = first
      return true
    case 'H':
      report.homed = first === 1
      return true
  }
  return true
}

const numericFields = new Set(['MPos', 'WPos', 'WCO', 'FS', 'F', 'Bf', 'Ov', 'Ln', 'H'])

/** Nothing moves and nothing will by itself: a reset now keeps the position and raises no alarm. */
export function isAtRest(status: StatusReport): boolean {
  switch (status.state) {
    case 'Hold':
      return (status.sub ?? 0) === 0
    case 'Door':
      return (status.sub ?? 0) <= 1
    case 'Idle':
    case 'Alarm':
    case 'Check':
    case 'Sleep':
    case 'Tool':
      return true
    case 'Run':
    case 'Jog':
    case 'Home':
      return false
  }
}
