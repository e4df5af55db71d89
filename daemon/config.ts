// The school's file: read and checked whole at start; all complaints at once.
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { machineIdSchema, siteIdSchema } from '../protocols/contract/ids.ts'
import { machineKindSchema } from '../protocols/contract/machine.ts'
import type { Model } from '../protocols/contract/model.ts'
import { nearest } from '../protocols/contract/nearest.ts'
import { roleSchema } from '../protocols/contract/role.ts'
import { signOnSchema } from '../protocols/contract/staff.ts'
import { type CameraConfig, cameraComplaints, cameraSchema, readCamera } from './camera/config.ts'
import { type Complaint, complaintsOf, complaintText, optionName } from './complaints.ts'
import { hoursSchema } from './forecast/hours-file.ts'
import { loadModels } from './models.ts'

const idText = 'lower-case latin letters, digits and hyphens, at most 48'
const nameSchema = z.string().min(1).max(80).describe('a name of 1 to 80 characters')
const tcpPort = z.int().min(0).max(65_535).describe('a port number, 1 to 65535 (0 takes a free one)')

const machineSchema = z.strictObject({
  id: machineIdSchema.describe(`the machine's id: ${idText}`),
  name: nameSchema,
  model: z.string().describe('the id of a model, i.e. the name of a file in drivers/models without .yaml'),
  port: z
    .string()
    .regex(/^(\/[^\s]+|tcp:\/\/(\[[0-9a-fA-F:]+\]|[^\s:/]+):\d{1,5})$/)
    .describe('a device such as /dev/serial/by-id/… or an address such as tcp://10.0.0.5:23'),
  baud: z.int().min(1200).max(4_000_000).optional().describe('the serial speed in bits a second, e.g. 115200'),
  kind: machineKindSchema.optional().describe('printer, laser or mill, where it is not what the model says'),
  readOnly: z.boolean().default(false).describe('true or false: whether we may only watch this machine'),
  /** Over the model's figures and under what the firmware says: `$n` or an M503 key → value. */
  settings: z.record(z.string(), z.string()).optional().describe('firmware settings as text, e.g. { "$110": "5000" }'),
  startButton: z
    .boolean()
    .optional()
    .describe("true or false: whether a start button of the machine's own is wired to its controller's cycle start"),
  camera: cameraSchema.optional().describe('a group with snapshot or stream'),
  /** Whether pupils' jobs for this machine wait for a teacher; the school's rule where absent. */
  approval: z.boolean().optional().describe("true or false: whether pupils' jobs for it wait for a teacher"),
})

const personSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .describe('an id of latin letters, digits, _ and -, at most 64'),
  name: nameSchema,
  login: z.string().min(1).max(64).describe('the name to sign in with, 1 to 64 characters'),
  role: roleSchema.describe('pupil, teacher, technician or administrator'),
  /** What a sign-on of another house calls this person; the login where absent. */
  signOn: z.string().min(1).max(200).optional().describe('what the sign-on provider calls this person, e.g. an e-mail address'),
  passwordHash: z
    .string()
    .regex(/^scrypt\$\d+\$\d+\$\d+\$[\w-]+\$[\w-]+$/)
    .optional()
    .describe('a hash as tsekh writes it: scrypt$N$r$p$salt$key'),
  password: z.string().min(1).optional().describe('the password in plain text; allowed with demo: true only'),
})

const schoolSchema = z.strictObject({
  site: z.strictObject({ id: siteIdSchema.describe(`the school's id: ${idText}`), name: nameSchema }).describe('a group with id and name'),
  data: z.string().min(1).describe('the folder for the queue and the files'),
  screen: z
    .strictObject({ host: z.string().min(1).default('127.0.0.1').describe('an address of this computer'), port: tcpPort })
    .describe('a group with host and port'),
  city: z
    .strictObject({
      broker: z
        .string()
        .regex(/^mqtts?:\/\/[^\s/]+\/?$/)
        .describe("the city's broker, e.g. mqtts://city.example:8883"),
      web: z
        .string()
        .regex(/^https?:\/\/\S+$/)
        .describe("the city's pages, e.g. https://city.example"),
      username: z.string().min(1).optional().describe('the name to join the city with (the site id where absent)'),
      password: z.string().min(1).optional().describe('the password the city gave this school'),
      passwordFile: z.string().min(1).optional().describe('a file with that password'),
    })
    .optional()
    .describe('a group with broker, web and password'),
  contact: z
    .string()
    .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/)
    .default('tsekh@example.org')
    .transform(address => `mailto:${address}`)
    .describe('an e-mail address of whoever runs this school; services that carry notices to telephones are told it'),
  models: z.string().min(1).optional().describe("a folder with the school's own models"),
  machines: z.array(machineSchema).max(200).describe('a list of machines'),
  people: z.array(personSchema).max(2000).default([]).describe('a list of people'),
  /** Sign-ons that are not ours. */
  signOn: z.array(signOnSchema).max(10).default([]).describe('a list of OpenID Connect providers'),
  rules: z
    .strictObject({
      requireFrame: z.boolean().default(false).describe('true or false: whether a laser job starts only after its frame was traced'),
      autoStartPrinters: z.boolean().default(true).describe('true or false: whether a cleared printer takes the next job by itself'),
      approvals: z.enum(['pupils', 'nobody']).default('pupils').describe('pupils or nobody: whose print jobs wait for a teacher'),
      runPastClosing: z.boolean().default(true).describe('true or false: whether a printer may go on alone after closing'),
      jobMaxHours: z
        .number()
        .positive()
        .max(1000)
        .optional()
        .describe("hours a pupil's job may take, e.g. 6; more is for a teacher to decide"),
      jobTooLong: z.enum(['ask', 'stop']).default('ask').describe("ask or stop: what becomes of a pupil's job longer than jobMaxHours"),
      uploadMaxMb: z.int().min(1).max(4096).default(512).describe('the size of the largest file taken, in MB (1 to 4096)'),
      startPin: z
        .enum(['pin', 'session'])
        .optional()
        .describe(
          'pin or session: what a start of a laser or mill asks of whoever stands there (pin where absent, session in a demonstration)',
        ),
      keepFilesDays: z.int().min(1).max(3650).default(60).describe('days to keep the files of ended jobs (1 to 3650)'),
    })
    .prefault({})
    .describe('a group of rules'),
  /** When the school is open; always where absent. */
  hours: hoursSchema.optional(),
  /** Plain passwords are allowed and shown on the sign-in page. */
  demo: z.boolean().default(false).describe('true or false: whether this is a demonstration'),
})

export type MachineConfig = Omit<z.infer<typeof machineSchema>, 'camera'> & { camera?: CameraConfig | undefined }
export type PersonConfig = z.infer<typeof personSchema>
export type SchoolConfig = Omit<z.infer<typeof schoolSchema>, 'city' | 'machines'> & {
  machines: MachineConfig[]
  /** Path of the file it was read from. */
  file: string
  city?: { broker: string; web: string; username: string; password: string }
}

/** Thrown by whoever cannot go on; its message is all complaints, one a line. */
export class ConfigError extends Error {
  readonly complaints: readonly Complaint[]
  constructor(complaints: readonly Complaint[]) {
    super(complaints.map(complaintText).join('\n'))
    this.name = 'ConfigError'
    this.complaints = complaints
  }
}

export type ReadSchool = { config: SchoolConfig; models: Map<string, Model> } | { complaints: Complaint[] }

/**
 * Reads the school's file at `path`. Relative paths in it become absolute, relative to the file.
 * `knownModels` are the product's; models of the school's own folder are added to them and win.
 */
export function readSchool(path: string, knownModels: ReadonlyMap<string, Model>): ReadSchool {
  const file = resolve(path)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return { complaints: [{ file, option: '(the whole file)', value: '(nothing)', remedy: `cannot be read: ${messageOf(error)}` }] }
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true })
  if (document.errors.length > 0) {
    const complaints = document.errors.map(error => ({
      file,
      line: lines.linePos(error.pos[0]).line,
      option: '(the text)',
      value: '(not YAML)',
      remedy: error.message.split('\n')[0] ?? error.message,
    }))
    return { complaints }
  }
  const raw: unknown = document.toJS()
  const lineOf = (at: readonly PropertyKey[]): number | undefined => {
    for (let length = at.length; length > 0; length--) {
      const node = document.getIn(at.slice(0, length), true) as { range?: [number, number, number] } | undefined
      if (node?.range) return lines.linePos(node.range[0]).line
    }
    return undefined
  }
  const complain = (at: readonly PropertyKey[], value: string, remedy: string): Complaint => {
    const line = lineOf(at)
    return { file, ...(line === undefined ? {} : { line }), option: optionName(at), value, remedy }
  }
  const parsed = schoolSchema.safeParse(raw)
  if (!parsed.success) {
    const found = complaintsOf(parsed.error, schoolSchema, raw, file, lineOf)
    return { complaints: [...found, ...meanings(looseOf(raw), new Set(knownModels.keys()), complain, true)] }
  }

  const from = dirname(file)
  const models = new Map(knownModels)
  const complaints: Complaint[] = []
  if (parsed.data.models !== undefined) {
    try {
      for (const [id, model] of loadModels(resolve(from, parsed.data.models))) models.set(id, model)
    } catch (error) {
      complaints.push(complain(['models'], parsed.data.models, messageOf(error)))
    }
  }
  complaints.push(...meanings(looseOf(raw), new Set(models.keys()), complain, false))
  const { city: cityRead, ...rest } = parsed.data
  const city = cityRead === undefined ? undefined : cityOf(cityRead, parsed.data.site.id, from, complain)
  if (city !== undefined && 'complaint' in city) complaints.push(city.complaint)
  const machines = rest.machines.map((machine, index): MachineConfig => {
    const { camera, ...others } = machine
    if (camera === undefined) return others
    const read = readCamera(camera, index, from, complain)
    if ('camera' in read) return { ...others, camera: read.camera }
    complaints.push(read.complaint)
    return others
  })
  if (complaints.length > 0) return { complaints }
  const config: SchoolConfig = { ...rest, machines, file, data: resolve(from, rest.data), ...(city && 'broker' in city ? { city } : {}) }
  return { config, models }
}

type Complain = (at: readonly PropertyKey[], value: string, remedy: string) => Complaint
type Loose = { machines: Record<string, unknown>[]; people: Record<string, unknown>[]; demo: boolean }

/** What can be compared even in a file with other mistakes, so that one start shows them all. */
function looseOf(raw: unknown): Loose {
  const group = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>) : {}
  const list = (value: unknown) =>
    (Array.isArray(value) ? value : []).map(one => (typeof one === 'object' && one !== null ? (one as Record<string, unknown>) : {}))
  return { machines: list(group.machines), people: list(group.people), demo: group.demo === true }
}

/** Complaints that need more than one option to see. With `modelsUnsure` the school's own models are not read yet. */
function meanings(loose: Loose, models: ReadonlySet<string>, complain: Complain, modelsUnsure: boolean): Complaint[] {
  const complaints: Complaint[] = [
    ...doubled(loose.machines, 'machines', 'id', 'give each machine its own id', complain),
    ...doubled(loose.machines, 'machines', 'port', 'another machine has this port; one port, one machine', complain),
    ...cameraComplaints(loose.machines, complain),
    ...doubled(loose.people, 'people', 'id', 'give each person an id of their own', complain),
    ...doubled(loose.people, 'people', 'login', 'give each person a login of their own', complain),
  ]
  for (const [index, machine] of loose.machines.entries()) {
    const model = machine.model
    if (typeof model !== 'string' || models.has(model)) continue
    const near = nearest(model, [...models.keys()])
    if (modelsUnsure && near === undefined) continue
    const remedy =
      near === undefined ? `no such model; there are ${[...models.keys()].join(', ')}` : `no such model; did you mean "${near}"?`
    complaints.push(complain(['machines', index, 'model'], JSON.stringify(model), remedy))
  }
  for (const [index, person] of loose.people.entries()) {
    if (person.password !== undefined && !loose.demo) {
      complaints.push(complain(['people', index, 'password'], '(not shown)', 'plain passwords need demo: true; give passwordHash instead'))
    }
    if (person.password === undefined && person.passwordHash === undefined) {
      complaints.push(complain(['people', index, 'passwordHash'], '(nothing)', 'is missing: give a scrypt hash of the password'))
    }
  }
  return complaints
}

function doubled(list: Record<string, unknown>[], group: string, key: string, remedy: string, complain: Complain): Complaint[] {
  const seen = new Set<unknown>()
  return list.flatMap((one, index) => {
    const value = one[key]
    if (typeof value !== 'string') return []
    if (seen.has(value)) return [complain([group, index, key], JSON.stringify(value), remedy)]
    seen.add(value)
    return []
  })
}

type CityRead = NonNullable<z.infer<typeof schoolSchema>['city']>

function cityOf(
  read: CityRead,
  site: string,
  from: string,
  complain: Complain,
): NonNullable<SchoolConfig['city']> | { complaint: Complaint } {
  const { broker, username = site } = read
  const web = read.web.replace(/\/$/, '')
  const both = read.password !== undefined && read.passwordFile !== undefined
  if (both) return { complaint: complain(['city', 'passwordFile'], '(not shown)', 'give password or passwordFile, not both') }
  if (read.passwordFile !== undefined) {
    try {
      return { broker, web, username, password: readFileSync(resolve(from, read.passwordFile), 'utf8').trim() }
    } catch (error) {
      return { complaint: complain(['city', 'passwordFile'], '(not shown)', `cannot be read: ${messageOf(error)}`) }
    }
  }
  if (read.password === undefined) {
    return { complaint: complain(['city', 'password'], '(nothing)', 'is missing: give password or passwordFile') }
  }
  return { broker, web, username, password: read.password }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
