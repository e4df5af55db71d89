// Tickets in every phase at one school, for the tests and the pictures of their pages.
import type { PushSender } from '../../../dashboard/tickets/push.ts'
import { ticketKey, ticketPath } from '../../../dashboard/tickets/secret.ts'
import type { PupilDoor, PushShelf } from '../../../dashboard/workplace.ts'
import type { JobForecast } from '../../../protocols/contract/forecast.ts'
import { waitOf } from '../../../protocols/contract/forecast-words.ts'
import type { Group } from '../../../protocols/contract/group.ts'
import type { Job } from '../../../protocols/contract/job.ts'
import { job, jobEvent } from '../house.ts'
import { openScreen } from '../screen-house.ts'

const teacher = { id: 'anna', name: 'Анна Сергеевна', role: 'teacher' } as const
export const pupil = { id: 'petya', name: 'П-7F3K', role: 'pupil' } as const
const end = (outcome: 'completed' | 'failed', more: object = {}): NonNullable<Job['end']> => ({
  outcome,
  evidence: 'M400',
  lines: 1,
  bytes: 1,
  seconds: 60,
  resends: 0,
  ...more,
})
const ended = { machine: 'ender', startedAt: 2_000, endedAt: 3_000 }
const ok = { quality: 'ok' as const, by: teacher, at: 4_000 }

/** By name; each its own ticket number, in this order from 11. */
export const phases: Record<string, Partial<Job>> = {
  checking: {
    state: 'submitted',
    program: {
      sha256: 'a'.repeat(64),
      name: 'Корпус_для_часов_Маши_версия_последняя_точно_final2.gcode',
      size: 1,
      kind: 'printer',
      lines: 1,
    },
  },
  returned: {
    state: 'returned',
    returned: { comment: 'Масштаб 1 мм вместо 1000: увеличь модель. И добавь кайму, иначе отклеится.', by: teacher, at: 2_000 },
  },
  denied: { state: 'denied', endedAt: 3_000, returned: { comment: 'Оружие не печатаем.', by: teacher, at: 3_000 } },
  waiting: { state: 'queued' },
  working: { state: 'running', machine: 'ender', startedAt: 2_000 },
  onBed: { state: 'completed', ...ended, end: end('completed') },
  ready: { state: 'completed', ...ended, end: end('completed'), verdict: ok },
  failed: { state: 'failed', ...ended, end: end('failed'), verdict: { ...ok, quality: 'failed', cause: 'Не прилипло или отклеилось' } },
  byFirmware: {
    state: 'failed',
    ...ended,
    end: end('failed', { fault: { code: 'thermal-runaway', text: { ru: 'Сопло перестало греться.', en: 'The nozzle stopped heating.' } } }),
  },
  cancelled: { state: 'cancelled', endedAt: 3_000 },
  collected: { state: 'collected', ...ended, end: end('completed'), verdict: ok },
}
export const numberOf = (phase: string): number => 11 + Object.keys(phases).indexOf(phase)

const group: Group = {
  id: 'group-0001',
  site: 'alpha',
  name: '7Б',
  code: 'АВЕК24',
  openedAt: 1,
  endsAt: Date.UTC(2099, 0, 1),
  by: teacher,
}

/** A door that lets in whoever says the code АВЕК24. */
const door: PupilDoor = {
  join: async (code, nickname) =>
    code === 'АВЕК24'
      ? {
          account: { ...pupil, login: 'petya', passwordHash: '', sites: ['alpha'], nickname },
          recovery: 'ракета-медведь-яблоко-47',
        }
      : { denial: { code: 'unknown-code', text: { ru: 'Нет группы с таким кодом.', en: 'No group has this code.' } } },
  recover: async (who, words) =>
    who === 'П-7F3K' && words === 'ракета-медведь-яблоко-47'
      ? { account: { ...pupil, login: 'petya', passwordHash: '', sites: ['alpha'] } }
      : { denial: { code: 'wrong-recovery', text: { ru: 'Не подошло.', en: 'No match.' } } },
}

export type Notice = { endpoint: string; payload: { title: string; path: string } }

/** The screen of school alpha with a ticket in every phase. `forecast`: of the waiting and the checking one. */
export async function openTickets(
  options: { forecast?: JobForecast; scope?: 'city' | 'school'; status?: number; uploadLimitBytes?: number } = {},
) {
  const key = ticketKey('alpha', 'alpha-password')
  const jobs = new Map<string, Job>()
  /** Paths of previews, by their program's hash. */
  const previews = new Map<string, string>()
  const subscriptions = new Map<string, string>()
  const notices: Notice[] = []
  const pushes: PushShelf = {
    all: () => [...subscriptions.values()],
    put: (endpoint, ticket, body) => void subscriptions.set(`${endpoint} ${ticket}`, body),
    remove: (endpoint, ticket) => void subscriptions.delete(`${endpoint} ${ticket}`),
  }
  const send: PushSender = async ({ endpoint }, payload) => {
    notices.push({ endpoint, payload: JSON.parse(payload) as Notice['payload'] })
    return options.status ?? 201
  }
  const school = options.scope !== 'city'
  const screen = await openScreen({
    ...(options.uploadLimitBytes === undefined ? {} : { uploadLimitBytes: options.uploadLimitBytes }),
    scope: school ? { kind: 'school', site: 'alpha' } : { kind: 'city' },
    push: { keys: { publicKey: 'BPublicKey', privateKey: 'private' }, send },
    more: {
      tickets: {
        keys: site => (site === 'alpha' ? [key] : []),
        jobs: (site, ticket) =>
          [...jobs.values()].filter(one => one.site === site && one.ticket === ticket).sort((a, b) => a.copy - b.copy),
      },
      pushes,
      picturePath: (sha256, what) => (what === 'preview' ? previews.get(sha256) : undefined),
      roster: site => (site === 'alpha' ? { staff: [teacher], permits: [], instructions: [], groups: [group], pupils: [] } : undefined),
      ...(school ? { door } : {}),
    },
  })
  let number = 10
  const put = (one: Job) => {
    jobs.set(one.id, one)
    number += 1
    screen.fleet.apply('alpha', { name: 'events', events: [jobEvent(number, one)] })
  }
  for (const [phase, change] of Object.entries(phases))
    put(job(`job-${phase}`, { ticket: numberOf(phase), author: pupil, order: numberOf(phase), ...change }))
  if (options.forecast) {
    const { forecast } = options
    screen.fleet.apply('alpha', { name: 'queue', payload: { at: 1, jobs: { 'job-waiting': forecast, 'job-checking': forecast } } })
  }
  const path = (phase: string) => {
    const first = jobs.get(`job-${phase}`)
    if (first === undefined) throw new Error(`no ticket in phase ${phase}`)
    return ticketPath(key, first)
  }
  /** The school tells its hours, and with them its time zone. */
  const inZone = (timeZone: string) =>
    screen.fleet.apply('alpha', {
      name: 'status',
      payload: {
        status: 'online',
        site: 'alpha',
        name: 'Альфа',
        session: 's-second-1',
        version: '1',
        clock: 0,
        machines: ['ender'],
        lastEvent: 0,
        hours: { timeZone, week: {}, exceptions: [] },
      },
    })
  return Object.assign(screen, { inZone, put, path, notices, subscriptions, jobs, key, previews })
}

/** In a moment, and by whom it is held up. */
export function aForecast(nowMs: number): JobForecast {
  return {
    start: [nowMs + 40 * 60_000, nowMs + 70 * 60_000],
    end: [nowMs + 100 * 60_000, nowMs + 150 * 60_000],
    why: waitOf('bed-uncleared', { machine: 'Ender 3' }, 'ender'),
    ahead: 2,
    place: { position: 3, text: { ru: 'Третье в очереди: перед ним два.', en: 'Third in the queue: two are before it.' } },
  }
}
