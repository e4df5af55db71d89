// Turns what zod found wrong in a configuration file into complaints a technician can act on.
import type { z } from 'zod'
import { nearest } from '../protocols/contract/nearest.ts'

/** One thing wrong in a configuration file: where, what stands there, and what to write instead. */
export type Complaint = {
  readonly file: string
  /** 1-based line in the file, where the text has one. */
  readonly line?: number
  /** Path of the option, e.g. `machines[2].port`. */
  readonly option: string
  /** What stands there now, shortened; secrets are not shown. */
  readonly value: string
  readonly remedy: string
}

type Path = readonly PropertyKey[]

/** All complaints about `raw`, which `schema` refused. `lineOf` finds a path's line in the text. */
export function complaintsOf(
  error: z.ZodError,
  schema: z.ZodType,
  raw: unknown,
  file: string,
  lineOf: (path: Path) => number | undefined,
): Complaint[] {
  return error.issues.flatMap(issue => {
    if (issue.code !== 'unrecognized_keys') return [complaint(issue.path, remedyFor(issue, schema, raw))]
    const known = keysAt(schema, issue.path)
    return issue.keys.map(key => {
      const near = nearest(key, known)
      const remedy = near === undefined ? `no such option here; there are ${known.join(', ')}` : `no such option; did you mean "${near}"?`
      return complaint([...issue.path, key], remedy)
    })
  })

  function complaint(path: Path, remedy: string): Complaint {
    const line = lineOf(path)
    return { file, ...(line === undefined ? {} : { line }), option: optionName(path), value: shown(path, valueAt(raw, path)), remedy }
  }
}

/** One complaint on one line: `school.yaml:12: machines[2].port = "COM3": give …`. */
export function complaintText(complaint: Complaint): string {
  const place = complaint.line === undefined ? complaint.file : `${complaint.file}:${complaint.line}`
  return `${place}: ${complaint.option} = ${complaint.value}: ${complaint.remedy}`
}

/** `['machines', 2, 'port']` → `machines[2].port`. */
export function optionName(path: Path): string {
  if (path.length === 0) return '(the whole file)'
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`)).join('')
}

function remedyFor(issue: z.core.$ZodIssue, schema: z.ZodType, raw: unknown): string {
  const what = schemaAt(schema, issue.path)?.description
  const missing = issue.code === 'invalid_type' && valueAt(raw, issue.path) === undefined
  if (what !== undefined) return missing ? `is missing: give ${what}` : `give ${what}`
  if (missing) return 'is missing'
  return issue.message
}

type Inner = {
  def?: { innerType?: z.ZodType; element?: z.ZodType; in?: z.ZodType; valueType?: z.ZodType }
  shape?: Record<string, z.ZodType>
}

/** The object or value schema below any default, optional or pipe. */
function unwrap(schema: z.ZodType): z.ZodType {
  const inner = (schema as unknown as Inner).def
  const next = inner?.innerType ?? inner?.in
  return next === undefined ? schema : unwrap(next)
}

function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  let at: z.ZodType | undefined = schema
  for (const part of path) {
    if (at === undefined) return undefined
    const here: Inner = unwrap(at) as unknown as Inner
    at = typeof part === 'number' ? here.def?.element : (here.shape?.[String(part)] ?? here.def?.valueType)
  }
  return at
}

function keysAt(schema: z.ZodType, path: Path): string[] {
  const at = schemaAt(schema, path)
  return at === undefined ? [] : Object.keys((unwrap(at) as unknown as Inner).shape ?? {})
}

function valueAt(raw: unknown, path: Path): unknown {
  let at = raw
  for (const part of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = (at as Record<PropertyKey, unknown>)[part]
  }
  return at
}

const shownLengthMax = 60

function shown(path: Path, value: unknown): string {
  if (value === undefined) return '(nothing)'
  // A camera's address may carry its key.
  if (/password|hash|secret|^snapshot$|^stream$/i.test(String(path.at(-1) ?? ''))) return '(not shown)'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? `a list of ${value.length}` : 'a group of options'
  const text = JSON.stringify(value) ?? String(value)
  return text.length > shownLengthMax ? `${text.slice(0, shownLengthMax)}…` : text
}
