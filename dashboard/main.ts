// The city's process: the store, the broker, the picture and the web screens meet here, and end here together.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { type Logger, pino } from 'pino'
import { photosOf } from '../protocols/contract/care-due.ts'
import { checkPassword, hashPassword } from './accounts/password.ts'
import { startBroker } from './broker/broker.ts'
import { createDoor } from './broker/door.ts'
import type { Login } from './broker/rights.ts'
import { createCourier } from './city/courier.ts'
import { createIntake } from './city/intake.ts'
import { type CityConfig, CityConfigError, readCity } from './config.ts'
import { Fleet } from './fleet/fleet.ts'
import { createCityWorkplace, sameSecret } from './server/city-workplace.ts'
import { openFileStore } from './server/files.ts'
import { openPhotoFiles } from './server/photo-files.ts'
import { startWeb } from './server/web.ts'
import { openSentFiles } from './slicers/sent-files.ts'
import { createCareStore } from './store/care.ts'
import { createCommandStore } from './store/commands.ts'
import { createEventStore } from './store/events.ts'
import { createPeopleStore, createStoreShelf, type PeopleStore } from './store/people.ts'
import { openStore } from './store/store.ts'
import { pushKeys, pushSender } from './tickets/push.ts'
import type { Account } from './workplace.ts'

export type CityOptions = {
  configPath: string
  log?: Logger
  /** Folder of the built screens; dashboard/web/dist when absent. */
  webRoot?: string
  clock?: () => number
}

export type RunningCity = {
  /** Of the screens. */
  url: string
  /** mqtt://… for the schools. */
  brokerUrl: string
  fleet: Fleet
  /** All addresses of its screens' server. */
  routes(): string[]
  stop(): Promise<void>
}

/** A takeover or a flapping line: gone is said when the site has not come back within this. */
const goneAfterMs = 2_000
const tidyEveryMs = 60_000
const cleanEveryMs = 3_600_000
const dayMs = 24 * 3_600_000

/** Nothing that opens a door may reach a log, whoever logs it. */
const secrets = ['password', 'passwordHash', 'secret', 'token', 'cookie', 'authorization'].flatMap(key => [key, `*.${key}`, `*.*.${key}`])

/** Starts a city from its file. Throws a CityConfigError with all complaints, or what the system says (a port in use). */
export async function startCity({
  configPath,
  log = cityLog(),
  webRoot = builtScreens(),
  clock = Date.now,
}: CityOptions): Promise<RunningCity> {
  const config = readCity(configPath)
  await using stack = new AsyncDisposableStack()
  const store = openStore(join(config.data, 'city.db'))
  stack.defer(() => void store.close())
  const events = createEventStore(store)
  const commands = createCommandStore(store)
  const people = createPeopleStore(store, clock)
  await settlePeople(config, people)
  const fleet = new Fleet({ sites: config.sites, clock })
  const files = openFileStore(config.data)
  const photos = openPhotoFiles(join(config.data, 'photos'))
  const care = createCareStore(store)
  const door = createDoor(log)

  const courier = createCourier({
    commands,
    sites: config.sites.map(({ id }) => id),
    publish: (site, command) => say('commands', site, command),
    online: site => fleet.site(site)?.link.link === 'online',
    log,
    clock,
  })
  stack.defer(() => courier.close())
  const intake = createIntake({
    events,
    fleet,
    confirm: (site, number) => say('confirmed', site, { number }),
    born: (site, driftMs) => courier.born(site, driftMs),
    plans: (site, plans) => care.putPlans(site, plans),
    // A permit given by one school is good in the others its holder works for.
    told: (_site, fresh) => {
      if (fresh.some(event => event.kind === 'permit' && event.permit.person.role !== 'pupil')) directoryChanged()
    },
    log,
    clock,
  })
  stack.defer(() => intake.close())
  intake.restore()

  const leaving = new Map<string, NodeJS.Timeout>()
  stack.defer(() => leaving.forEach(timer => void clearTimeout(timer)))
  const { host, port, tls } = config.broker
  const broker = await startBroker({
    host,
    port,
    ...(tls && { tls: { port: tls.port, certFile: tls.cert, keyFile: tls.key } }),
    log,
    clock,
    login: (username, password) => wireLogin(config, username, password),
    heard: (topic, payload) => {
      const message = door.read(topic, payload)
      if (message === undefined) return
      try {
        if (message.name === 'reply') courier.answered(topic.site, message.reply)
        else intake.take(topic.site, message)
      } catch (error) {
        // The store could not (a full disk): this message is lost, its sender says it again; the others go on.
        log.error({ err: error, site: topic.site, topic: topic.name }, 'message could not be taken')
      }
    },
    alive: site => fleet.apply(site, { name: 'heard' }),
    gone: site => {
      clearTimeout(leaving.get(site))
      leaving.set(
        site,
        setTimeout(() => {
          leaving.delete(site)
          if (broker.connections(site) === 0) fleet.apply(site, { name: 'gone' })
        }, goneAfterMs),
      )
    },
  })
  stack.defer(() => broker.close())
  function say(name: 'commands' | 'confirmed' | 'directory', site: string, payload: unknown): void {
    broker.publish(name, site, payload).catch(error => log.error({ err: error, site, topic: name }, 'could not publish'))
  }
  function directoryChanged(): void {
    people.touch()
    for (const { id } of config.sites) say('directory', id, people.directory(id))
  }
  // Retained messages end with the broker: said anew at every start.
  for (const { id } of config.sites) {
    say('confirmed', id, { number: events.site(id).contiguous })
    say('directory', id, people.directory(id))
  }

  const tidying = setInterval(() => fleet.tidy(), tidyEveryMs)
  const cleaning = setInterval(() => {
    files.forgetOlderThan(config.rules.keepFilesDays * dayMs, clock()).then(
      gone => gone > 0 && log.info({ gone }, 'old files deleted'),
      error => log.error({ err: error }, 'could not delete old files'),
    )
    const shown = new Set(config.sites.flatMap(({ id }) => photosOf(care.of(id, clock()).orders)))
    photos.prune(shown, clock()).catch((error: unknown) => log.error({ err: error }, 'could not delete old photos'))
  }, cleanEveryMs)
  stack.defer(() => {
    clearInterval(tidying)
    clearInterval(cleaning)
  })

  const web = await startWeb({
    workplace: createCityWorkplace({ config, store, fleet, courier, events, people, files, care, photos, clock, directoryChanged }),
    host: config.screen.host,
    port: config.screen.port,
    webRoot,
    log,
    clock,
    sessions: createStoreShelf(store),
    push: { keys: pushKeys(join(config.data, 'push.json')), send: pushSender(config.contact) },
    sentFiles: openSentFiles(join(config.data, 'slicer-files.json')),
    uploadLimitBytes: config.rules.uploadMaxMb * 1_048_576,
    trustProxy: config.trustProxy,
    origins: config.origins,
  })
  stack.defer(() => web.close())
  log.info({ url: web.url, broker: broker.url, tls: broker.tlsUrl, sites: config.sites.length }, 'the city is open')
  const open = stack.move()
  return { url: web.url, brokerUrl: broker.url, fleet, routes: web.routes, stop: () => open.disposeAsync() }
}

/** `tsekh city city.yaml`: runs until it is told to end. Answers the exit status. */
export async function cityCommand(argv: string[]): Promise<number> {
  const [configPath] = argv
  if (configPath === undefined || argv.length > 1) {
    console.error('tsekh city: give one file, e.g. tsekh city city.yaml')
    return 2
  }
  const log = cityLog()
  let city: RunningCity
  try {
    city = await startCity({ configPath, log })
  } catch (error) {
    if (error instanceof CityConfigError) {
      console.error(error.message)
      return 2
    }
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      console.error(`tsekh city: ${error.message}: another program has this port; end it or give another port in ${configPath}`)
      return 1
    }
    throw error
  }
  // Three hundred pages opened at once make V8 triple the young part of its heap, for good: 285 MB where 210 do. It stays as the start left it.
  setFlagsFromString('--semi-space-growth-factor=1')
  // One word on standard output for whoever started us; everything else is the log's.
  console.log(JSON.stringify({ ready: 'city', url: city.url, broker: city.brokerUrl }))
  await new Promise<void>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  await city.stop()
  return 0
}

function cityLog(): Logger {
  const level = process.env.TSEKH_LOG ?? 'info'
  return pino({ name: 'city', level, redact: { paths: secrets, censor: '(not shown)' } }, pino.destination({ dest: 2, sync: false }))
}

function builtScreens(): string {
  return fileURLToPath(new URL('./web/dist', import.meta.url))
}

function wireLogin(config: CityConfig, username: string, password: string): Login | undefined {
  const site = config.sites.find(({ id }) => id === username)
  if (site !== undefined) return sameSecret(site.password, password) ? { kind: 'school', site: site.id } : undefined
  const observer = config.observers.find(({ login }) => login === username)
  return sameSecret(observer?.password, password) && observer !== undefined
    ? { kind: 'observer', name: observer.login, sites: observer.sites }
    : undefined
}

/** The file's people become the accounts. A plain password that has not changed keeps its hash, so that directories stay as they are. */
async function settlePeople(config: CityConfig, people: PeopleStore): Promise<void> {
  const accounts = await Promise.all(
    config.people.map(async ({ id, login, name, role, sites, password, passwordHash }): Promise<Account> => {
      const hash = passwordHash ?? (await hashOf(password ?? '', people.account(login)?.passwordHash))
      return { id: id ?? login, login, name, role, sites, passwordHash: hash }
    }),
  )
  people.replace(accounts)
}

async function hashOf(password: string, known: string | undefined): Promise<string> {
  return known !== undefined && (await checkPassword(password, known)) ? known : await hashPassword(password)
}
