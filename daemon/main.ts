// A school's process: where everything of the daemon meets once. `tsekh school school.yaml` runs it.
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Logger } from 'pino'
import { checkPassword, hashPassword } from '../dashboard/accounts/password.ts'
import { Fleet } from '../dashboard/fleet/fleet.ts'
import { openPhotoFiles } from '../dashboard/server/photo-files.ts'
import { startWeb } from '../dashboard/server/web.ts'
import { openSentFiles } from '../dashboard/slicers/sent-files.ts'
import { pushKeys, pushSender } from '../dashboard/tickets/push.ts'
import { ticketKey } from '../dashboard/tickets/secret.ts'
import type { Workplace } from '../dashboard/workplace.ts'
import packageFile from '../package.json' with { type: 'json' }
import { clearanceOf, wantsPermit } from '../protocols/contract/permit.ts'
import { AnalysisOffice } from './analyst.ts'
import { Cameras } from './camera/cameras.ts'
import { picturePoster } from './camera/post.ts'
import { schoolCameras } from './camera/screen.ts'
import { CareDesk, loadKindPlans } from './care-plans.ts'
import { ConfigError, readSchool, type SchoolConfig } from './config.ts'
import { Desk } from './desk.ts'
import { FairQueue } from './fair-queue.ts'
import { feedFleet } from './feed-fleet.ts'
import { fetchFile } from './fetch.ts'
import { Files } from './files.ts'
import { confirmedBy, Floor } from './floor.ts'
import { machineOf } from './folds.ts'
import { createBeginRule } from './forecast/begin-rule.ts'
import { Forecaster, heatingOf } from './forecast/forecaster.ts'
import { hoursOf, toldHours } from './forecast/hours-file.ts'
import { Framing } from './framing.ts'
import { keepHouse } from './housekeeping.ts'
import { launchRoom, roomSocket } from './launch.ts'
import { Listening } from './listening.ts'
import { takeFolder } from './lock.ts'
import { createLog } from './log.ts'
import { Machines } from './machines.ts'
import { loadModels } from './models.ts'
import { openPeopleOffice, schoolSecret } from './people-office.ts'
import type { Permits } from './permits.ts'
import { PhotoPost } from './photo-post.ts'
import { PicturePost } from './picture-post.ts'
import { Programs } from './programs.ts'
import { createQuotas } from './quotas.ts'
import { Rejudge } from './rejudge.ts'
import { Room } from './room.ts'
import { createSaid } from './said.ts'
import { Starter } from './starter.ts'
import { Store } from './store.ts'
import { Submissions } from './submissions.ts'
import { Uplink } from './uplink.ts'
import { schoolWorkplace } from './workplace.ts'

export type SchoolOptions = {
  readonly configPath: string
  readonly log?: Logger
  /** Aborting it stops the school; running jobs go on in the machine room. */
  readonly signal?: AbortSignal
}

export type RunningSchool = {
  /** Of the school's own screen. */
  readonly url: string
  /** Whether the machine room is there and brought up to date; for whoever starts and waits. */
  readonly settled: () => boolean
  /** All addresses of its screen's server. */
  readonly routes: () => string[]
  /** Resolves when everything is closed. With `stopRoom` the machine room ends too, its running jobs cancelled first. */
  stop(options?: { stopRoom?: boolean }): Promise<void>
}

/** Starts a school. Rejects with ConfigError (all complaints), or when its data folder or its screen's port is taken. */
export async function startSchool({ configPath, log: givenLog, signal }: SchoolOptions): Promise<RunningSchool> {
  const modelsFolder = fileURLToPath(new URL('../drivers/models', import.meta.url))
  const read = readSchool(configPath, loadModels(modelsFolder))
  if ('complaints' in read) throw new ConfigError(read.complaints)
  const { config, models } = read
  const log = givenLog ?? createLog(`school ${config.site.id}`, process.env.TSEKH_LOG ?? 'info')
  await using open = new AsyncDisposableStack()

  mkdirSync(config.data, { recursive: true, mode: 0o700 })
  const lock = takeFolder(config.data)
  if (lock === undefined) throw new Error(`another school is at work in ${config.data}`)
  open.defer(() => lock.release())
  const store = open.use(new Store(join(config.data, 'school.sqlite')))
  const files = new Files(config.data, config.rules.uploadMaxMb * 1_048_576)
  const nowMs = () => Date.now()
  const closing = new AbortController()
  const analyst = new AnalysisOffice()
  open.defer(() => analyst.close())

  const secret = schoolSecret(join(config.data, 'secret.key'))
  const office = await openPeopleOffice({ config, store, secret, hash: hashPassword, check: checkPassword, nowMs })
  const { people } = office
  const said = createSaid(store)
  const machines = new Machines({
    machines: config.machines,
    models,
    memory: id => store.machine(id),
    known: said.of,
    heating: id => heatingOf(store, id),
    nowMs,
  })
  open.defer(() => machines.close())
  const { city } = config
  const pictures = city && new PicturePost({ city, store, files, log, signal: closing.signal })
  const programs = new Programs({
    files,
    store,
    analyse: analyst.analyse,
    facts: () => machines.facts(),
    ...(city ? { fetch: (wanted, until) => fetchFile(wanted.sha256, wanted.size, { files, city }, until) } : {}),
    nowMs,
  })

  const hours = hoursOf(config.hours)
  const queue = new FairQueue({ store, nowMs, log })
  open.defer(() => queue.close())
  const lessons = () => store.records.comingLessons(nowMs())
  const quotas = createQuotas({ store, timeZone: hours.timeZone, nowMs })
  const forecaster: Forecaster = new Forecaster({
    store,
    machines,
    hours,
    rules: config.rules,
    startable: id => anybodyMayStart(config, office.permits, machines, id, nowMs()),
    fair: () => queue.standing(),
    lessons,
    stirred: () => starter.stir(),
    nowMs,
    log,
  })
  open.defer(() => forecaster.close())
  const rejudge = new Rejudge({ store, machines, programs, nowMs, log })
  open.defer(() => rejudge.close())
  open.defer(
    machines.watch({
      machine: (id, { firmware }) => {
        if (said.hear(id, firmware)) rejudge.stir()
      },
      telemetry: () => undefined,
    }),
  )

  const listening = new Listening()
  const floor = new Floor({
    store,
    machines,
    confirm: number => room.confirm(number),
    heard: (machine, line) => listening.heard(machine, line),
    stirred: () => starter.stir(),
    // A reset forgets G92: where the frame lay is no longer certain.
    disarmed: machine => framing.noticed(machine, 'machine.reset'),
    nowMs,
    log,
  })
  const socketPath = roomSocket(config.data)
  const room: Room = new Room({
    socketPath,
    launch: () => launchRoom(socketPath, config.data, log),
    machines: () => machines.setups(),
    confirmed: () => confirmedBy(store)?.number ?? 0,
    listener: floor,
    log,
  })
  open.defer(() => room.close())
  const starter: Starter = new Starter({
    store,
    machines,
    room,
    programs,
    autoStartPrinters: config.rules.autoStartPrinters,
    mayBegin: createBeginRule({
      hours,
      runPastClosing: config.rules.runPastClosing,
      seconds: (job, machine) => forecaster.seconds(job, machine),
      lessons,
      nowMs,
    }),
    queue,
    nowMs,
    log,
  })
  open.defer(() => starter.close())

  const care = new CareDesk({ kinds: loadKindPlans(modelsFolder), machines: config.machines, models, store, nowMs })
  const photos = openPhotoFiles(join(config.data, 'photos'))
  const photoPost = city && new PhotoPost({ city, book: store.records.care, photos, nowMs, log, signal: closing.signal })
  let cityOffsetMs = 0
  const time = { hours, rules: config.rules }
  const submissions = new Submissions({
    site: config.site.id,
    store,
    machines,
    programs,
    rules: config.rules,
    time,
    quota: quotas.judge,
    join: jobs => queue.join(jobs),
    nowMs,
  })
  const framing = new Framing({ machines, programs, required: config.rules.requireFrame })
  const cameras = new Cameras({
    machines: config.machines,
    folder: join(config.data, 'cameras'),
    nowMs,
    log,
    signal: closing.signal,
    ...(city ? { send: picturePoster(city, nowMs, closing.signal) } : {}),
  })
  open.defer(cameras.begin())
  open.defer(store.watch(events => cameras.remember(events)))
  const desk = new Desk({
    cameras,
    framing,
    listening,
    care,
    site: config.site.id,
    store,
    machines,
    people,
    permits: office.permits,
    pupils: office.pupils,
    ...(office.pinAtStart ? { pins: office.pins } : {}),
    room,
    starter,
    queue,
    timeZone: hours.timeZone,
    programs,
    submissions,
    nowMs,
    clocksOf: origin => (origin === 'city' ? [nowMs() + cityOffsetMs, nowMs()] : [nowMs()]),
    log,
    signal: closing.signal,
  })

  const session = randomUUID()
  const { version } = packageFile
  const fleet = new Fleet({ sites: [config.site] })
  feedFleet(fleet, { config, session, version, store, machines, people, nowMs }, open)
  open.defer(
    store.watch(events => {
      for (const machine of new Set(events.map(machineOf))) if (machine !== undefined) machines.refresh(machine)
      starter.stir()
    }),
  )

  open.defer(forecaster.watch(payload => fleet.apply(config.site.id, { name: 'queue', payload })))
  forecaster.start()

  // First of all that takes time: a fresh room needs a second to open its door.
  room.start()
  const workplace = schoolWorkplace({
    quotas,
    site: config.site.id,
    fleet,
    store,
    desk,
    files,
    programs,
    fileComes: () => analyst.warm(),
    cameras: schoolCameras(config.site.id, cameras, store, machines),
    care,
    photos,
    people,
    office: office.screen,
    ticketKeys: [...(city ? [ticketKey(config.site.id, city.password)] : []), secret],
    ...(config.demo ? { demoAccounts: demoAccounts(config) } : {}),
    nowMs,
  }) satisfies Workplace
  const web = await startWeb({
    workplace,
    host: config.screen.host,
    port: config.screen.port,
    webRoot: fileURLToPath(new URL('../dashboard/web/dist', import.meta.url)),
    log,
    sessions: store.sessions,
    push: { keys: pushKeys(join(config.data, 'push.json')), send: pushSender(config.contact) },
    sentFiles: openSentFiles(join(config.data, 'slicer-files.json')),
    uploadLimitBytes: config.rules.uploadMaxMb * 1_048_576,
  })
  open.defer(() => web.close())
  if (city && pictures) {
    const uplink = new Uplink({
      city,
      site: config.site.id,
      name: config.site.name,
      session,
      version,
      hours: toldHours(config.hours),
      store,
      machines,
      desk,
      people,
      pictures,
      forecast: () => forecaster.last,
      care: () => care.plans(),
      ...(photoPost ? { photos: photoPost } : {}),
      learnOffset: offsetMs => {
        cityOffsetMs = offsetMs
      },
      nowMs,
      log,
    })
    open.defer(() => uplink.close())
    open.defer(forecaster.watch(() => uplink.queue()))
    uplink.start()
  }
  const { keepFilesDays } = config.rules
  open.defer(keepHouse({ keepFilesDays, store, machines: machines.ids, files, programs, photos, tidy: () => fleet.tidy(), nowMs, log }))
  log.info({ url: web.url, machines: machines.ids.length, lastEvent: store.lastNumber, version }, 'the school is open')

  const toClose = open.move()
  let stopping: Promise<void> | undefined
  const stop = (options: { stopRoom?: boolean } = {}): Promise<void> => {
    stopping ??= (async () => {
      closing.abort()
      starter.close()
      if (options.stopRoom) await room.shutdown()
      await toClose.disposeAsync()
      log.info('the school is closed')
    })()
    return stopping
  }
  signal?.addEventListener('abort', () => void stop(), { once: true })
  if (signal?.aborted) await stop()
  return { url: web.url, settled: () => room.settled, routes: web.routes, stop }
}

/** `tsekh school school.yaml [--stop-room]`. Resolves with the exit status once the school has been told to end and has. */
export async function schoolCommand(argv: readonly string[]): Promise<number> {
  const usage = 'tsekh school: give the school’s file: tsekh school school.yaml [--stop-room]\n'
  let parsed: { values: { 'stop-room'?: boolean }; positionals: string[] }
  try {
    parsed = parseArgs({ args: [...argv], allowPositionals: true, options: { 'stop-room': { type: 'boolean' } } })
  } catch (error) {
    process.stderr.write(`tsekh school: ${error instanceof Error ? error.message : String(error)}\n${usage}`)
    return 2
  }
  const [configPath, ...rest] = parsed.positionals
  if (configPath === undefined || rest.length > 0) {
    process.stderr.write(usage)
    return 2
  }
  const told = new Promise<void>(resolve => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve())
  })
  try {
    const school = await startSchool({ configPath })
    process.stdout.write(`${JSON.stringify({ school: configPath, url: school.url })}\n`)
    await told
    await school.stop({ stopRoom: parsed.values['stop-room'] === true })
    return 0
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return error instanceof ConfigError ? 2 : 1
  }
}

/** Lasers and mills wait for somebody with a permit; does anybody here have one now? */
function anybodyMayStart(config: SchoolConfig, permits: Permits, machines: Machines, id: string, at: number): boolean {
  const kind = machines.forQueue(id)?.kind
  const model = machines.config(id)?.model
  if (kind === undefined || model === undefined || !wantsPermit(kind)) return true
  const machine = { site: config.site.id, id, model, kind }
  return permits.all().some(permit => clearanceOf([permit], permit.person.id, machine, at).clearance === 'valid')
}

function demoAccounts(config: SchoolConfig): { login: string; password: string; role: string }[] {
  return config.people.flatMap(({ login, password, role }) => (password === undefined ? [] : [{ login, password, role }]))
}
