// Who is known to this school: the people of its own file, and those the city's directory sends, kept for days without a city.
import type { Origin } from '../protocols/contract/command.ts'
import type { Author } from '../protocols/contract/job.ts'
import { type Directory, directorySchema } from '../protocols/contract/wire.ts'
import type { Denial } from '../protocols/contract/words.ts'
import { deny } from './words.ts'

/** Somebody who may sign in at the school's own screen. */
export type Person = Author & { login: string; passwordHash: string; sites: string[] | 'all' }

export type PeopleOptions = {
  readonly site: string
  /** Of the school's own file. */
  readonly own: readonly Person[]
  readonly read: () => string | undefined
  readonly write: (directory: string) => void
}

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
    return this.#options.own.find(person => person.login === login) ?? this.#here().find(person => person.login === login)
  }

  /**
   * Is this author one whom this door may bring, in the role claimed? The city speaks for its own directory, the school's screen for both lists.
   * Pupils of the city are pseudonyms and stand in no list. Before the first directory the wire's own credentials have to do.
   */
  vouch(author: Author, origin: Origin): Denial | undefined {
    const known = (people: readonly Person[]) => people.some(person => person.id === author.id && person.role === author.role)
    if (origin === 'school') return known(this.#options.own) || known(this.#here()) ? undefined : deny('unknown-person')
    if (this.#directory === undefined || author.role === 'pupil') return undefined
    return known(this.#here()) ? undefined : deny('unknown-person')
  }

  #here(): Person[] {
    const people = this.#directory?.people ?? []
    return people.filter(({ sites }) => sites === 'all' || sites.includes(this.#options.site))
  }
}
