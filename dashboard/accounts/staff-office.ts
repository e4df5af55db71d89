// The staff office of a city: who has an account, made by an administrator on the screen; the person alone chooses the password.
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { passwordLengthMin, type StaffMember } from '../../protocols/contract/staff.ts'
import type { Denial } from '../../protocols/contract/words.ts'
import { denial } from '../server/denials.ts'
import type { PeopleStore } from '../store/people.ts'
import type { KeptStaff, StaffStore } from '../store/staff.ts'
import type { StaffOffice } from '../workplace.ts'
import { hashPassword } from './password.ts'

/** Long enough for a letter on Friday to be read on Monday. */
const invitationMs = 3 * 24 * 3_600_000
/** A city with more teachers has another directory. */
const staffMax = 5_000

export type StaffOfficeOptions = {
  readonly staff: StaffStore
  readonly people: PeopleStore
  /** Sites there are. */
  readonly sites: readonly string[]
  readonly clock: () => number
  /** The schools' directories changed. */
  readonly changed: () => void
}

export function createStaffOffice({ staff, people, sites, clock, changed }: StaffOfficeOptions): StaffOffice {
  const found = (login: string) => staff.all().find(member => member.login === login)
  const strangers = (body: { sites?: readonly string[] | 'all' | undefined }) =>
    body.sites !== undefined && body.sites !== 'all' && body.sites.some(site => !sites.includes(site))
  const save = (member: KeptStaff, by: string, deed: string): StaffMember => {
    staff.put(member)
    staff.note(clock(), by, member.login, deed)
    people.staffChanged()
    changed()
    return memberOf(member, clock())
  }
  /** The member the deed is about, or why there is none. */
  const subject = (login: string): { member: KeptStaff } | { denial: Denial } => {
    const member = found(login)
    if (people.inFile(login)) return { denial: denial('in-the-file') }
    return member === undefined ? { denial: denial('not-found') } : { member }
  }

  return {
    list: () => {
      const ofFile = people
        .accounts()
        .filter(({ login, role }) => role !== 'pupil' && people.inFile(login))
        .flatMap(({ login, id, name, role, sites: of }): StaffMember[] =>
          role === 'pupil' ? [] : [{ login, id, name, role, sites: of, source: 'file', state: 'active' }],
        )
      const made = staff.all().filter(({ login }) => !people.inFile(login))
      return [...ofFile, ...made.map(member => memberOf(member, clock()))]
    },
    add: (body, by) => {
      if (found(body.login) !== undefined || people.account(body.login) !== undefined) return { denial: denial('login-taken') }
      if (strangers(body)) return { denial: denial('unknown-site') }
      if (staff.all().length >= staffMax) return { denial: denial('too-many-staff') }
      const { token, invitation } = invite(clock())
      const member = save({ ...body, id: `staff-${randomUUID()}`, passwordHash: '', closed: false, invitation }, by.id, 'added')
      return { member, token }
    },
    change: (login, change, by) => {
      const about = subject(login)
      if ('denial' in about) return about
      // So there is always an administrator left: whoever asked.
      if (by.login === login && (change.closed !== undefined || change.role !== undefined)) return { denial: denial('not-yourself') }
      if (strangers(change)) return { denial: denial('unknown-site') }
      const { name, role, sites: of, closed } = change
      const { invitation, ...kept } = about.member
      const next: KeptStaff = {
        ...kept,
        ...(name === undefined ? {} : { name }),
        ...(role === undefined ? {} : { role }),
        ...(of === undefined ? {} : { sites: of }),
        ...(closed === undefined ? {} : { closed }),
        // Whoever is shut out is not let in by an old letter.
        ...(invitation !== undefined && closed !== true ? { invitation } : {}),
      }
      return { member: save(next, by.id, closed === undefined ? 'changed' : closed ? 'closed' : 'opened') }
    },
    invite: (login, by) => {
      const about = subject(login)
      if ('denial' in about) return about
      if (about.member.closed) return { denial: denial('not-found') }
      const { token, invitation } = invite(clock())
      return { member: save({ ...about.member, invitation }, by.id, 'invited'), token }
    },
    invited: token => {
      const member = open(token)
      return member && { login: member.login, name: member.name }
    },
    accept: async (token, password) => {
      if (open(token) === undefined) return { denial: denial('not-found') }
      if (weak(password, open(token)?.login ?? '')) return { denial: denial('weak-password') }
      const passwordHash = await hashPassword(password)
      // Asked again: the same letter may have been opened twice meanwhile.
      const member = open(token)
      if (member === undefined) return { denial: denial('not-found') }
      const { invitation: _used, ...rest } = member
      save({ ...rest, passwordHash }, member.id, 'password')
      const account = people.account(member.login)
      return account === undefined ? { denial: denial('not-found') } : { account }
    },
  }

  function open(token: string): KeptStaff | undefined {
    const member = staff.byInvitation(hashOf(token))
    const lasts = member?.invitation !== undefined && clock() < member.invitation.until
    return member !== undefined && lasts && !member.closed && !people.inFile(member.login) ? member : undefined
  }
}

function invite(now: number): { token: string; invitation: { hash: string; until: number } } {
  const token = randomBytes(24).toString('base64url')
  return { token, invitation: { hash: hashOf(token), until: now + invitationMs } }
}

/** The token is 192 random bits: there is nothing to guess, so no slow hash is needed. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Short, one sign over and over, or the login itself: what a guesser tries first. */
function weak(password: string, login: string): boolean {
  const plain = password.trim().toLowerCase()
  return password.length < passwordLengthMin || new Set(plain).size < 4 || plain.includes(login.toLowerCase())
}

function memberOf({ login, id, name, role, sites, passwordHash, closed, invitation }: KeptStaff, now: number): StaffMember {
  const state = closed ? 'closed' : passwordHash === '' ? 'invited' : 'active'
  const open = invitation !== undefined && now < invitation.until ? { invitedUntil: invitation.until } : {}
  return { login, id, name, role, sites, source: 'screen', state, ...open }
}
