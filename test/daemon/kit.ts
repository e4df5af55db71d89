// What the daemon's tests share: a folder that goes away, a job, a school with a machine room made of lists.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { MachineConfig } from '../../daemon/config.ts'
import { Machines } from '../../daemon/machines.ts'
import type { Errand } from '../../daemon/room.ts'
import type { Store } from '../../daemon/store.ts'
import type { Command } from '../../protocols/contract/command.ts'
import type { Author, Job } from '../../protocols/contract/job.ts'
import type { MachineState } from '../../protocols/contract/machine.ts'
import type { Model } from '../../protocols/contract/model.ts'
import type { Program } from '../../protocols/contract/program.ts'
import type { Role } from '../../protocols/contract/rights.ts'
import type { Fault } from '../../protocols/contract/words.ts'

export const silent = pino({ level: 'silent' })

export function temporaryFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'tsekh-daemon-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export function person(role: Role, id = `${role}-1`): Author {
  return { id, name: `The ${role}`, role }
}

export const sha = (letter: string): string => letter.repeat(64)

export function aJob(more: Partial<Job> = {}): Job {
  return {
    id: 'job-00001',
    site: 'school-1',
    ticket: 1,
    copy: 1,
    copies: 1,
    program: { sha256: sha('a'), name: 'кубик.gcode', size: 1000, kind: 'printer', lines: 100 },
    suitable: ['printer-1', 'printer-2'],
    state: 'queued',
    order: 1,
    held: false,
    author: person('teacher'),
    submittedAt: 1000,
    ...more,
  }
}

export function aModel(kind: Model['kind']): Model {
  const axes = { x: 100, y: 100, z: 10 }
  return {
    id: `model-${kind}`,
    name: `Model of a ${kind}`,
    kind,
    dialect: kind === 'printer' ? 'marlin' : 'grbl',
    source: 'a test',
    area: { x: [0, 220], y: [0, 220], z: [0, 250] },
    serial: { baud: 115_200, bootMs: 10 },
    limits: {},
    motion: { maxRate: axes, acceleration: axes, stepsPerMm: axes, plannerBlocks: 16 },
    stream: { windowLines: 1, windowBytes: 120, lineLengthMax: 95 },
    quirks: [],
  }
}

export const models = new Map((['printer', 'laser', 'mill'] as const).map(kind => [`model-${kind}`, aModel(kind)]))

export function aMachine(id: string, kind: Model['kind'], more: Partial<MachineConfig> = {}): MachineConfig {
  return { id, name: id, model: `model-${kind}`, port: `tcp://127.0.0.1:1`, readOnly: false, ...more }
}

/** Machines whose states a test sets, over a store's memory. */
export function testMachines(store: Store, configs: MachineConfig[], nowMs: () => number = Date.now): Machines & Disposable {
  const machines = new Machines({ machines: configs, models, memory: id => store.machine(id), nowMs })
  return Object.assign(machines, { [Symbol.dispose]: () => machines.close() })
}

export function setState(machines: Machines, machine: string, state: MachineState): void {
  machines.hear({ kind: 'state', machine, at: state.since, state })
}

/** Remembers what it was told, answers as a test says. */
export class ListRoom {
  readonly orders: Errand[] = []
  settled = true
  answer: (errand: Errand) => Fault | undefined | Promise<Fault | undefined> = () => undefined

  async order(errand: Errand): Promise<Fault | undefined> {
    this.orders.push(errand)
    return this.answer(errand)
  }
}

let commands = 0

export function aCommand(author: Author, ask: Command['ask'], more: Partial<Command> = {}): Command {
  commands++
  return { id: `command-${String(commands).padStart(4, '0')}`, author, issuedAt: Date.now(), expiresAt: Date.now() + 60_000, ask, ...more }
}

/** A program that suits the machines named, and none else. */
export function aProgram(fits: string[], all: string[], more: Partial<Program> = {}): Program {
  return {
    sha256: sha('a'),
    name: 'кубик.gcode',
    size: 1000,
    kind: 'printer',
    lines: 100,
    findings: [],
    machines: all.map(machine => ({
      machine,
      fits: fits.includes(machine),
      findings: fits.includes(machine)
        ? []
        : [{ code: 'too-big', severity: 'stop' as const, text: { ru: 'Не помещается.', en: 'It does not fit.' } }],
      estimatedSeconds: 60,
    })),
    ...more,
  }
}

export async function until(holds: () => boolean | Promise<boolean>, what: string, timeoutMs = 15_000): Promise<void> {
  const end = Date.now() + timeoutMs
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it never came true that ${what}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
