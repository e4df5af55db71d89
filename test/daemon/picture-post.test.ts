// Pictures for the city: those it can know, each once a round, and none that it does not know yet is lost or stands before the others.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PicturePost } from '../../daemon/picture-post.ts'
import { Store } from '../../daemon/store.ts'
import { aJob, sha, silent, temporaryFolder } from './kit.ts'

async function post() {
  const folder = temporaryFolder()
  const store = new Store(join(folder.path, 's.sqlite'))
  const known = new Set<string>()
  const asked: string[] = []
  const city = createServer((request, response) => {
    const sha256 = request.url?.split('/')[5] ?? ''
    asked.push(sha256)
    request.resume()
    response.writeHead(known.has(sha256) ? 204 : 404).end()
  })
  await new Promise<void>(resolve => city.listen(0, '127.0.0.1', resolve))
  const web = `http://127.0.0.1:${(city.address() as AddressInfo).port}`
  const posting = new PicturePost({
    city: { web, username: 's', password: 'p' } as ConstructorParameters<typeof PicturePost>[0]['city'],
    store,
    files: { picturePath: () => import.meta.filename },
    log: silent,
    signal: AbortSignal.timeout(60_000),
  })
  return {
    known,
    asked,
    posting,
    analysed: (sha256: string) => store.putProgram(sha256, 1, { facts: 'f', body: '{}' }, ['preview']),
    job: (sha256: string, n: number) => {
      const job = aJob({ id: `job-${n}`, ticket: n, program: { ...aJob().program, sha256 } })
      store.commit({ events: [{ kind: 'job', at: 1, change: 'submitted', job }] })
    },
    due: () => store.picturesDue(['a', 'b', 'c'].map(sha)).map(({ sha256 }) => sha256),
    [Symbol.asyncDispose]: async () => {
      city.closeAllConnections()
      await new Promise(resolve => city.close(resolve))
      store.close()
      folder[Symbol.dispose]()
    },
  }
}

it('are sent when there is a job, or when the city asked; the others wait', async () => {
  await using s = await post()
  for (const letter of ['a', 'b', 'c']) {
    s.analysed(sha(letter))
    s.known.add(sha(letter))
  }
  s.job(sha('b'), 1)
  await s.posting.sendDue()
  expect(s.asked).toEqual([sha('b')])
  await s.posting.sendDue(sha('c'))
  expect(s.asked).toEqual([sha('b'), sha('c')])
  expect(s.due()).toEqual([sha('a')])
})

it('of a job the city has not heard of yet stay due behind the others, and are sent when it has', async () => {
  await using s = await post()
  const programs = Array.from({ length: 30 }, (_, n) => n.toString(16).padStart(64, '0'))
  for (const [n, sha256] of programs.entries()) {
    s.analysed(sha256)
    s.job(sha256, n + 1)
  }
  for (const sha256 of programs.slice(25)) s.known.add(sha256)
  await s.posting.sendDue()
  expect(s.asked.toSorted()).toEqual(programs)
  for (const sha256 of programs) s.known.add(sha256)
  s.asked.length = 0
  await s.posting.sendDue()
  expect(s.asked.toSorted()).toEqual(programs.slice(0, 25))
  expect(s.due()).toEqual([])
})
