// A school's office for tests: real store, desk and vault; a clock of its own, hashes that cost nothing, a laser that is always ready.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Desk } from '../../../daemon/desk.ts'
import { openPeopleOffice, type PeopleOfficeOptions } from '../../../daemon/people-office.ts'
import { Store } from '../../../daemon/store.ts'
import { Submissions } from '../../../daemon/submissions.ts'
import type { Ask, Origin, Reply } from '../../../protocols/contract/command.ts'
import type { Author, Job } from '../../../protocols/contract/job.ts'
import type { Role } from '../../../protocols/contract/rights.ts'
import { aCommand, aJob, aMachine, ListRoom, silent, temporaryFolder, testMachines } from '../kit.ts'

export const dayMs = 24 * 3_600_000
const start = Date.UTC(2027, 2, 1, 9)

const cheapHash = async (text: string) => createHash('sha256').update(text).digest('hex')

/** Opens the office of school-1 with laser-1, mill-1 and printer-1. `started` are the starts that came through. */
export async function openOffice(rules: PeopleOfficeOptions['config']['rules'] = {}) {
  const folder = temporaryFolder()
  const path = join(folder.path, 'school.sqlite')
  let now = start
  const nowMs = () => now
  let store = new Store(path)
  const machines = testMachines(store, [aMachine('printer-1', 'printer'), aMachine('laser-1', 'laser'), aMachine('mill-1', 'mill')], nowMs)
  const config: PeopleOfficeOptions['config'] = {
    site: { id: 'school-1', name: 'Школа № 1' },
    people: (['pupil', 'teacher', 'technician', 'administrator'] as const).map(role => ({
      id: `${role}-1`,
      name: role === 'pupil' ? 'Вася Пупкин' : `The ${role}`,
      login: role,
      role,
      passwordHash: 'x',
    })),
    rules,
    demo: false,
    signOn: [],
  }
  const secret = Buffer.alloc(32, 7)
  const open = () =>
    openPeopleOffice({ config, store, secret, hash: cheapHash, check: async (text, hash) => (await cheapHash(text)) === hash, nowMs })
  let office = await open()
  const started: string[] = []
  const room = new ListRoom()
  const desk = () =>
    new Desk({
      site: 'school-1',
      store,
      machines,
      people: office.people,
      permits: office.permits,
      pupils: office.pupils,
      ...(office.pinAtStart ? { pins: office.pins } : {}),
      room,
      starter: {
        start: async (job: Job, machine: string, by?: Author) => {
          started.push(`${by?.id} starts ${job.id} on ${machine}`)
          return undefined
        },
      },
      programs: { stored: () => undefined },
      submissions: new Submissions({
        site: 'school-1',
        store,
        machines,
        programs: { obtain: () => Promise.reject(new Error('no files here')) },
        rules: { approvals: 'pupils', autoStartPrinters: true },
        nowMs,
      }),
      nowMs,
      clocksOf: () => [nowMs()],
      log: silent,
      signal: new AbortController().signal,
    })
  const author = (role: Role): Author => office.people.person(`${role}-1`) ?? { id: '?', name: '?', role }
  return {
    path,
    started,
    author,
    get office() {
      return office
    },
    get store() {
      return store
    },
    now: nowMs,
    pass: (ms: number) => {
      now += ms
    },
    ask: (who: Role | Author, ask: Ask, origin: Origin = 'school'): Promise<Reply> => {
      const by = typeof who === 'string' ? author(who) : who
      return desk().execute(aCommand(by, ask, { issuedAt: now, expiresAt: now + 60_000 }), origin)
    },
    queued: (id: string, more: Partial<Job> = {}): Job => {
      const job = aJob({ id, suitable: ['laser-1', 'mill-1', 'printer-1'], author: author('teacher'), ...more })
      store.commit({ events: [{ kind: 'job', at: now, change: 'submitted', job }] })
      return job
    },
    /** The daemon dies and comes back over the same file. */
    restart: async () => {
      store.close()
      store = new Store(path)
      office = await open()
    },
    [Symbol.dispose]: () => {
      machines[Symbol.dispose]()
      store.close()
      folder[Symbol.dispose]()
    },
  }
}

export type TestOffice = Awaited<ReturnType<typeof openOffice>>

export const codeOf = (reply: Reply): string => (reply.outcome === 'refused' ? reply.denial.code : reply.outcome)

/** An instruction and a permit on it, as the dialog on the screen asks for them; answers the last word. */
export async function clear(
  office: TestOffice,
  who: Role,
  person: string,
  more: Partial<Extract<Ask, { kind: 'permit.grant' }>> = {},
): Promise<string> {
  const number = office.store.lastNumber
  const instruction = `instruction-${number}`
  const recorded = await office.ask(who, { kind: 'instruction.record', instruction, people: [person], title: 'ИОТ-12 Лазер', version: '3' })
  if (recorded.outcome !== 'done') return codeOf(recorded)
  const permit = `permit-${String(number).padStart(4, '0')}`
  return codeOf(
    await office.ask(who, {
      kind: 'permit.grant',
      permit,
      person,
      covers: { of: 'kind', kind: 'laser' },
      until: office.now() + 100 * dayMs,
      instruction,
      ...more,
    }),
  )
}
