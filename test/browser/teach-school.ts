// A school as a teacher meets it before a lesson: thirty files of a class to check, parts to hand over, a call for help, lessons and limits; and how it behaves.
import type { Ask } from '../../protocols/contract/command.ts'
import type { JobForecast } from '../../protocols/contract/forecast.ts'
import type { Author, Job } from '../../protocols/contract/job.ts'
import type { Lesson, Quota, QuotaUse } from '../../protocols/contract/lesson.ts'
import type { Roster, SitePicture } from '../../protocols/contract/screen.ts'
import type { FakeOptions } from './fake-server.ts'
import { job, people, school } from './scenes.ts'

const minute = 60_000
const hour = 60 * minute
const nicknames = ['Стриж-17', 'Рысь-4', 'Клён-22', 'Барс-9', 'Сокол-31', 'Ёж-12', 'Кедр-8', 'Чиж-40']
const models = ['Брелок', 'Шестерня 24 зуба', 'Подставка для ручек', 'Кубик', 'Свисток', 'Медаль', 'Крючок', 'Волчок', 'Ракета', 'Закладка']

/** Not the stage's own: pictures are taken without a test. */
function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the school lacks it')
  return value
}

/** The k-th pupil of a class. */
function pupil(k: number, group: string): Author {
  return { id: `pupil-${group}-${k}`, name: nicknames[k % nicknames.length] ?? 'Стриж-17', role: 'pupil', group }
}

const hot = { ru: 'Сопло нагреется до 265 °C. Для PLA это много.', en: 'The nozzle goes up to 265 °C. That is much for PLA.' }
const long = { ru: 'Задание длиннее занятия: закончится без вас.', en: 'The job is longer than a lesson: it ends without you.' }

function toCheck(now: number, count: number): Job[] {
  return Array.from({ length: count }, (_, k) =>
    job(`submit${String(k).padStart(4, '0')}`, 70 + k, 'submitted', now, {
      name: `${models[k % models.length] ?? 'Брелок'} ${k + 1}.gcode`,
      author: pupil(k, k < 24 ? 'group-7b' : 'group-5a'),
      estimatedSeconds: 900 + ((k * 577) % 5000),
      submittedAt: now - (40 - k) * minute,
      asks: k === 3 ? [hot] : k === 11 ? [hot, long] : [],
      ...(k === 5 ? { wishes: { material: 'PLA', colour: 'красный', deadline: now + 4 * 24 * hour } } : {}),
    }),
  )
}

function toCollect(now: number): Job[] {
  return Array.from({ length: 4 }, (_, k) =>
    job(`collect${String(k).padStart(3, '0')}`, 20 + k, 'completed', now, {
      name: `${models[k] ?? 'Брелок'}.gcode`,
      author: pupil(k, k < 3 ? 'group-7b' : 'group-5a'),
      machine: 'printer-2',
      endedAt: now - (3 - k / 2) * hour,
      verdict: { quality: k === 2 ? 'partial' : 'ok', by: people.teacher, at: now - hour },
    }),
  )
}

function forecasts(now: number): Record<string, JobForecast> {
  const place = (position: number, ru: string, en: string) => ({ position, text: { ru, en } })
  const why = (ahead: number): NonNullable<JobForecast['why']> => ({
    code: 'others-ahead',
    text: { ru: `Перед ним ${ahead} в очереди.`, en: `${ahead} before it in the queue.` },
    unblock: { ru: 'Подойдёт само.', en: 'Its turn comes by itself.' },
    by: 'time',
  })
  const at = (fromMinutes: number, toMinutes: number): [number, number] => [now + fromMinutes * minute, now + toMinutes * minute]
  return {
    'job-running': { end: at(40, 52), ahead: 0 },
    'job-heating': { end: at(75, 95), ahead: 0 },
    'job-laser': { end: at(9, 13), ahead: 0 },
    'job-000q1': {
      start: at(44, 70),
      end: at(125, 165),
      why: why(1),
      ahead: 1,
      place: place(1, 'Первое: его класс сегодня печатал меньше других.', 'First: its class has printed least today.'),
    },
    'job-000q2': {
      start: at(80, 110),
      end: at(120, 160),
      why: why(1),
      ahead: 1,
      place: place(2, 'Второе: отправлено раньше остальных.', 'Second: sent before the others.'),
    },
    'job-000q3': {
      start: at(125, 190),
      end: at(170, 250),
      why: why(2),
      ahead: 2,
      place: place(3, 'Третье: короткое задание пропустили вперёд один раз.', 'Third: a short job was let past once.'),
    },
  }
}

function lessons(now: number, site: string): Record<string, Lesson> {
  const lesson = (id: string, title: string, group: string, from: number, minutes: number, machines: string[]): Lesson => ({
    id,
    site,
    title,
    group,
    machines,
    from,
    until: from + minutes * minute,
    by: people.teacher,
  })
  return {
    'lesson-0001': lesson('lesson-0001', 'Технология, 7Б', 'group-7b', now - 10 * minute, 55, ['printer-1', 'printer-2']),
    'lesson-0002': lesson('lesson-0002', 'Робототехника', 'group-5a', now + 3 * hour, 90, ['prusa', 'laser']),
  }
}

/** The picture of it at `now`, `checks` files waiting to be looked at. */
export function teacherSchool(now: number, checks = 30): SitePicture {
  const normal = school('normal', now)
  const called = { code: 'help-called', text: { ru: 'Позвали на помощь.', en: 'Somebody called for help.' } }
  const reported = {
    code: 'problem-reported',
    text: { ru: 'Запах гари. «Пахнет от блока питания»', en: 'A burning smell. “From the power supply”' },
    help: { ru: 'Выключите станок и осмотрите его.', en: 'Switch the machine off and look at it.' },
  }
  const jobs = [...toCheck(now, checks), ...toCollect(now)]
  return {
    ...normal,
    machines: {
      ...normal.machines,
      'printer-1': { ...must(normal.machines['printer-1']), faults: [called] },
      prusa: { ...must(normal.machines.prusa), faults: [reported] },
    },
    jobs: {
      ...normal.jobs,
      ...Object.fromEntries(jobs.map(each => [each.id, each])),
      'job-000q1': { ...must(normal.jobs['job-000q1']), pinned: true },
      'job-back01': job('job-back01', 66, 'returned', now, {
        name: 'Ваза.gcode',
        author: pupil(6, 'group-7b'),
        returned: {
          comment: 'Отклеится от стола: добавь кайму.',
          mark: { x: 132.5, y: 98, z: 0.4, layer: 1 },
          by: people.teacher,
          at: now - 20 * minute,
        },
      }),
    },
    forecasts: forecasts(now),
    lessons: lessons(now, normal.site),
    hours: [0, 1, 2, 3].map(day => {
      const open = new Date(now).setHours(8, 0, 0, 0) + day * 24 * hour
      return [open, open + 10 * hour]
    }),
  }
}

const quota: Quota = { id: 'quota-0001', site: 'school-5', of: 'pupil', per: 'week', jobs: 5, hours: 6, by: people.teacher, at: 0 }
const classQuota: Quota = {
  id: 'quota-0002',
  site: 'school-5',
  of: 'group',
  group: 'group-7b',
  per: 'month',
  grams: 1500,
  by: people.teacher,
  at: 0,
}

export function quotasToSee(now: number): { quotas: Quota[]; uses: QuotaUse[] } {
  const use = (of: Quota, whom: string, name: string, jobs: number, hours: number, grams: number): QuotaUse => ({
    quota: of,
    whom,
    name,
    jobs,
    hours,
    grams,
    resetsAt: now + 3 * 24 * hour,
  })
  return {
    quotas: [quota, classQuota],
    uses: [
      use(quota, 'pupil-group-7b-0', 'Стриж-17', 5, 5.4, 120),
      use(quota, 'pupil-group-7b-1', 'Рысь-4', 2, 1.2, 40),
      use(quota, 'pupil-group-7b-2', 'Клён-22', 1, 0.4, 9),
      use(classQuota, 'group-7b', '7Б', 21, 18.2, 1130),
    ],
  }
}

export const rosterToSee: Roster = {
  staff: [people.teacher],
  permits: [],
  instructions: [],
  groups: [
    { id: 'group-7b', site: 'school-5', name: '7Б', code: 'АВЕК24', openedAt: 0, endsAt: 4e12, by: people.teacher, pupils: 24 },
    { id: 'group-5a', site: 'school-5', name: '5А, кружок', code: 'МНРС56', openedAt: 0, endsAt: 4e12, by: people.teacher, pupils: 6 },
  ],
  pupils: [],
}

/** What the contract says a command makes of a school, as far as these screens go. */
export function behaves(picture: SitePicture, ask: Ask, by: Author): SitePicture {
  const at = Date.now()
  const change = (id: string, how: (job: Job) => Job): SitePicture => {
    const before = picture.jobs[id]
    return before === undefined ? picture : { ...picture, jobs: { ...picture.jobs, [id]: how(before) } }
  }
  switch (ask.kind) {
    case 'job.approve':
      return change(ask.job, ({ returned: _gone, ...job }) => ({ ...job, state: 'queued', queuedAt: at, order: at }))
    case 'job.return':
      return change(ask.job, job => ({
        ...job,
        state: 'returned',
        returned: { comment: ask.comment, ...(ask.mark && { mark: ask.mark }), by, at },
      }))
    case 'job.deny':
      return change(ask.job, job => ({ ...job, state: 'denied' }))
    case 'job.collect':
      return change(ask.job, job => ({ ...job, state: 'collected' }))
    case 'job.move': {
      if (ask.release === true) return change(ask.job, ({ pinned: _free, ...job }) => job)
      const others = Object.values(picture.jobs)
        .filter(job => job.state === 'queued' && job.id !== ask.job)
        .sort((a, b) => a.order - b.order)
      const next = ask.before === undefined ? others.length : others.findIndex(job => job.id === ask.before)
      const [above, below] = [others[next - 1]?.order ?? 0, others[next]?.order ?? (others.at(-1)?.order ?? 0) + 2]
      return change(ask.job, job => ({ ...job, order: (above + below) / 2, pinned: true }))
    }
    case 'machine.settle': {
      const machine = picture.machines[ask.machine]
      if (machine === undefined) return picture
      const faults = machine.faults.filter(({ code }) => code !== ask.fault)
      return { ...picture, machines: { ...picture.machines, [ask.machine]: { ...machine, faults } } }
    }
    case 'lesson.book': {
      const { kind: _kind, lesson: id, ...rest } = ask
      return { ...picture, lessons: { ...picture.lessons, [id]: { id, site: picture.site, ...rest, by } } }
    }
    case 'lesson.cancel':
      return { ...picture, lessons: Object.fromEntries(Object.entries(picture.lessons ?? {}).filter(([id]) => id !== ask.lesson)) }
    case 'job.plate': {
      const first = must(picture.jobs[ask.jobs[0] ?? ''])
      const plate: Job = {
        ...first,
        id: ask.plate,
        ticket: 199,
        state: 'queued',
        author: by,
        order: at,
        program: { ...first.program, sha256: ask.sha256, name: ask.name, size: ask.size },
      }
      const followers = ask.jobs.map(id => [id, { ...must(picture.jobs[id]), state: 'queued' as const, plate: ask.plate }] as const)
      return { ...picture, jobs: { ...picture.jobs, ...Object.fromEntries(followers), [plate.id]: plate } }
    }
    default:
      return picture
  }
}

/** What the fake server needs to be this school. */
export function teacherStage(checks = 30): Partial<FakeOptions> {
  return {
    picture: now => teacherSchool(now, checks),
    behaves,
    roster: rosterToSee,
    canned: { 'GET /api/v1/sites/school-5/quotas': quotasToSee(Date.now()) },
  }
}
