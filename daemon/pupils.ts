// Pupils of this school: they join a group with its code and a nickname, and are a pseudonym to everybody outside.
import { createHmac, randomBytes, randomInt } from 'node:crypto'
import { codeLength, codeLetters, type Group, readCode, takesPupils } from '../protocols/contract/group.ts'
import type { Author } from '../protocols/contract/job.ts'
import type { Denial } from '../protocols/contract/words.ts'
import { readNickname } from './nickname.ts'
import type { RecordBook } from './records.ts'
import { recoveryWords } from './recovery-words.ts'
import type { PupilRow, Vault } from './vault.ts'
import { deny } from './words.ts'

export type PupilsOptions = {
  readonly vault: Vault
  readonly records: Pick<RecordBook, 'groups' | 'group'>
  /** The school's own secret: with it a key is made of what is known here only. */
  readonly secret: Buffer
  readonly hash: (text: string) => Promise<string>
  readonly check: (text: string, hash: string) => Promise<boolean>
  readonly nowMs: () => number
}

/** A pupil as the school's screen needs one. */
export type Pupil = { readonly author: Author; readonly nickname: string; readonly group: Group | undefined }

/** More than any class or circle; a code that leaked fills no disk. */
const pupilsPerGroupMax = 60
/** No letters or digits that are taken for one another. */
const pseudonymLetters = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const pseudonymLength = 4

export class Pupils {
  readonly #options: PupilsOptions

  constructor(options: PupilsOptions) {
    this.#options = options
  }

  /** Joins the group of the code. The recovery words are told this once and kept as a hash. */
  async join(code: string, nicknameTyped: string): Promise<{ pupil: Pupil; recovery: string } | { denial: Denial }> {
    const { vault, hash, nowMs, secret } = this.#options
    const found = this.#groupOf(code)
    if ('denial' in found) return found
    const { group } = found
    const read = readNickname(nicknameTyped)
    if ('code' in read) return { denial: deny(read.code) }
    const recovery = newRecovery()
    const recoveryHash = await hash(plainWords(recovery))
    // Looked at after the wait: what follows happens in one breath.
    if (vault.pupilsIn(group.id) >= pupilsPerGroupMax) return { denial: deny('group-full') }
    const same = (other: PupilRow) => other.group === group.id && other.nickname.toLowerCase() === read.nickname.toLowerCase()
    if (vault.pupils().some(same)) return { denial: deny('nickname-taken') }
    const key = pupilKey(secret, randomBytes(16).toString('hex'))
    const row: PupilRow = {
      key,
      pseudonym: this.#freshPseudonym(key),
      nickname: read.nickname,
      group: group.id,
      ageBand: group.ageBand ?? null,
      recoveryHash,
      createdAt: nowMs(),
    }
    vault.putPupil(row)
    return { pupil: this.#pupil(row), recovery }
  }

  /** The pupil of this pseudonym and these words. */
  async recover(pseudonym: string, words: string): Promise<{ pupil: Pupil } | { denial: Denial }> {
    const { vault, check } = this.#options
    const row = vault.pupilCalled(readPseudonym(pseudonym))
    // Checked also for nobody: the time of the answer must not tell which pseudonyms exist.
    const right = await check(plainWords(words), row?.recoveryHash ?? nobodysHash)
    if (row === undefined || !right) return { denial: deny('wrong-recovery') }
    const pupil = this.#pupil(row)
    return pupil.group !== undefined && nowPast(pupil.group, this.#options.nowMs()) ? { denial: deny('group-closed') } : { pupil }
  }

  /** A pupil whose group has not ended. */
  pupil(key: string): Pupil | undefined {
    const row = this.#options.vault.pupil(key)
    if (row === undefined) return undefined
    const pupil = this.#pupil(row)
    return pupil.group === undefined || nowPast(pupil.group, this.#options.nowMs()) ? undefined : pupil
  }

  all(): Pupil[] {
    return this.#options.vault.pupils().map(row => this.#pupil(row))
  }

  forget(key: string): boolean {
    return this.#options.vault.forgetPupil(key)
  }

  /** A code no group of this school has had. */
  freshCode(): string {
    const taken = new Set(this.#options.records.groups().map(({ code }) => code))
    for (;;) {
      const code = randomLetters(codeLetters, codeLength)
      if (!taken.has(code)) return code
    }
  }

  #groupOf(typed: string): { group: Group } | { denial: Denial } {
    const code = readCode(typed)
    const group = code === undefined ? undefined : this.#options.records.groups().find(one => one.code === code)
    if (group === undefined) return { denial: deny('unknown-code') }
    return takesPupils(group, this.#options.nowMs()) ? { group } : { denial: deny('group-closed') }
  }

  #pupil(row: PupilRow): Pupil {
    const author: Author = { id: row.key, name: row.pseudonym, role: 'pupil', group: row.group }
    return { author, nickname: row.nickname, group: this.#options.records.group(row.group) }
  }

  /** The pseudonym the key gives, or the next one that is free. */
  #freshPseudonym(key: string): string {
    for (let attempt = 0; ; attempt++) {
      const pseudonym = pseudonymOf(attempt === 0 ? key : `${key}-${attempt}`)
      if (this.#options.vault.pupilCalled(pseudonym) === undefined) return pseudonym
    }
  }
}

/**
 * What a pupil is called outside the school's vault: HMAC-SHA256 under the school's secret. The same pupil keeps the same key, so that
 * pupils can be counted; without the secret the key leads to nobody (обезличивание, 152-ФЗ ст. 3 п. 9).
 */
export function pupilKey(secret: Buffer, id: string): string {
  return `p${createHmac('sha256', secret).update(`pupil:${id}`).digest('base64url').slice(0, 27)}`
}

/** `П-7F3K`: what is said aloud and stands on the wall. */
export function pseudonymOf(key: string): string {
  const digest = createHmac('sha256', 'pseudonym').update(key).digest()
  const letters = Array.from({ length: pseudonymLength }, (_, index) => pseudonymLetters[(digest[index] ?? 0) % pseudonymLetters.length])
  return `П-${letters.join('')}`
}

/** «п-7f3k», «П 7F3K», "P7F3K" → `П-7F3K`. */
function readPseudonym(typed: string): string {
  const letters = typed.toUpperCase().replace(/[^\p{L}\d]/gu, '')
  return `П-${letters.replace(/^[ПPП]/u, '').slice(0, pseudonymLength)}`
}

function nowPast(group: Group, nowMs: number): boolean {
  return nowMs >= group.endsAt
}

/** Three words and two digits, about 25 bits: with tries counted that is more than enough, and a child can keep it. */
function newRecovery(): string {
  const words = Array.from({ length: 3 }, () => recoveryWords[randomInt(recoveryWords.length)])
  return `${words.join('-')}-${randomInt(10, 100)}`
}

function plainWords(words: string): string {
  return words
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[^\p{L}\d]+/gu, '-')
    .replace(/^-|-$/g, '')
}

/** Of a password nobody has. */
const nobodysHash = `scrypt$16384$8$1$${'A'.repeat(22)}$${'A'.repeat(43)}`

function randomLetters(letters: string, count: number): string {
  return Array.from({ length: count }, () => letters[randomInt(letters.length)]).join('')
}
