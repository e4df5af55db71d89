// Pictures of a school for the tests of health: one school, machines in the states a test asks for.
import { noAlarms, type SiteAlarms, stepAlarms } from '../../dashboard/health/alarms.ts'
import { noHistory, type SiteHistory } from '../../dashboard/health/history.ts'
import { observe, type SiteView } from '../../dashboard/health/observe.ts'
import type { Job } from '../../protocols/contract/job.ts'
import type { MachineKind, MachineState, Telemetry } from '../../protocols/contract/machine.ts'
import type { MachinePicture, SitePicture } from '../../protocols/contract/screen.ts'
import type { Fault } from '../../protocols/contract/words.ts'

export const start = Date.UTC(2026, 8, 7, 9)
export const minute = 60_000

export const thermal: Fault = { code: 'heating-failed', text: { ru: 'Нагрев не удался', en: 'Heating failed' } }

export function machineOf(
  id: string,
  state: MachineState,
  more: Partial<MachinePicture> = {},
  kind: MachineKind = 'printer',
): MachinePicture {
  return {
    declaration: {
      id,
      name: `Станок ${id}`,
      kind,
      dialect: kind === 'printer' ? 'marlin' : 'grbl',
      model: 'm',
      modelName: 'M',
      area: { x: 400, y: 400, z: 0 },
    },
    state,
    inService: false,
    readOnly: false,
    at: start,
    faults: [],
    ...more,
  }
}

export const ready: MachineState = { state: 'ready', since: start }
export const down: MachineState = { state: 'down', since: start, fault: thermal }

export function school(machines: MachinePicture[], telemetry: Record<string, Telemetry> = {}): SitePicture {
  return {
    site: 'school-5',
    name: 'Школа № 5',
    link: { link: 'online', since: start, heardAt: start },
    machines: Object.fromEntries(machines.map(one => [one.declaration.id, one])),
    telemetry,
    jobs: {},
  }
}

/** The school as heard at this moment; with `silent` its link is cut. */
export function heardAt(picture: SitePicture, at: number, silent = false): SitePicture {
  return { ...picture, link: silent ? { link: 'offline', since: at, heardAt: at } : { link: 'online', since: start, heardAt: at } }
}

export function viewOf(picture: SitePicture, more: Partial<SiteView> = {}): SiteView {
  return { picture, history: noHistory, reached: {}, approved: {}, raised: () => false, open: true, ...more }
}

/** Lets the picture be as it is from one instant to another, looked at every 5 s. */
export function live(
  picture: SitePicture,
  fromMs: number,
  toMs: number,
  before: SiteAlarms = noAlarms,
  how: { silent?: boolean; history?: SiteHistory } = {},
): SiteAlarms {
  let alarms = before
  for (let now = fromMs; now <= toMs; now += 5_000) {
    const view = viewOf(heardAt(picture, now, how.silent), how.history ? { history: how.history } : {})
    alarms = stepAlarms(alarms, observe(view, now), now)
  }
  return alarms
}

export function endedJob(id: string, more: Partial<Job> = {}): Job {
  return {
    id,
    site: 'school-5',
    ticket: 7,
    copy: 1,
    copies: 1,
    program: { sha256: 'a'.repeat(64), name: 'Подставка.gcode', size: 1, kind: 'printer', lines: 1 },
    suitable: ['one'],
    machine: 'one',
    state: 'failed',
    order: 1,
    held: false,
    author: { id: 'p', name: 'Стриж-17', role: 'pupil' },
    submittedAt: start,
    startedAt: start,
    endedAt: start,
    end: { outcome: 'failed', evidence: 'e', fault: thermal, lines: 1000, bytes: 1, seconds: 60, resends: 0 },
    ...more,
  }
}
