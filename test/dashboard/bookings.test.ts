// Lessons and quotas in the city: told by schools, kept over a restart, shown to each who may see them and no further.
import { describe, expect, it } from 'vitest'
import type { Lesson, Quota } from '../../protocols/contract/lesson.ts'
import type { QuotaReport } from '../../protocols/contract/quota-use.ts'
import type { Event } from '../../protocols/contract/wire.ts'
import { topicOf } from '../../protocols/contract/wire.ts'
import { job, openCity, Person, School, temporaryFolder, until } from './house.ts'

const hour = 3_600_000
const teacher = { id: 'anna', name: 'Анна Семёнова', role: 'teacher' } as const
const now = Date.now()

const lesson = (id: string, more: Partial<Lesson> = {}): Lesson => ({
  id,
  site: 'alpha',
  title: 'Кружок',
  machines: ['ender'],
  from: now + hour,
  until: now + 2 * hour,
  by: teacher,
  ...more,
})
const quota = (id: string, more: Partial<Quota> = {}): Quota => ({
  id,
  site: 'alpha',
  of: 'pupil',
  per: 'month',
  jobs: 5,
  by: teacher,
  at: now,
  ...more,
})
const about = { by: teacher, at: now }
const events: Event[] = [
  { kind: 'lesson', number: 1, change: 'booked', lesson: lesson('lesson-001'), ...about },
  { kind: 'lesson', number: 2, change: 'booked', lesson: lesson('lesson-002'), ...about },
  { kind: 'lesson', number: 3, change: 'cancelled', lesson: lesson('lesson-002', { cancelledAt: now }), ...about },
  { kind: 'quota', number: 4, change: 'set', quota: quota('quota-001'), ...about },
  { kind: 'quota', number: 5, change: 'set', quota: quota('quota-002', { jobs: 9 }), ...about },
  { kind: 'quota', number: 6, change: 'dropped', quota: quota('quota-002', { droppedAt: now }), ...about },
  { kind: 'job', number: 7, change: 'submitted', at: now, job: job('job-00001', { submittedAt: now }) },
  { kind: 'job', number: 8, change: 'submitted', at: now, job: job('job-00002', { author: { id: 'vasya', name: 'Вася', role: 'pupil' } }) },
]

const quotasSeen = async (person: Person, site = 'alpha') => {
  const response = await person.get(`/api/v1/sites/${site}/quotas`)
  return { status: response.status, text: await response.text() }
}
const report = ({ text }: { text: string }) => JSON.parse(text) as QuotaReport

describe('a city', () => {
  it('knows the lessons and quotas its schools told, before and after a restart', async () => {
    using folder = temporaryFolder()
    for (const life of ['first', 'second']) {
      await using city = await openCity(folder.path)
      if (life === 'first') {
        await using school = await School.join(city.brokerUrl, 'alpha', { lastEvent: events.length })
        await school.say(topicOf('events', 'alpha'), { session: 'session-1', events })
        await until('the events are stored', () => school.confirmed().includes(events.length))
      }
      const technician = await Person.signIn(city.url, 'tech')
      const seen = report(await quotasSeen(technician))
      expect(seen.quotas.map(({ id }) => id)).toEqual(['quota-001'])
      expect(seen.uses.map(({ whom, jobs }) => [whom, jobs]).sort()).toEqual([
        ['petya', 1],
        ['vasya', 1],
      ])
      expect(Object.keys(city.fleet.site('alpha')?.lessons ?? {})).toEqual(['lesson-001'])
      expect((await quotasSeen(technician, 'gamma')).status).toBe(404)
      expect(report(await quotasSeen(technician, 'beta'))).toEqual({ quotas: [], uses: [] })
    }
  })

  it('tells a pupil what bounds the pupil, nobody’s name, and nothing of another school', async () => {
    using folder = temporaryFolder()
    await using city = await openCity(folder.path)
    await using school = await School.join(city.brokerUrl, 'alpha', { lastEvent: events.length })
    await school.say(topicOf('events', 'alpha'), { session: 'session-1', events })
    await until('the events are stored', () => school.confirmed().includes(events.length))
    const pupil = await Person.signIn(city.url, 'petya')
    const seen = await quotasSeen(pupil)
    expect(report(seen).uses.map(({ whom, jobs }) => [whom, jobs])).toEqual([['petya', 1]])
    expect(seen.text).not.toMatch(/Анна|vasya|Вася/)
    expect((await quotasSeen(pupil, 'beta')).status).toBe(403)
    expect((await quotasSeen(new Person(city.url))).status).toBe(401)
  })
})
