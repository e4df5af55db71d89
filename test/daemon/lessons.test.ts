// Lessons: how machines are kept for a class, whom they wait for, and what the others are told.
import { describe, expect, it } from 'vitest'
import { createBeginRule } from '../../daemon/forecast/begin-rule.ts'
import { firstFreeStart, lessonInWay } from '../../daemon/forecast/lessons.ts'
import { forecastQueue } from '../../daemon/forecast/queue-forecast.ts'
import { applyToSite, emptySite, forgetOldLessons } from '../../dashboard/fleet/fold.ts'
import { showSite } from '../../dashboard/fleet/picture.ts'
import type { Ask } from '../../protocols/contract/command.ts'
import type { Lesson } from '../../protocols/contract/lesson.ts'
import { aLaser, aPrinter, asked, schoolHours } from './forecast/kit.ts'
import { aJob, person, until } from './kit.ts'
import { codeOf, hour, monday10, pupil, queueSchool, refusal } from './queue-school.ts'

type Book = Extract<Ask, { kind: 'lesson.book' }>
const book = (more: Partial<Book> = {}): Book => ({
  kind: 'lesson.book',
  lesson: 'lesson-001',
  title: 'Робототехника',
  group: 'group-7b',
  machines: ['printer-1'],
  from: monday10 + hour,
  until: monday10 + 2 * hour,
  ...more,
})

describe('a lesson', () => {
  it.for<[string, Partial<Book>, string]>([
    ['that ends before it begins', { until: monday10 }, 'lesson-times'],
    ['of thirteen hours', { until: monday10 + 14 * hour }, 'lesson-times'],
    ['that is over', { from: monday10 - 3 * hour, until: monday10 - 2 * hour }, 'lesson-past'],
    ['that began an hour ago', { from: monday10 - hour }, 'lesson-past'],
    ['in two years', { from: monday10 + 800 * 24 * hour, until: monday10 + 800 * 24 * hour + hour }, 'lesson-too-far'],
    ['on a machine that is not there', { machines: ['printer-9'] }, 'unknown-machine'],
    ['of a group that is not there', { group: 'group-9x' }, 'unknown-group'],
    ['of a group that is closed', { group: 'group-old' }, 'group-over'],
    ['where another one is', { lesson: 'lesson-002', from: monday10 + 1.5 * hour, until: monday10 + 3 * hour }, 'lesson-overlap'],
  ])('%s is refused', async ([, more, code]) => {
    using s = queueSchool()
    await s.open('group-7b', '7Б')
    await s.open('group-old', '11А')
    await s.ask({ kind: 'group.close', group: 'group-old' })
    expect(codeOf(await s.ask(book()))).toBe('done')
    expect(codeOf(await s.ask(book(more)))).toBe(code)
  })

  it('says which other lesson is in its way, and stands beside one on other machines or right after it', async () => {
    using s = queueSchool()
    await s.open('group-7b', '7Б')
    await s.ask(book())
    expect(refusal(await s.ask(book({ lesson: 'lesson-002' })))).toBe(
      'Станок «printer-1» в это время уже занят занятием «Робототехника» (сегодня в 11:00).',
    )
    expect(codeOf(await s.ask(book({ lesson: 'lesson-002', machines: ['printer-2'] })))).toBe('done')
    expect(codeOf(await s.ask(book({ lesson: 'lesson-003', from: monday10 + 2 * hour, until: monday10 + 3 * hour })))).toBe('done')
  })

  it('is changed by its id, cancelled, and booked again by whoever takes the cancelling back', async () => {
    using s = queueSchool()
    await s.open('group-7b', '7Б')
    await s.ask(book())
    await s.ask(book({ until: monday10 + 3 * hour }))
    await s.ask(book({ until: monday10 + 3 * hour }))
    await s.ask({ kind: 'lesson.cancel', lesson: 'lesson-001' })
    await s.ask({ kind: 'lesson.cancel', lesson: 'lesson-001' })
    expect(s.store.records.comingLessons(s.now)).toEqual([])
    await s.ask(book())
    expect(s.store.records.comingLessons(s.now)).toHaveLength(1)
    const changes = s.store.journal(undefined, 20).flatMap(event => (event.kind === 'lesson' ? event.change : []))
    expect(changes.toReversed()).toEqual(['booked', 'changed', 'cancelled', 'changed'])
    expect(codeOf(await s.ask({ kind: 'lesson.cancel', lesson: 'lesson-009' }))).toBe('unknown-lesson')
    expect(s.store.refold()).toEqual([])
  })

  it('that a clock set too far ahead took for over comes again when it is set right', async () => {
    using s = queueSchool()
    await s.open('group-7b', '7Б')
    await s.ask(book())
    const coming = (at: number) => s.store.records.comingLessons(at).length
    const { until } = s.store.records.lesson('lesson-001') ?? { until: 0 }
    expect([s.now, until - 1, until, until + hour, until - 1, s.now].map(coming)).toEqual([1, 1, 0, 0, 1, 1])
  })

  it('that runs may end later or sooner', async () => {
    using s = queueSchool()
    await s.open('group-7b', '7Б')
    await s.ask(book())
    s.pass(1.5 * hour)
    expect(codeOf(await s.ask(book({ until: s.now + hour })))).toBe('done')
  })
})

const lesson = (more: Partial<Lesson> = {}): Lesson => ({
  id: 'lesson-001',
  site: 'school-1',
  title: 'Робототехника',
  group: 'group-7b',
  machines: ['printer-1', 'laser-1'],
  from: monday10 + hour,
  until: monday10 + 2 * hour,
  by: person('teacher'),
  ...more,
})
const others = aJob({ author: pupil(1, 'group-5a'), estimatedSeconds: 1800 })
const own = aJob({ author: pupil(2), estimatedSeconds: 1800 })
const staffs = aJob({ author: person('teacher'), estimatedSeconds: 1800 })
const now = { from: monday10 - hour, until: monday10 + hour }

describe('the begin rule in lessons', () => {
  it.for<[string, Partial<Lesson>, typeof own, number, boolean, string | undefined]>([
    ['the class’s own begins in it', now, own, 1800, false, undefined],
    ['a teacher’s begins in it', now, staffs, 1800, false, undefined],
    ['others’ does not begin in it', now, others, 1800, false, 'kept-for-lesson'],
    ['others’ does not begin in it by a person’s hand either', now, others, 1800, true, 'kept-for-lesson'],
    ['nobody’s pupil’s begins in a lesson without a class', { ...now, group: undefined as never }, own, 1800, false, 'kept-for-lesson'],
    ['others’ that would be done before it begins', {}, others, 1800, false, undefined],
    ['others’ that would run into it does not', {}, others, 7200, false, 'lesson-soon'],
    ['others’ that would run into it does by a person’s hand', {}, others, 7200, true, undefined],
    ['nobody waits for a cancelled one', { ...now, cancelledAt: 5 }, others, 1800, false, undefined],
    ['nobody waits for one on other machines', { ...now, machines: ['printer-2'] }, others, 1800, false, undefined],
  ])('%s', ([, more, job, seconds, byPerson, code]) => {
    const rule = createBeginRule({
      hours: { ...schoolHours },
      runPastClosing: true,
      seconds: () => seconds,
      lessons: () => [lesson(more)],
      nowMs: () => monday10,
    })
    const denial = rule(job, aPrinter(), byPerson)
    expect(denial?.code).toBe(code)
    if (denial) expect(denial.text.ru).toContain('Робототехника')
  })

  it('finds the first free time between lessons', () => {
    const lessons = [lesson(), lesson({ id: 'lesson-002', from: monday10 + 2.25 * hour, until: monday10 + 3 * hour })]
    const at = (seconds: number) =>
      firstFreeStart(
        { calendar: schoolHours.open, lessons, job: others, machine: 'printer-1', seconds, mayRunOn: true, byHand: false },
        monday10,
      )
    expect(at(1800)).toBe(monday10)
    expect(at(4000)).toBe(monday10 + 3 * hour)
    expect(lessonInWay(lessons, others, 'printer-1', monday10 + 2 * hour, 600)).toBeUndefined()
  })
})

describe('the forecast in lessons', () => {
  it('begins others’ jobs after it, the class’s own in it, and a short one before it', () => {
    const jobs = [
      { ...others, id: 'job-others', order: 1, estimatedSeconds: 5400 },
      { ...own, id: 'job-own', order: 2, estimatedSeconds: 1800 },
      { ...others, id: 'job-short', order: 3, estimatedSeconds: 600 },
    ]
    const rows = forecastQueue(
      asked({ jobs, hours: schoolHours, lessons: [lesson({ from: monday10 + hour / 2, until: monday10 + 2 * hour })] }),
    )
    expect(rows['job-own']?.start?.[0]).toBe(monday10)
    expect(rows['job-short']?.start?.[0]).toBeGreaterThanOrEqual(monday10 + 2 * hour)
    expect(rows['job-others']?.start?.[0]).toBeGreaterThanOrEqual(monday10 + 2 * hour)
    expect(rows['job-others']?.why).toMatchObject({ code: 'lesson-soon', machine: 'printer-1', by: 'teacher' })
  })

  it('says in its course whom the machine is kept for and until when', () => {
    const rows = forecastQueue(asked({ jobs: [{ ...others, id: 'job-others' }], lessons: [lesson(now)] }))
    expect(rows['job-others']?.why).toMatchObject({
      code: 'kept-for-lesson',
      text: { ru: 'На станке «Принтер 1» идёт занятие «Робототехника», он освободится сегодня в 11:00.' },
    })
    expect(rows['job-others']?.start?.[0]).toBe(monday10 + hour)
  })

  it('does not count before the class’s own those whom the lesson keeps off', () => {
    const jobs = [
      { ...others, id: 'job-others', order: 1 },
      { ...own, id: 'job-own', order: 2 },
    ]
    const rows = forecastQueue(asked({ jobs, lessons: [lesson(now)] }))
    expect(rows['job-own']).toMatchObject({ ahead: 0, why: { code: 'starts-soon' }, place: { position: 1 } })
  })

  it('lets a laser, which a person starts, be started before one', () => {
    const rows = forecastQueue(
      asked({
        machines: [aLaser()],
        jobs: [{ ...others, id: 'job-1', suitable: ['laser-1'], estimatedSeconds: 7200 }],
        lessons: [lesson()],
      }),
    )
    expect(rows['job-1']?.why?.code).toBe('needs-start')
  })
})

it('a machine in a lesson takes the class’s job before those that stand before it, and the others’ after it', async () => {
  using s = queueSchool({ autoStart: true })
  await s.open('group-7b', '7Б')
  await s.ask(book({ from: s.now, until: s.now + hour, machines: ['printer-1', 'printer-2'] }))
  for (const [n, by] of [pupil(1, 'group-5a'), pupil(2)].entries()) {
    await s.submit(`request-${n}`, by)
    await s.ask({ kind: 'job.approve', job: `request-${n}` })
  }
  s.ready()
  await until(() => s.job('request-1').state === 'starting', 'the class’s job starts')
  expect(s.job('request-0').state).toBe('queued')
  s.pass(hour)
  s.ready('printer-2')
  s.starter.stir()
  await until(() => s.job('request-0').state === 'starting', 'the other job starts')
})

describe('the picture of a school', () => {
  const event = (more: Partial<Lesson>, change: 'booked' | 'cancelled' = 'booked') =>
    ({
      name: 'events',
      events: [{ kind: 'lesson', number: 1, at: monday10, change, lesson: lesson(more), by: person('teacher') }],
    }) as const
  const folded = applyToSite(emptySite('school-1', 'Школа'), event({}), monday10)

  it('holds lessons until they are over or cancelled', () => {
    expect(Object.keys(folded.picture.lessons ?? {})).toEqual(['lesson-001'])
    expect(applyToSite(folded, event({ cancelledAt: monday10 }, 'cancelled'), monday10).picture.lessons).toEqual({})
    expect(forgetOldLessons(folded, monday10 + hour)).toBe(folded)
    expect(forgetOldLessons(folded, monday10 + 2 * hour).picture.lessons).toEqual({})
  })

  it('tells a pupil the time and title, and not who booked it', () => {
    const { lessons } = showSite(folded.picture, { kind: 'pupil', author: 'pupil-1', sites: ['school-1'] })
    expect(lessons?.['lesson-001']).toMatchObject({ title: 'Робототехника', from: monday10 + hour, by: { id: 'staff' } })
    expect(JSON.stringify(lessons)).not.toContain('The teacher')
    expect(showSite(folded.picture, { kind: 'staff', sites: 'all' }).lessons).toEqual({ 'lesson-001': lesson() })
  })
})
