// What holds at a site at this moment: its picture and its history against the rules. Pure; how long it must hold is decided elsewhere (alarms.ts).
import { repeated } from '../../protocols/contract/failures.ts'
import { problemReported } from '../../protocols/contract/floor.ts'
import type { Telemetry } from '../../protocols/contract/machine.ts'
import type { MachinePicture, SitePicture } from '../../protocols/contract/screen.ts'
import { type Drift, driftLimits, ratioOf } from '../../protocols/contract/trends.ts'
import type { Sentence } from '../../protocols/contract/words.ts'
import { confidence, own } from '../fleet/picture.ts'
import type { Signs } from '../trends/recorder.ts'
import { type Observation, type Sight, wholeSite } from './alarms.ts'
import { ofCare, ofParts, type SiteCare } from './care.ts'
import { type CauseName, causes } from './causes.ts'
import { dayMs, historyOf, type MachineHistory, type SiteHistory } from './history.ts'
import { changed, type Settings } from './settings.ts'

/** Targets that each heater has reached since they were set: only from there on is being off it a trouble. */
export type Reached = Readonly<Record<string, number>>

export type SiteView = {
  picture: SitePicture
  history: SiteHistory
  reached: Readonly<Record<string, Reached>>
  /** By machine, where somebody approved the firmware's settings as they were. */
  approved: Readonly<Record<string, Settings>>
  /** Keys and machines (alarms.ts, idOf) raised now: a threshold is left at a lower value than it is reached. */
  raised: (key: string, machine: string) => boolean
  /** Whether the workshop is open: an uncleared bed at night is nobody's neglect. */
  open: boolean
  /** Its silence is the city's (all-silent.ts), and told there. */
  inhibited?: boolean
  /** What is due on its machines, and which parts run out. */
  care?: SiteCare | undefined
  /** What the trends of its machines say (trends/recorder.ts), where they are watched. */
  signs?: (machine: string) => Signs | undefined
}

/** [°C] */
const drift = { raise: 3, leave: 2 }
const farOff = { raise: 8, leave: 5 }
const reachedWithin = 2
/** Shares of lines, counted from this many lines on. */
const resends = { raise: 0.01, leave: 0.007 }
const resendsCritical = { raise: 0.1, leave: 0.07 }
const linesMin = 100
/** In 24 h. */
const reconnects = { raise: 3, leave: 2 }
const reconnectsCritical = { raise: 10, leave: 7 }

/** What needs a machine that answers: of one that is off nobody can say whether it still holds. */
const needsAnswer: readonly CauseName[] = ['heater-drift', 'heater-off-target', 'settings', 'down']

export function observe(view: SiteView, nowMs: number): Sight {
  const { picture } = view
  const never = picture.link.link === 'unknown'
  const sure = confidence(picture.link, nowMs).sure
  // A node that is switched off for the night is silent as well; one that fell silent in the day stays told.
  const noticed = view.inhibited !== true && (view.open || view.raised('site-silent', wholeSite))
  const silent: Observation[] = sure || never || !noticed ? [] : [{ cause: 'site-silent', key: 'site-silent', machine: wholeSite }]
  const lapsed = (cause: CauseName) => (cause === 'site-silent' ? view.inhibited === true : !view.open && causes[cause].inHours === true)
  const ofMachines = sure ? Object.entries(picture.machines).flatMap(([id, machine]) => ofMachine(id, machine, view, nowMs)) : []
  return {
    machines: new Set(Object.keys(picture.machines)),
    held: [...silent, ...[...ofMachines, ...(sure ? ofParts(view.care) : [])].filter(({ cause }) => !lapsed(cause))],
    lapsed,
    unknown: (cause, machine) => {
      if (machine === wholeSite) return false
      return !sure || (needsAnswer.includes(cause) && own(picture.machines, machine)?.state.state === 'offline')
    },
  }
}

function ofMachine(id: string, machine: MachinePicture, view: SiteView, nowMs: number): Observation[] {
  const history = historyOf(view.history, id)
  // One in service has its person already: only what put it there is still told.
  const failing = ofFailures(id, history, nowMs)
  if (machine.inService) return failing
  const telemetry = own(view.picture.telemetry, id)
  return [
    ...ofReports(id, machine),
    ...ofState(id, machine),
    ...failing,
    ...ofLines(id, history, view, nowMs),
    ...ofTrends(id, view),
    ...ofReconnects(id, history, view, nowMs),
    ...ofHeaters(id, telemetry, own(view.reached, id) ?? {}, view),
    ...ofCare(id, view.care),
    ...ofSettings(id, machine, own(view.approved, id)),
  ]
}

/** What people at the machine said. That the teacher is called is the teacher's business, not a technician's. */
function ofReports(id: string, { faults }: MachinePicture): Observation[] {
  const fault = faults.find(({ code }) => code === problemReported)
  // Each machine by itself: two reports on two machines are two troubles.
  return fault === undefined ? [] : [{ cause: 'problem-reported', key: keyOf('problem-reported', id), machine: id, fault }]
}

function ofState(id: string, { state }: MachinePicture): Observation[] {
  switch (state.state) {
    case 'offline':
      return [{ cause: 'offline', key: 'offline', machine: id, ...(state.fault && { fault: state.fault }) }]
    case 'down':
      return [{ cause: 'down', key: keyOf('down', state.fault.code), machine: id, fault: state.fault }]
    case 'attention':
      // Armed: whoever armed it is on the way to its button, and in two minutes it is over by itself.
      if (state.why === 'button') return []
      return [{ cause: 'attention', key: keyOf('attention', state.why), machine: id, ...(state.fault && { fault: state.fault }) }]
    case 'paused':
      return state.by === 'firmware' ? [{ cause: 'attention', key: 'attention-paused', machine: id }] : []
    case 'uncleared':
      return [{ cause: 'uncleared', key: 'uncleared', machine: id }]
    case 'foreign':
    case 'ready':
    case 'preparing':
    case 'running':
      return []
  }
}

function ofFailures(id: string, { failures }: MachineHistory, nowMs: number): Observation[] {
  const worst = repeated(failures, nowMs)
  if (worst === undefined) return []
  const { cause, count } = worst
  const figure = { ru: `${cause}: ${count} раза за 7 дней`, en: `${cause}: ${count} times in 7 days` }
  return [{ cause: 'repeat-failure', key: keyOf('repeat-failure', cause), machine: id, figure }]
}

function ofLines(id: string, { ends }: MachineHistory, view: SiteView, nowMs: number): Observation[] {
  const recent = ends.filter(({ at }) => nowMs - at <= dayMs)
  const ended = {
    lines: recent.reduce((sum, end) => sum + end.lines, 0),
    resends: recent.reduce((sum, end) => sum + end.resends, 0),
  }
  // A job of ten hours is counted while it runs; where we were not there to look, its end tells. Whoever saw more lines is the better witness.
  const watched = view.signs?.(id)
  const { lines, resends: repeats } = watched !== undefined && watched.lines > ended.lines ? watched : ended
  if (lines < linesMin) return []
  const share = repeats / lines
  const percent = (share * 100).toFixed(1)
  const figure = { ru: `${percent.replace('.', ',')} % строк за сутки`, en: `${percent}% of lines in 24 h` }
  if (beyond(share, resendsCritical, view.raised('resends-critical', id))) {
    return [{ cause: 'resends-critical', key: 'resends-critical', machine: id, figure }]
  }
  return beyond(share, resends, view.raised('resends', id)) ? [{ cause: 'resends', key: 'resends', machine: id, figure }] : []
}

function ofReconnects(id: string, history: MachineHistory, view: SiteView, nowMs: number): Observation[] {
  const times = history.reconnects.filter(at => nowMs - at <= dayMs).length
  const figure = { ru: `обрывов за сутки: ${times}`, en: `breaks in 24 h: ${times}` }
  if (beyond(times, reconnectsCritical, view.raised('reconnects-critical', id))) {
    return [{ cause: 'reconnects-critical', key: 'reconnects-critical', machine: id, figure }]
  }
  return beyond(times, reconnects, view.raised('reconnects', id)) ? [{ cause: 'reconnects', key: 'reconnects', machine: id, figure }] : []
}

/** What creeps up on a machine over days: each against its own past. */
function ofTrends(id: string, view: SiteView): Observation[] {
  const signs = view.signs?.(id)
  if (signs === undefined) return []
  const found: Observation[] = []
  const duty = worstOf(signs.duty)
  if (duty !== undefined && beyond(ratioOf(duty.drift), driftLimits.duty, view.raised('heater-duty-drift', id))) {
    const { now, usual, target } = duty.drift
    const [is, was] = [Math.round(now * 100), Math.round(usual * 100)]
    const figure = {
      ru: `${heaterName(duty.heater).ru}: мощность ${is} %, обычно ${was} % при ${target} °C`,
      en: `${heaterName(duty.heater).en}: power ${is}%, usually ${was}% at ${target} °C`,
    }
    found.push({ cause: 'heater-duty-drift', key: 'heater-duty-drift', machine: id, figure })
  }
  const slow = worstOf(signs.heating)
  if (slow !== undefined) {
    const { now, usual, target } = slow.drift
    const figure = {
      ru: `${heaterName(slow.heater).ru}: до ${Math.round(target)} °C за ${Math.round(now)} с, обычно за ${Math.round(usual)} с`,
      en: `${heaterName(slow.heater).en}: ${Math.round(now)} s to ${Math.round(target)} °C, usually ${Math.round(usual)} s`,
    }
    const ratio = ratioOf(slow.drift)
    const cause = beyond(ratio, driftLimits.heatingFar, view.raised('slow-to-heat-critical', id))
      ? 'slow-to-heat-critical'
      : beyond(ratio, driftLimits.heating, view.raised('slow-to-heat', id))
        ? 'slow-to-heat'
        : undefined
    if (cause !== undefined) found.push({ cause, key: cause, machine: id, figure })
  }
  return found
}

function worstOf(drifts: Readonly<Record<string, Drift>>): { heater: string; drift: Drift } | undefined {
  const [worst] = Object.entries(drifts).sort(([, a], [, b]) => ratioOf(b) - ratioOf(a))
  return worst && { heater: worst[0], drift: worst[1] }
}

const heaterNames: Readonly<Record<string, Sentence>> = {
  nozzle: { ru: 'сопло', en: 'nozzle' },
  bed: { ru: 'стол', en: 'bed' },
  chamber: { ru: 'камера', en: 'chamber' },
}

function heaterName(heater: string): Sentence {
  return own(heaterNames, heater) ?? { ru: heater, en: heater }
}

function ofHeaters(id: string, telemetry: Telemetry | undefined, reached: Reached, view: SiteView): Observation[] {
  const off = Object.entries(telemetry?.heaters ?? {}).flatMap(([name, { actual, target }]) =>
    target !== undefined && target > 0 && own(reached, name) === target ? [{ name, actual, target, by: Math.abs(actual - target) }] : [],
  )
  const [worst] = off.sort((a, b) => b.by - a.by)
  if (worst === undefined) return []
  // Whole degrees: a figure that changes with each report would be a new word each second.
  const { name, target } = worst
  const figure = {
    ru: `${heaterName(name).ru}: задано ${target} °C, отклонение ${Math.round(worst.by)} °C`,
    en: `${heaterName(name).en}: target ${target} °C, off by ${Math.round(worst.by)} °C`,
  }
  if (beyond(worst.by, farOff, view.raised('heater-off-target', id))) {
    return [{ cause: 'heater-off-target', key: 'heater-off-target', machine: id, figure }]
  }
  return beyond(worst.by, drift, view.raised('heater-drift', id))
    ? [{ cause: 'heater-drift', key: 'heater-drift', machine: id, figure }]
    : []
}

/** Which targets each heater has reached, after these figures. Answers the same object where nothing changed. */
export function followHeaters(before: Reached, telemetry: Telemetry | undefined): Reached {
  let after = before
  for (const [name, { actual, target = 0 }] of Object.entries(telemetry?.heaters ?? {})) {
    const known = own(after, name)
    if (target > 0 && known !== target && Math.abs(actual - target) <= reachedWithin) after = { ...after, [name]: target }
    else if (known !== undefined && known !== target) {
      const { [name]: _left, ...rest } = after
      after = rest
    }
  }
  return after
}

function ofSettings(id: string, { firmware, differences = [] }: MachinePicture, approved: Settings | undefined): Observation[] {
  // Once somebody has approved them, only what changed since is news; before, what the school finds different from the model.
  const found =
    approved === undefined
      ? differences.map(({ setting, machine, model }) => ({ key: setting, is: machine, should: model }))
      : changed(firmware?.settings ?? {}, approved)
  const [first, second, third, ...more] = found
  if (first === undefined) return []
  const shown = [first, second, third].filter(one => one !== undefined)
  const rest = more.length > 0 ? ` … +${more.length}` : ''
  const figure = {
    ru: `${shown.map(({ key, is, should }) => `${key} = ${is} (надо ${should})`).join(', ')}${rest}`,
    en: `${shown.map(({ key, is, should }) => `${key} = ${is} (should be ${should})`).join(', ')}${rest}`,
  }
  return [{ cause: 'settings', key: 'settings', machine: id, figure }]
}

function beyond(value: number, { raise, leave }: { raise: number; leave: number }, raised: boolean): boolean {
  return raised ? value >= leave : value >= raise
}

/** A cause with its kind, fit for a URL; what has no Latin letters is told apart by a number made of its own. */
export function keyOf(cause: CauseName, kind: string): string {
  const slug = kind
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
  if (slug !== '' && /^[a-z0-9-]+$/i.test(kind)) return `${cause}-${slug}`
  let hash = 5381
  for (let at = 0; at < kind.length; at++) hash = (hash * 33 + kind.charCodeAt(at)) >>> 0
  return `${cause}-${hash.toString(36)}`
}
