// The city's file: read and checked whole at start, all complaints at once, each with the remedy.
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { siteIdSchema } from '../protocols/contract/ids.ts'
import { nearest } from '../protocols/contract/nearest.ts'
import { roleSchema } from '../protocols/contract/role.ts'
import { signOnSchema } from '../protocols/contract/staff.ts'
import { isPasswordHash } from './accounts/password.ts'

/** Shorter ones are guessed; a demo may have them. */
const sitePasswordMin = 16

const idText = 'lower-case latin letters, digits and hyphens, at most 48'
const hostSchema = z.string({ error: 'give an address of this computer, e.g. 127.0.0.1' }).min(1).default('127.0.0.1')
const portSchema = z.int({ error: 'give a port number, 1 to 65535 (0 takes a free one)' }).min(0).max(65_535)
const nameSchema = z.string({ error: 'give a name of 1 to 80 characters' }).min(1).max(80)
const siteSchema = siteIdSchema.refine(() => true, { error: `give a site id: ${idText}` })
const sitesSchema = z.union([z.literal('all'), z.array(siteSchema)], { error: 'give all, or a list of site ids' })
const loginSchema = z.string({ error: 'give the name to sign in with, 1 to 64 characters' }).min(1).max(64)

const citySchema = z.strictObject({
  name: nameSchema.optional(),
  /** Folder for the store and the files. */
  data: z.string({ error: 'give the folder for the store and the files' }).min(1),
  /** The web screens, REST and the files for the schools. */
  screen: z.strictObject({ host: hostSchema, port: portSchema }),
  /** MQTT for the schools. */
  broker: z.strictObject({
    host: hostSchema,
    port: portSchema,
    tls: z
      .strictObject({
        port: portSchema,
        cert: z.string({ error: 'give the file of the certificate (PEM)' }).min(1),
        key: z.string({ error: 'give the file of its key (PEM)' }).min(1),
      })
      .optional(),
  }),
  sites: z
    .array(
      z.strictObject({
        id: siteSchema,
        name: nameSchema,
        password: z.string({ error: 'give the password this school joins with' }).min(1),
      }),
      {
        error: 'give a list of sites, each with id, name and password',
      },
    )
    .min(1)
    .max(2_000),
  /** Who may listen on the broker and say nothing. */
  observers: z
    .array(z.strictObject({ login: loginSchema, password: z.string().min(1), sites: sitesSchema }))
    .max(100)
    .default([]),
  people: z
    .array(
      z.strictObject({
        id: z
          .string()
          .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'give an id of latin letters, digits, _ . and -, at most 64')
          .optional(),
        login: loginSchema,
        name: nameSchema,
        role: roleSchema,
        sites: sitesSchema,
        /** What a sign-on of another house calls this person; the login where absent. */
        signOn: z.string().min(1).max(200).optional(),
        password: z.string().min(1).max(256).optional(),
        passwordHash: z.string().refine(isPasswordHash, 'give a hash as tsekh writes it: scrypt$N$r$p$salt$key').optional(),
      }),
    )
    .max(20_000)
    .default([]),
  /** Sign-ons that are not ours: OpenID Connect. */
  signOn: z.array(signOnSchema).max(30).default([]),
  rules: z
    .strictObject({
      uploadMaxMb: z.int().min(1).max(4_096).default(512),
      keepFilesDays: z.int().min(1).max(3_650).default(30),
    })
    .prefault({}),
  /** Of whoever runs the city: services that carry notices to telephones are told it. */
  contact: z
    .email('give an e-mail address')
    .default('tsekh@example.org')
    .transform(address => `mailto:${address}`),
  /** A reverse proxy stands before the screens. */
  trustProxy: z.boolean().default(false),
  /** Public addresses of the screens, when a proxy changes the Host header, e.g. https://tsekh.example. */
  origins: z.array(z.url()).max(20).default([]),
  /** Shows the people and their passwords on the sign-in page, and lets passwords be short. */
  demo: z.boolean().default(false),
})

export type CityConfig = z.infer<typeof citySchema>

/** All that is wrong with the file, one complaint a line. */
export class CityConfigError extends Error {
  readonly complaints: readonly string[]
  constructor(complaints: readonly string[]) {
    super(complaints.join('\n'))
    this.name = 'CityConfigError'
    this.complaints = complaints
  }
}

/** Reads the city's file. Relative paths in it become absolute, relative to the file. Throws a CityConfigError with every complaint. */
export function readCity(path: string): CityConfig {
  const file = resolve(path)
  const text = readText(file)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true })
  if (document.errors.length > 0) {
    throw new CityConfigError(
      document.errors.map(({ pos, message }) => `${file}:${lines.linePos(pos[0]).line}: not YAML: ${message.split('\n')[0]}`),
    )
  }
  const raw: unknown = document.toJS()
  const say = (at: readonly PropertyKey[], remedy: string) => {
    const value = valueAt(raw, at)
    return `${file}${lineOf(at)}: ${optionName(at)} = ${shown(at, value)}: ${remedy}`
  }
  const lineOf = (at: readonly PropertyKey[]): string => {
    for (let length = at.length; length > 0; length -= 1) {
      const node = document.getIn(at.slice(0, length), true) as { range?: [number, number, number] } | undefined
      if (node?.range) return `:${lines.linePos(node.range[0]).line}`
    }
    return ''
  }
  const parsed = citySchema.safeParse(raw)
  const complaints = parsed.success ? [] : parsed.error.issues.flatMap(issue => formComplaints(issue, raw, say))
  complaints.push(...meaningComplaints(raw, say))
  if (!parsed.success || complaints.length > 0) throw new CityConfigError(complaints)

  const from = dirname(file)
  const { data: config } = parsed
  const { tls } = config.broker
  return {
    ...config,
    data: resolve(from, config.data),
    broker: { ...config.broker, ...(tls && { tls: { port: tls.port, cert: resolve(from, tls.cert), key: resolve(from, tls.key) } }) },
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new CityConfigError([`${file}: cannot be read: ${error instanceof Error ? error.message : String(error)}`])
  }
}

type Say = (at: readonly PropertyKey[], remedy: string) => string

/** What one option alone shows to be wrong. */
function formComplaints(issue: z.core.$ZodIssue, raw: unknown, say: Say): string[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(citySchema, issue.path)
    return issue.keys.map(key => {
      const near = nearest(key, known)
      return say(
        [...issue.path, key],
        near === undefined ? `no such option here; there are ${known.join(', ')}` : `no such option; did you mean "${near}"?`,
      )
    })
  }
  const missing = valueAt(raw, issue.path) === undefined
  return [say(issue.path, missing ? `is missing: ${issue.message}` : issue.message)]
}

/** What only several options together show, looked for even in a file with other mistakes, so that one start shows all. */
function meaningComplaints(raw: unknown, say: Say): string[] {
  const file = group(raw)
  const sites = list(file.sites)
  const people = list(file.people)
  const observers = list(file.observers)
  const known = sites.flatMap(({ id }) => (typeof id === 'string' ? [id] : []))
  const complaints = [
    ...doubled(sites, 'sites', 'id', 'give each site its own id', say),
    ...doubled(people, 'people', 'login', 'give each person a login of their own', say),
    ...doubled(people, 'people', 'id', 'give each person an id of their own', say),
    ...doubled(observers, 'observers', 'login', 'give each observer a login of its own', say),
  ]
  for (const [index, { password }] of sites.entries()) {
    if (file.demo === true || typeof password !== 'string' || password.length >= sitePasswordMin) continue
    complaints.push(
      say(['sites', index, 'password'], `give at least ${sitePasswordMin} random characters, e.g. from: openssl rand -base64 24`),
    )
  }
  for (const [index, { login }] of observers.entries()) {
    if (known.some(id => id === login)) complaints.push(say(['observers', index, 'login'], 'a site has this name; give another'))
  }
  for (const [index, { password, passwordHash }] of people.entries()) {
    if (password === undefined && passwordHash === undefined)
      complaints.push(say(['people', index, 'password'], 'is missing: give password or passwordHash'))
    if (password !== undefined && passwordHash !== undefined)
      complaints.push(say(['people', index, 'passwordHash'], 'give password or passwordHash, not both'))
  }
  for (const [name, entries] of [
    ['people', people],
    ['observers', observers],
  ] as const) {
    for (const [index, { sites: allowed }] of entries.entries()) {
      for (const [place, site] of (Array.isArray(allowed) ? allowed : []).entries()) {
        if (typeof site !== 'string' || known.includes(site)) continue
        const near = nearest(site, known)
        complaints.push(
          say(
            [name, index, 'sites', place],
            near === undefined ? `no such site; there are ${known.join(', ')}` : `no such site; did you mean "${near}"?`,
          ),
        )
      }
    }
  }
  return complaints
}

function doubled(entries: Record<string, unknown>[], name: string, key: string, remedy: string, say: Say): string[] {
  const seen = new Set<unknown>()
  return entries.flatMap((entry, index) => {
    const value = entry[key]
    if (value === undefined || !seen.has(value)) {
      seen.add(value)
      return []
    }
    return [say([name, index, key], remedy)]
  })
}

function group(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function list(value: unknown): Record<string, unknown>[] {
  return (Array.isArray(value) ? value : []).map(group)
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce(
    (at: unknown, part) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[part] : undefined),
    raw,
  )
}

type Inside = { def?: { innerType?: z.ZodType; element?: z.ZodType }; shape?: Record<string, z.ZodType> }

/** The options known at a path of the schema. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const open = (type: z.ZodType | undefined): Inside => {
    const inner = (type as Inside | undefined)?.def?.innerType
    return inner === undefined ? ((type ?? {}) as Inside) : open(inner)
  }
  const place = path.reduce((at: Inside, part) => open(typeof part === 'number' ? at.def?.element : at.shape?.[String(part)]), open(schema))
  return Object.keys(place.shape ?? {})
}

function optionName(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '(the whole file)'
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`)).join('')
}

function shown(path: readonly PropertyKey[], value: unknown): string {
  if (value === undefined) return '(nothing)'
  if (/password|hash|secret/i.test(String(path.at(-1)))) return '(not shown)'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? `a list of ${value.length}` : 'a group of options'
  return (JSON.stringify(value) ?? String(value)).slice(0, 60)
}
