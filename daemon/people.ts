// Who is known to this school: the people of its own file, those the city's directory sends, and its pupils; kept for days without a city.
import type { Ask, Origin } from '../protocols/contract/command.ts'
import { standsAt } from '../protocols/contract/floor.ts'
import type { Author } from '../protocols/contract/job.ts'
import type { Permit } from '../protocols/contract/permit.ts'
import { type Directory, directorySchema } from '../protocols/contract/wire.ts'
import type { Denial } from '../protocols/contract/words.ts'
import type { Pupil } from './pupils.ts'
import { deny } from './words.ts'

/** Somebody who may sign in at the school's own screen. */
export type Person = Author & {
  login: string
  passwordHash: string
  sites: string[] | 'all'
  pinHash?: string | undefined
  /** Of a pupil: what the teacher calls the pupil; for this school's screen only. */
  nickname?: string | undefined
}

export type PeopleOptions = {
  readonly site: string
  /** Of the school's own file; its pupils are pseudonyms there already (main.ts). */
  readonly own: readonly Person[]
  readonly read: () => string | undefined
  readonly write: (directory: string) => void
  /** Pupils who joined here with a code. */
  readonly pupils?: { pupil(key: string): Pupil | undefined; all(): readonly Pupil[] }
}

/** Logins of pupils who joined with a code: nobody types one, a session carries it. */
const pupilLogin = 'pupil:'

export class People {
  readonly #options: PeopleOptions
  #directory: Directory | undefined

  constructor(options: PeopleOptions) {
    this.#options = options
    const stored = options.read()
    const parsed = stored === undefined ? undefined : directorySchema.safeParse(JSON.parse(stored))
    if (parsed?.success) this.#directory = parsed.data
  }

  /** Takes the city's list. The newest wins; an older one that arrives late does not. Answers whether it was taken. */
  learn(directory: Directory): boolean {
    // The same version may come with other people after the city's store was made anew.
    if (this.#directory !== undefined && directory.version < this.#directory.version) return false
    this.#directory = directory
    this.#options.write(JSON.stringify(directory))
    return true
  }

  account(login: string): Person | undefined {
    if (login.startsWith(pupilLogin)) {
      const pupil = this.#options.pupils?.pupil(login.slice(pupilLogin.length))
      return pupil && this.#accountOf(pupil)
    }
    return this.#options.own.find(person => person.login === login) ?? this.#here().find(person => person.login === login)
  }

  /** The account of a pupil who has just joined or come back. No password opens it. */
  pupilAccount(pupil: Pupil): Person {
    return this.#accountOf(pupil)
  }

  /** Anybody who may be named here, as the journal names that person. */
  person(id: string): Author | undefined {
    const known = this.#options.own.find(person => person.id === id) ?? this.#here().find(person => person.id === id)
    if (known) return { id: known.id, name: known.name, role: known.role }
    return this.#options.pupils?.pupil(id)?.author
  }

  /** Teachers, technicians and administrators of this school. */
  staff(): Author[] {
    const known = new Map<string, Author>()
    for (const { id, name, role } of [...this.#here(), ...this.#options.own]) if (role !== 'pupil') known.set(id, { id, name, role })
    return [...known.values()]
  }

  /** The hash of a PIN chosen in the city. */
  pinHash(id: string): string | undefined {
    return this.#here().find(person => person.id === id)?.pinHash
  }

  /** Permits of this school's people given by other schools, as the city told them. */
  permits(): readonly Permit[] {
    return this.#directory?.permits ?? []
  }

  /** The author as this school's own screen shows one: a pupil with the nickname, everybody else as everywhere. */
  shown(author: Author): Author {
    if (author.role !== 'pupil') return author
    const nickname = this.#options.own.find(({ id }) => id === author.id)?.nickname ?? this.#options.pupils?.pupil(author.id)?.nickname
    return nickname === undefined ? author : { ...author, name: `${nickname} (${author.name})` }
  }

  /**
   * Is this author one whom this door may bring, in the role claimed? The city speaks for its own directory, the school's screen for both lists.
   * Whoever stands at a machine without signing in is heard in the two things one may say there, and in nothing else.
   * Pupils of the city are pseudonyms and stand in no list. Before the first directory the wire's own credentials have to do.
   */
  vouch(author: Author, origin: Origin, ask?: Ask): Denial | undefined {
    const place = standsAt(author)
    if (place !== undefined) {
      const heard = (ask?.kind === 'machine.help' || ask?.kind === 'machine.report') && ask.machine === place
      return heard ? undefined : deny('unknown-person')
    }
    const known = (people: readonly Person[]) => people.some(person => person.id === author.id && person.role === author.role)
    if (origin === 'school') {
      const pupil = author.role === 'pupil' && this.#options.pupils?.pupil(author.id) !== undefined
      return known(this.#options.own) || known(this.#here()) || pupil ? undefined : deny('unknown-person')
    }
    if (this.#directory === undefined || author.role === 'pupil') return undefined
    return known(this.#here()) ? undefined : deny('unknown-person')
  }

  #accountOf({ author, nickname }: Pupil): Person {
    return { ...author, login: `${pupilLogin}${author.id}`, passwordHash: '', sites: [this.#options.site], nickname }
  }

  #here(): Person[] {
    const people = this.#directory?.people ?? []
    return people.filter(({ sites }) => sites === 'all' || sites.includes(this.#options.site))
  }
}
