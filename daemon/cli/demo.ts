// The demo: a city, three schools and their simulated machines, each a process of its own, all on loopback. Ctrl-C ends all of it.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { stringify } from 'yaml'
import { buildWeb } from '../../dashboard/web/build.ts'
import { type Child, startChild } from './child.ts'
import { deviceArgs } from './demo-devices.ts'
import { type DemoMachine, demoPeople, demoSchools } from './demo-plan.ts'
import { schoolConfig } from './demo-school.ts'
import { freePort } from './free-port.ts'

const project = resolve(import.meta.dirname, '../..')

/** Rooms lift the tool and switch heaters and lasers off before they end; devices and the city have nothing to finish. */
const patienceMs = { school: 20_000, device: 3_000, city: 5_000 }

/** `tsekh demo`: runs until Ctrl-C, or until a part of it ends by itself. Answers the exit status. */
export async function demoCommand(argv: string[]): Promise<number> {
  const options = readOptions(argv)
  if (typeof options === 'string') {
    console.error(`tsekh demo: ${options}`)
    return 2
  }
  const { folder, speed } = options
  if (options.fresh) rmSync(folder, { recursive: true, force: true })
  const logs = join(folder, 'logs')
  mkdirSync(logs, { recursive: true })

  const started: { children: Child[]; patienceMs: number }[] = []
  const asked = new Promise<'asked'>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve('asked'))
  })
  let status = 0
  try {
    console.log('Building the screens…')
    await buildWeb()
    console.log('Starting the city, the schools and their machines…')
    const starting = startAll(folder, logs, speed, started)
    if ((await Promise.race([starting, asked])) !== 'asked') {
      announce(await starting, relative(process.cwd(), logs))
      const first = await Promise.race([asked, firstToEnd(started.flatMap(({ children }) => children))])
      if (first !== 'asked') {
        console.error(`${first} ended by itself; its log is ${join(logs, `${first}.log`)}. Ending the rest.`)
        status = 1
      }
    } else await starting.catch(() => undefined)
  } catch (error) {
    console.error(`tsekh demo: ${error instanceof Error ? error.message : String(error)}`)
    status = 1
  }
  console.log('\nEnding: machines are made safe first…')
  for (const { children, patienceMs } of started.toReversed()) await Promise.all(children.map(child => child.stop(patienceMs)))
  console.log('Everything has ended.')
  return status
}

type Options = { folder: string; speed: number; fresh: boolean }

function readOptions(argv: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: argv,
      options: { speed: { type: 'string', default: '1' }, data: { type: 'string' }, fresh: { type: 'boolean', default: false } },
    })
    const speed = Number(values.speed)
    if (!(speed > 0 && speed <= 1000)) return `--speed ${values.speed}: give how many times faster the machines move, 1 to 1000`
    return { folder: resolve(values.data ?? join(project, 'data/demo')), speed, fresh: values.fresh }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

type Place = { name: string; url: string }
type Town = { cityUrl: string; schools: Place[]; windows: Place[] }

/** Starts in the order of need: machines, city, schools. What was started so far stands in `started`, so that it can be ended. */
async function startAll(folder: string, logs: string, speed: number, started: { children: Child[]; patienceMs: number }[]): Promise<Town> {
  const taken = new Set<number>()
  const [cityPort, brokerPort] = [await freePort(8080, taken), await freePort(1883, taken)]
  const passwords = new Map(demoSchools.map(({ id }) => [id, randomBytes(18).toString('base64url')]))

  const group = (patienceMs: number) => {
    const children: Child[] = []
    started.push({ children, patienceMs })
    return children
  }
  const cityGroup = group(patienceMs.city)
  const deviceGroup = group(patienceMs.device)
  const schoolGroup = group(patienceMs.school)

  const cityFile = join(folder, 'city.yaml')
  writeFileSync(cityFile, stringify(cityConfig(folder, cityPort, brokerPort, passwords)), { mode: 0o600 })
  const city = startChild('city', ['city', cityFile], logs, isReady)
  cityGroup.push(city)

  const hasSocat = (process.env.PATH ?? '').split(':').some(bin => existsSync(join(bin, 'socat')))
  const ports = new Map<string, string>()
  const windows = new Map<string, number>()
  for (const school of demoSchools) {
    for (const { id, window } of school.machines) if (window) windows.set(`${school.id}-${id}`, await freePort(8091 + windows.size, taken))
  }
  const devices = demoSchools.flatMap(school =>
    school.machines.map(async machine => {
      const name = `${school.id}-${machine.id}`
      const terminal = join(folder, 'ports', name)
      const listen = machine.terminal && hasSocat ? `pty://${terminal}` : 'tcp://127.0.0.1:0'
      mkdirSync(join(folder, 'ports'), { recursive: true })
      const args = deviceArgs(machine, listen, speed, join(project, 'drivers/models'), windows.get(name))
      const child = startChild(name, args, logs, line => line.startsWith('listening '))
      deviceGroup.push(child)
      const address = (await child.ready).slice('listening '.length).trim()
      ports.set(name, address.startsWith('pty://') ? address.slice('pty://'.length) : address)
    }),
  )
  await Promise.all([city.ready, ...devices])

  const schools = demoSchools.map(async (school, index) => {
    const port = await freePort(8081 + index, taken)
    const file = join(folder, `${school.id}.yaml`)
    const portOf = (machine: DemoMachine) => ports.get(`${school.id}-${machine.id}`) ?? ''
    const wire = { broker: `mqtt://127.0.0.1:${brokerPort}`, web: `http://127.0.0.1:${cityPort}`, password: passwords.get(school.id) }
    const windowOf = (machine: DemoMachine) => windows.get(`${school.id}-${machine.id}`)
    writeFileSync(file, stringify(schoolConfig(school, folder, port, portOf, windowOf, wire)), { mode: 0o600 })
    const child = startChild(school.id, ['school', file, '--stop-room'], logs, isReady)
    schoolGroup.push(child)
    await child.ready
    return { name: school.name, url: `http://127.0.0.1:${port}` }
  })
  const named = demoSchools.flatMap(school =>
    school.machines.map(machine => ({ name: `${school.name}, ${machine.name}`, port: windows.get(`${school.id}-${machine.id}`) })),
  )
  const seen = named.flatMap(({ name, port }) => (port === undefined ? [] : [{ name, url: `http://127.0.0.1:${port}` }]))
  return { cityUrl: `http://127.0.0.1:${cityPort}`, schools: await Promise.all(schools), windows: seen }
}

/** A city and a school say where their screen is as one JSON object. */
const isReady = (line: string) => line.includes('"url"')

function cityConfig(folder: string, screenPort: number, brokerPort: number, passwords: Map<string, string>) {
  return {
    name: 'Технопарк',
    data: join(folder, 'city'),
    screen: { host: '127.0.0.1', port: screenPort },
    broker: { host: '127.0.0.1', port: brokerPort },
    sites: demoSchools.map(({ id, name }) => ({ id, name, password: passwords.get(id) })),
    people: demoPeople.map(person => ({ ...person, password: person.login })),
    demo: true,
  }
}

function firstToEnd(children: Child[]): Promise<string> {
  return Promise.race(children.map(child => child.ended.then(() => child.name)))
}

function announce({ cityUrl, schools, windows }: Town, logs: string): void {
  const rows = schools.map(({ name, url }) => `  ${url}   ${name}: its own screen (lasers and mills start here)`)
  const people = demoPeople.map(({ login, role, name }) => `  ${login.padEnd(14)} ${role.padEnd(14)} ${name}`)
  console.log(
    [
      '',
      `Tsekh is running. Open ${cityUrl}`,
      '',
      `  ${cityUrl}   the city`,
      ...rows,
      ...windows.map(({ name, url }) => `  ${url}   ${name}: the bed, and the buttons on the machine itself`),
      '',
      'Sign in (the password is the login):',
      ...people,
      '',
      "Files to try: test/fixtures/programs. Drop one on a school's page.",
      `Logs: ${logs}. Ctrl-C ends everything.`,
    ].join('\n'),
  )
}
