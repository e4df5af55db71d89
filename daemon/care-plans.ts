// Which maintenance plan each machine of the school follows: its kind's list, with its model's own rows over it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { CarePlans } from '../protocols/contract/care.ts'
import { type CareTask, careTaskSchema } from '../protocols/contract/care-task.ts'
import { type MachineKind, machineKindSchema } from '../protocols/contract/machine.ts'
import type { Model } from '../protocols/contract/model.ts'
import type { Store } from './store.ts'

export type KindPlans = Readonly<Record<MachineKind, readonly CareTask[]>>

const fileSchema = z.strictObject({ source: z.string().min(20), care: z.array(careTaskSchema).min(1).max(30) })

/** Reads `care/{kind}.yaml` of the models' folder. A broken file is our own mistake: all that is wrong is thrown as one Error. */
export function loadKindPlans(folder: string): KindPlans {
  const wrong: string[] = []
  const read = (kind: MachineKind): readonly CareTask[] => {
    const file = join(folder, 'care', `${kind}.yaml`)
    const plan = fileSchema.safeParse(parse(readFileSync(file, 'utf8')))
    if (!plan.success) {
      wrong.push(...plan.error.issues.map(issue => `${file}: ${issue.path.join('.')}: ${issue.message}`))
      return []
    }
    return plan.data.care
  }
  const plans = Object.fromEntries(machineKindSchema.options.map(kind => [kind, read(kind)])) as Record<MachineKind, readonly CareTask[]>
  if (wrong.length > 0) throw new Error(`the maintenance plans cannot be used:\n${wrong.join('\n')}`)
  return plans
}

/** The plan of a model: a row of its own stands in place of its kind's row of the same id, others come after. */
export function planOf(kinds: KindPlans, { kind, care = [] }: Pick<Model, 'kind' | 'care'>): readonly CareTask[] {
  const own = new Map(care.map(task => [task.id, task]))
  const known = kinds[kind].map(task => own.get(task.id) ?? task)
  return care.length === 0 ? kinds[kind] : [...known, ...care.filter(({ id }) => !kinds[kind].some(task => task.id === id))]
}

export type CarePlansOptions = {
  readonly kinds: KindPlans
  readonly machines: readonly { readonly id: string; readonly model: string }[]
  readonly models: ReadonlyMap<string, Model>
  readonly store: Pick<Store, 'machine' | 'note' | 'putNote'>
  readonly nowMs: () => number
}

/** A school's plans as they stand now. */
export class CareDesk {
  readonly #options: CarePlansOptions
  /** By machine: the plan's name, and the day the school first knew the machine. */
  readonly #machines = new Map<string, { plan: string; since: number }>()
  readonly #plans: Record<string, CareTask[]> = {}

  /** A machine not seen before is known from now on. */
  constructor(options: CarePlansOptions) {
    this.#options = options
    const { kinds, machines, models, store, nowMs } = options
    const known = z.record(z.string(), z.number()).safeParse(JSON.parse(store.note(knownNote) ?? '{}')).data ?? {}
    let fresh = false
    for (const { id, model: modelId } of machines) {
      const model = models.get(modelId)
      if (model === undefined) continue
      const plan = model.care === undefined ? model.kind : model.id
      this.#plans[plan] = [...planOf(kinds, model)]
      const since = Object.hasOwn(known, id) ? known[id] : undefined
      fresh ||= since === undefined
      this.#machines.set(id, { plan, since: since ?? nowMs() })
    }
    if (!fresh) return
    const since = Object.fromEntries([...this.#machines].map(([id, machine]) => [id, machine.since]))
    store.putNote(knownNote, JSON.stringify({ ...known, ...since }))
  }

  task(machine: string, id: string): CareTask | undefined {
    return this.#plans[this.#machines.get(machine)?.plan ?? '']?.find(task => task.id === id)
  }

  plans(): CarePlans {
    const { store } = this.#options
    const machines = [...this.#machines].map(
      ([id, machine]) => [id, { ...machine, runningSeconds: store.machine(id).runningSeconds }] as const,
    )
    return { plans: this.#plans, machines: Object.fromEntries(machines) }
  }
}

const knownNote = 'care/known'
