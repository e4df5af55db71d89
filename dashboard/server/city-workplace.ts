// The city as a Workplace: the picture, the courier, the files and the people, joined for the web server.
import { createHash, timingSafeEqual } from 'node:crypto'
import { homeZone } from '../../protocols/contract/calendar.ts'
import { isGoodPin, pinText } from '../../protocols/contract/pin.ts'
import { quotaJobsSince, quotaReport } from '../../protocols/contract/quota-use.ts'
import { hashPassword } from '../accounts/password.ts'
import { createStaffOffice } from '../accounts/staff-office.ts'
import type { Courier } from '../city/courier.ts'
import type { CityConfig } from '../config.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { createBookingStore } from '../store/bookings.ts'
import type { EventStore } from '../store/events.ts'
import { createStoreHealth } from '../store/health.ts'
import { createStoreKeys } from '../store/keys.ts'
import type { PeopleStore } from '../store/people.ts'
import { createRosterStore } from '../store/roster.ts'
import { createStoreScreens } from '../store/screens.ts'
import { createStoreSeries } from '../store/series.ts'
import { createStaffStore } from '../store/staff.ts'
import type { Store } from '../store/store.ts'
import { ticketKey } from '../tickets/secret.ts'
import type { CareShelf, PhotoShelf, Workplace } from '../workplace.ts'
import { createCityCameras } from './city-cameras.ts'
import { denial } from './denials.ts'
import type { FileStore } from './files.ts'

export type CityParts = {
  config: CityConfig
  store: Store
  fleet: Fleet
  courier: Courier
  events: EventStore
  people: PeopleStore
  files: FileStore
  care: CareShelf
  photos: PhotoShelf
  clock: () => number
  /** A PIN was set: the schools' directories changed. */
  directoryChanged: () => void
}

export function createCityWorkplace({
  config,
  store,
  fleet,
  courier,
  events,
  people,
  files,
  care,
  photos,
  clock,
  directoryChanged,
}: CityParts): Workplace {
  const noteUpload = store.prepare(
    'INSERT INTO uploads (sha256, name, size, at) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at',
  )
  const roster = createRosterStore(store)
  const bookings = createBookingStore(store)
  const ticketKeys = new Map(config.sites.map(({ id, password }) => [id, [ticketKey(id, password)]]))
  const secrets = new Map(config.sites.map(({ id, password }) => [id, password]))
  return {
    scope: { kind: 'city' },
    fleet,
    keys: createStoreKeys(store),
    health: createStoreHealth(store),
    cameras: createCityCameras({
      deliver: (site, command, signal) => courier.deliver(site, command, signal),
      online: site => fleet.site(site)?.link.link === 'online',
      clock,
    }),
    series: createStoreSeries(store),
    screens: createStoreScreens(store),
    roster: site => {
      if (fleet.site(site) === undefined) return undefined
      const staff = people.accounts().filter(({ role, sites }) => role !== 'pupil' && (sites === 'all' || sites.includes(site)))
      return {
        staff: staff.map(({ id, name, role }) => ({ id, name, role })),
        permits: roster.permits(site),
        instructions: roster.instructions(site),
        groups: roster.groups(site),
        // Who the pupils are is known to the school alone.
        pupils: [],
      }
    },
    pins: {
      atStart: false,
      has: account => roster.pinHash(account.id) !== undefined,
      set: async (account, pin) => {
        if (!isGoodPin(pin)) return denial('bad-pin')
        roster.putPin(account.id, await hashPassword(pinText(account.id, pin)))
        directoryChanged()
        return undefined
      },
    },
    quotas: (site, whom) => {
      if (fleet.site(site) === undefined) return undefined
      const asked = { quotas: bookings.quotas(site), timeZone: fleet.timeZone(site) ?? homeZone, nowMs: clock() }
      return quotaReport({ ...asked, jobs: events.jobsSince(site, quotaJobsSince(asked)), groups: roster.groups(site) }, whom)
    },
    tickets: { keys: site => ticketKeys.get(site) ?? [], jobs: (site, ticket) => events.jobsOfTicket(site, ticket) },
    pushes: roster.pushes,
    account: login => people.account(login),
    signOn: config.signOn,
    bySignOn: name => {
      const named = config.people.find(person => (person.signOn ?? person.login) === name)
      if (named !== undefined) return people.account(named.login)
      return people.inFile(name) ? undefined : people.account(name)
    },
    staff: createStaffOffice({
      staff: createStaffStore(store),
      people,
      sites: config.sites.map(({ id }) => id),
      clock,
      changed: directoryChanged,
    }),
    ...(config.demo && {
      demoAccounts: config.people.flatMap(({ login, password, role }) => (password === undefined ? [] : [{ login, password, role }])),
    }),
    care,
    photos,
    command: (site, command, signal) => courier.deliver(site, command, signal),
    reply: (site, id) => courier.reply(site, id),
    sitesOfProgram: sha256 => events.sitesOfProgram(sha256),
    receiveFile: async (name, body) => {
      const result = await files.receive(name, body)
      if (!('denial' in result)) noteUpload.run(result.sha256, name, result.size, clock())
      return result
    },
    filePath: sha256 => files.path(sha256),
    picturePath: (sha256, what) => files.picturePath(sha256, what),
    storePicture: (sha256, what, body) => files.storePicture(sha256, what, body),
    journal: (site, before, limit) => events.journal(site, before, limit),
    siteCredentials: (site, password) => sameSecret(secrets.get(site), password),
  }
}

/** Compares in a time that tells nothing. Site passwords are long and random (config.ts), so a plain hash will do where people need scrypt. */
export function sameSecret(known: string | undefined, given: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(known ?? ''), digest(given)) && known !== undefined
}
