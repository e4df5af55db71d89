// Lessons and quotas on the school's own screen, with no city: asked for over HTTP, seen over the socket, there again after a restart.
import { io } from 'socket.io-client'
import { expect, it } from 'vitest'
import { startSchool } from '../../daemon/main.ts'
import type { Ask } from '../../protocols/contract/command.ts'
import type { QuotaReport } from '../../protocols/contract/quota-use.ts'
import type { ViewSnapshot } from '../../protocols/contract/screen.ts'
import { silent, temporaryFolder, until } from './kit.ts'
import { codeOf } from './queue-school.ts'
import { Visitor, writeSchool } from './school-kit.ts'

async function lessonsSeen(visitor: Visitor) {
  const socket = io(visitor.url, { extraHeaders: { cookie: visitor.cookie }, transports: ['websocket'], reconnection: false })
  const seen = (await socket.emitWithAck('watch', { kind: 'site', site: 'school-1' })) as ViewSnapshot
  socket.close()
  if (seen.kind !== 'site') throw new Error('not a site')
  return Object.values(seen.picture.lessons ?? {})
}

it('a school keeps its lessons and quotas alone, and tells each person as much as concerns that person', async () => {
  using folder = temporaryFolder()
  const hours = 'hours: { timeZone: Europe/Moscow, open: { mon: "00:00-24:00" } }'
  const configPath = writeSchool(folder.path, [{ id: 'printer-1', model: 'creality-ender-3', port: 'tcp://127.0.0.1:1' }], hours)
  const from = Date.now() + 3_600_000
  for (const life of ['first', 'second']) {
    const school = await startSchool({ configPath, log: silent })
    try {
      await until(() => school.settled(), 'the machine room is there')
      const teacher = await new Visitor(school.url).signIn('teacher')
      const pupil = await new Visitor(school.url).signIn('pupil')
      if (life === 'first') {
        const end = from + 3_600_000
        const book = (lesson: string): Ask => ({ kind: 'lesson.book', lesson, title: 'Кружок', machines: ['printer-1'], from, until: end })
        expect(codeOf(await teacher.ask(book('lesson-001')))).toBe('done')
        expect(codeOf(await pupil.ask(book('lesson-002')))).toBe('no-right')
        expect(codeOf(await teacher.ask({ kind: 'quota.set', quota: 'quota-001', of: 'pupil', per: 'day', hours: 2 }))).toBe('done')
      }
      expect((await lessonsSeen(teacher)).map(({ title, by }) => [title, by.name])).toEqual([['Кружок', 'The teacher']])
      expect((await lessonsSeen(pupil)).map(({ title, by }) => [title, by.id])).toEqual([['Кружок', 'staff']])
      const quotas = async (visitor: Visitor) => (await (await visitor.get('/api/v1/sites/school-1/quotas')).json()) as QuotaReport
      expect(await quotas(teacher)).toMatchObject({ quotas: [{ id: 'quota-001', by: { name: 'The teacher' } }], uses: [] })
      expect(await quotas(pupil)).toMatchObject({ quotas: [{ by: { id: 'staff' } }], uses: [{ whom: 'pupil-1', hours: 0 }] })
      expect((await teacher.get('/api/v1/sites/school-2/quotas')).status).toBe(403)
    } finally {
      await school.stop({ stopRoom: true })
    }
  }
})
