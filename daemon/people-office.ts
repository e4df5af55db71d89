// The people of a school, put together: who is known, who is cleared, whose PIN it is, and what of it the school's own screen may ask.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Group } from '../protocols/contract/group.ts'
import type { Author } from '../protocols/contract/job.ts'
import type { Roster } from '../protocols/contract/screen.ts'
import type { Denial } from '../protocols/contract/words.ts'
import type { PersonConfig, SchoolConfig } from './config.ts'
import { People, type Person } from './people.ts'
import { demoPermits, Permits } from './permits.ts'
import { Pins } from './pins.ts'
import { Pupils, pseudonymOf, pupilKey } from './pupils.ts'
import type { Store } from './store.ts'
import { deny } from './words.ts'

export type PeopleOfficeOptions = {
  readonly config: Pick<SchoolConfig, 'site' | 'people' | 'demo' | 'signOn'> & { readonly rules: Pick<SchoolConfig['rules'], 'startPin'> }
  readonly store: Store
  /** The school's own secret, never told to anybody (schoolSecret). */
  readonly secret: Buffer
  readonly hash: (text: string) => Promise<string>
  readonly check: (text: string, hash: string) => Promise<boolean>
  readonly nowMs: () => number
}

export type PeopleOffice = Awaited<ReturnType<typeof openPeopleOffice>>

/** Opens the office over the school's store. */
export async function openPeopleOffice({ config, store, secret, hash, check, nowMs }: PeopleOfficeOptions) {
  const { vault, records } = store
  const site = config.site.id
  const own = await Promise.all(config.people.map(person => ownPerson(person, site, secret, hash)))
  const pupils = new Pupils({ vault, records, secret, hash, check, nowMs })
  const people = new People({
    site,
    own,
    read: () => store.note('directory'),
    write: directory => store.putNote('directory', directory),
    pupils,
  })
  const permits = new Permits({
    site,
    records,
    directory: () => people.permits(),
    ...(config.demo ? { given: demoPermits(site, own, nowMs()) } : {}),
    nowMs,
  })
  const pins = new Pins({
    hashOf: person => vault.pinHash(person) ?? people.pinHash(person),
    save: (person, pinHash, at) => vault.putPin(person, pinHash, at),
    hash,
    check,
    commit: events => void store.commit({ events }),
    nowMs,
  })
  const pinAtStart = (config.rules.startPin ?? (config.demo ? 'session' : 'pin')) === 'pin'
  const roster = (): Roster => ({
    staff: people.staff(),
    permits: permits.all(),
    instructions: records.instructions(),
    groups: records.groups().map((group: Group) => ({ ...group, pupils: vault.pupilsIn(group.id) })),
    pupils: pupils.all().map(({ author, nickname }) => ({ person: author, nickname })),
  })

  return {
    people,
    permits,
    pupils,
    pins,
    pinAtStart,
    /** What the school's own screen asks of people (dashboard/workplace.ts). */
    screen: {
      signOn: config.signOn,
      bySignOn: (name: string): Person | undefined => {
        const named = config.people.find(person => (person.signOn ?? person.login) === name)
        if (named !== undefined) return people.account(named.login)
        return config.people.some(({ login }) => login === name) ? undefined : people.account(name)
      },
      roster: (of: string): Roster | undefined => (of === site ? roster() : undefined),
      pins: {
        atStart: pinAtStart,
        has: (account: Author): boolean => pins.has(account.id),
        set: (account: Author, pin: string): Promise<Denial | undefined> => pins.set(plain(account), pin),
        check: (account: Author, pin: string): Promise<Denial | undefined> => pins.check(plain(account), pin),
        confirm: async (account: Author, asked: { job: string; machine: string; pin: string }): Promise<Denial | undefined> => {
          const job = store.job(asked.job)
          if (job === undefined) return deny('unknown-job')
          return pins.confirm(plain(account), job, asked.machine, asked.pin)
        },
      },
      door: {
        join: async (code: string, nickname: string): Promise<{ account: Person; recovery: string } | { denial: Denial }> => {
          const joined = await pupils.join(code, nickname)
          return 'denial' in joined ? joined : { account: people.pupilAccount(joined.pupil), recovery: joined.recovery }
        },
        recover: async (pseudonym: string, words: string): Promise<{ account: Person } | { denial: Denial }> => {
          const found = await pupils.recover(pseudonym, words)
          return 'denial' in found ? found : { account: people.pupilAccount(found.pupil) }
        },
      },
    },
  }
}

/** The school's secret at `path`, made at the first start; readable by the school's own user only. */
export function schoolSecret(path: string): Buffer {
  if (!existsSync(path)) {
    // Beside it first: a power cut in the middle must not leave half a secret.
    writeFileSync(`${path}.new`, randomBytes(32).toString('base64url'), { mode: 0o600, flush: true })
    renameSync(`${path}.new`, path)
  }
  const secret = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url')
  if (secret.length < 32) throw new Error(`${path} is damaged: put back the copy, or remove it and all pupils get new pseudonyms`)
  return secret
}

/** A pupil of the file is a pseudonym to everybody but this school's screen, like those who joined with a code. */
async function ownPerson(
  { id, name, login, role, passwordHash, password }: PersonConfig,
  site: string,
  secret: Buffer,
  hash: (text: string) => Promise<string>,
): Promise<Person> {
  const known = { id, login, role, passwordHash: passwordHash ?? (await hash(password ?? randomBytes(16).toString('hex'))), sites: [site] }
  return role === 'pupil' ? { ...known, name: pseudonymOf(pupilKey(secret, id)), nickname: name } : { ...known, name }
}

function plain({ id, name, role }: Author): Author {
  return { id, name, role }
}
