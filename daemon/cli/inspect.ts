// `tsekh inspect`: what a file is, whether it may run on a machine, how long it takes there. The same analysis as the school's.
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Finding, Program, Suitability } from '../../protocols/contract/program.ts'
import type { Language } from '../../protocols/contract/words.ts'
import type { MachineFacts } from '../../protocols/gcode/analyse.ts'
import { readSettingsDump } from '../../protocols/gcode/settings-dump.ts'
import { analyseFile } from '../analyse-file.ts'
import { readSchool } from '../config.ts'
import { loadModels } from '../models.ts'

type Io = { stdout: { write(text: string): unknown }; stderr: { write(text: string): unknown }; env?: Record<string, string | undefined> }

const usage = 'tsekh inspect FILE [--model NAME | --school school.yaml --machine ID] [--settings DUMP] [--json]'

/** Without a model or a machine the file is judged for the plainest machine of each kind. */
const plainModels = ['generic-marlin', 'generic-grbl-laser', 'generic-grbl-mill']

/** Bytes a packed file may unpack to while we look at it, in the folder for temporary files. */
const plainBytesMax = 2 * 1024 ** 3

/** The object of `--json`. Times are of the first machine that fits, or of the first that could be planned for. */
export type Inspection = Pick<Program, 'kind' | 'slicer' | 'lines' | 'bounds' | 'layers' | 'filament' | 'machines'> & {
  estimatedSeconds?: number
  motionSeconds?: number
  /** The program's own, and those of the machine named by --model or --machine. */
  findings: Finding[]
}

/** Exit status: 0 may run on a machine asked about, 1 may not, 2 the question could not be answered. */
export async function inspectCommand(argv: string[], io: Io): Promise<number> {
  const question = readQuestion(argv)
  if (typeof question === 'string') {
    io.stderr.write(`tsekh inspect: ${question}\n${usage}\n`)
    return 2
  }
  const folder = mkdtempSync(join(tmpdir(), 'tsekh-inspect-'))
  try {
    const { path, machines } = question
    const size = sizeOf(path)
    const request = { name: basename(path), size, machines }
    const part = (what: string) => join(folder, what)
    const parts = { preview: part('preview'), picture: part('picture'), path: part('path'), plain: part('plain') }
    const { program } = await analyseFile({ path, request, parts, plainBytesMax })
    const inspection = inspectionOf(program, machines.length === 1)
    const language: Language = (io.env?.LC_ALL || io.env?.LC_MESSAGES || io.env?.LANG || '').startsWith('ru') ? 'ru' : 'en'
    io.stdout.write(question.json ? `${JSON.stringify(inspection)}\n` : page(program, inspection, language))
    return inspection.machines.some(({ fits }) => fits) ? 0 : 1
  } catch (error) {
    io.stderr.write(`tsekh inspect: ${error instanceof Error ? error.message : String(error)}\n`)
    return 2
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Question = { path: string; machines: MachineFacts[]; json: boolean }

function readQuestion(argv: string[]): Question | string {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        model: { type: 'string' },
        school: { type: 'string' },
        machine: { type: 'string' },
        settings: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    })
    const [path, ...rest] = positionals
    if (path === undefined) return 'give the file to look at'
    if (rest.length > 0) return `one file at a time, not also ${rest.join(', ')}`
    if (values.model !== undefined && values.school !== undefined) return 'give --model or --school, not both'
    if ((values.school === undefined) !== (values.machine === undefined)) return '--school and --machine go together'
    const settings = values.settings === undefined ? undefined : readSettingsDump(readFileSync(values.settings, 'utf8'))
    const machines = values.school === undefined ? ofModels(values.model) : ofSchool(values.school, values.machine ?? '')
    if (typeof machines === 'string') return machines
    // What the machine itself said wins over what its school or its model says.
    const told = machines.map(facts => (settings === undefined ? facts : { ...facts, settings: { ...facts.settings, ...settings } }))
    return { path, machines: told, json: values.json }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const ownModels = () => loadModels(join(import.meta.dirname, '../../drivers/models'))

function ofModels(name: string | undefined): MachineFacts[] | string {
  const models = ownModels()
  const names = name === undefined ? plainModels : [name]
  const found = names.flatMap(id => models.get(id) ?? [])
  if (found.length === 0) return `there is no model "${name}"; there are ${[...models.keys()].join(', ')}`
  return found.map(model => ({ machine: model.id, kind: model.kind, dialect: model.dialect, model }))
}

function ofSchool(path: string, id: string): MachineFacts[] | string {
  const read = readSchool(path, ownModels())
  if ('complaints' in read) return `${path} is not in order; "tsekh school ${path}" says what is wrong`
  const machine = read.config.machines.find(one => one.id === id)
  if (machine === undefined) return `${path} has no machine "${id}"; it has ${read.config.machines.map(one => one.id).join(', ')}`
  const model = read.models.get(machine.model)
  if (model === undefined) return `the model "${machine.model}" of ${id} is not known`
  const facts = { machine: id, kind: machine.kind ?? model.kind, dialect: model.dialect, model }
  return [machine.settings === undefined ? facts : { ...facts, settings: machine.settings }]
}

function sizeOf(path: string): number {
  const file = openSync(path, 'r')
  try {
    const status = fstatSync(file)
    if (!status.isFile()) throw new Error(`${path} is not a file`)
    return status.size
  } finally {
    closeSync(file)
  }
}

function inspectionOf(program: Omit<Program, 'sha256'>, oneMachine: boolean): Inspection {
  const { kind, slicer, lines, bounds, layers, filament, machines } = program
  const planned = machines.filter(({ estimatedSeconds }) => estimatedSeconds !== undefined)
  const best: Suitability | undefined = planned.find(({ fits }) => fits) ?? planned[0]
  return {
    kind,
    ...(slicer !== undefined && { slicer }),
    lines,
    ...(bounds !== undefined && { bounds }),
    ...(best?.estimatedSeconds !== undefined && { estimatedSeconds: best.estimatedSeconds }),
    ...(best?.motionSeconds !== undefined && { motionSeconds: best.motionSeconds }),
    ...(layers !== undefined && { layers }),
    ...(filament !== undefined && { filament }),
    findings: [...program.findings, ...(oneMachine ? (machines[0]?.findings ?? []) : [])],
    machines,
  }
}

function page(program: Omit<Program, 'sha256'>, inspection: Inspection, language: Language): string {
  const { kind, slicer, lines, bounds, layers, filament, machines } = inspection
  const rows = [`${program.name}: ${kind}${slicer === undefined ? '' : `, ${slicer}`}, ${lines} lines, ${program.size} bytes`]
  if (bounds !== undefined) {
    const span = (axis: 'x' | 'y' | 'z') => `${axis.toUpperCase()} ${bounds.min[axis]}…${bounds.max[axis]}`
    rows.push(`  ${span('x')}, ${span('y')}, ${span('z')} mm`)
  }
  if (layers !== undefined) rows.push(`  ${layers} layers`)
  if (filament !== undefined)
    rows.push(
      `  filament ${[filament.material, filament.mm && `${filament.mm} mm`, filament.grams && `${filament.grams} g`].filter(Boolean).join(', ')}`,
    )
  const finding = ({ severity, text, line, count }: Finding) =>
    `    ${severity}: ${text[language]}${line === undefined ? '' : ` (line ${line}${count !== undefined && count > 1 ? `, ${count} times` : ''})`}`
  rows.push(...program.findings.map(finding))
  for (const { machine, fits, estimatedSeconds, motionSeconds, findings } of machines) {
    const time = estimatedSeconds === undefined ? '' : `, ${clock(estimatedSeconds)} (motion ${clock(motionSeconds ?? 0)})`
    rows.push(`  ${fits ? 'fits' : 'does not fit'} ${machine}${time}`, ...findings.map(finding))
  }
  return `${rows.join('\n')}\n`
}

function clock(seconds: number): string {
  const whole = Math.round(seconds)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
}
