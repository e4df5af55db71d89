// What people do for their machines: maintenance done and taken back, parts counted, orders opened, noted and closed. Pure decisions.
import type { Cared, Part, WorkOrder } from '../protocols/contract/care.ts'
import type { CareTask } from '../protocols/contract/care-task.ts'
import type { Ask } from '../protocols/contract/command.ts'
import type { Author } from '../protocols/contract/job.ts'
import type { Denial } from '../protocols/contract/words.ts'
import type { CareBook } from './care-book.ts'
import type { EventDraft } from './store.ts'
import { deny } from './words.ts'

export type CareAsk = Extract<Ask, { kind: 'care.done' | 'care.undo' | 'part.put' | 'order.open' | 'order.note' }>

export type CareContext = {
  readonly site: string
  readonly book: Pick<CareBook, 'part' | 'parts' | 'order' | 'orders' | 'lastCared'>
  /** Of a machine's plan. */
  readonly task: (machine: string, task: string) => CareTask | undefined
  readonly runningSeconds: (machine: string) => number
}

type Decided = { events: EventDraft[] } | { denial: Denial }
type Use = { part: string; count: number }

const undoMs = 24 * 3_600_000
const partsMax = 500
const openOrdersMax = 200
const remarksMax = 100

/** The events of a deed, or why it is not done. Rights of roles are judged before. */
export function careDeed(ask: CareAsk, context: CareContext, by: Author, at: number): Decided {
  switch (ask.kind) {
    case 'care.done':
      return done(ask, context, by, at)
    case 'care.undo':
      return undo(ask, context, by, at)
    case 'part.put':
      return putPart(ask, context, by, at)
    case 'order.open':
      return open(ask, context, by, at)
    case 'order.note':
      return note(ask, context, by, at)
  }
}

function done(ask: Extract<CareAsk, { kind: 'care.done' }>, context: CareContext, by: Author, at: number): Decided {
  if (context.task(ask.machine, ask.task) === undefined) return { denial: deny('unknown-task') }
  const taken = take(ask.parts ?? [], context, by, at)
  if ('denial' in taken) return taken
  return { events: [caredEvent(ask, context, by, at), ...taken.events] }
}

function caredEvent(
  { machine, task, note: words, parts = [] }: { machine: string; task: string; note?: string | undefined; parts?: Use[] | undefined },
  { book, runningSeconds }: CareContext,
  by: Author,
  at: number,
): EventDraft {
  const last = book.lastCared(machine, task)
  const cared: Cared = {
    machine,
    task,
    at,
    runningSeconds: runningSeconds(machine),
    by,
    ...(words ? { note: words } : {}),
    ...(parts.length > 0 ? { parts } : {}),
    ...(last && last.undone !== true ? { before: timeOf(last) } : {}),
  }
  return { kind: 'cared', at, cared }
}

/** The time before stands again; parts return to the shelf. */
function undo(ask: Extract<CareAsk, { kind: 'care.undo' }>, { book }: CareContext, by: Author, at: number): Decided {
  const last = book.lastCared(ask.machine, ask.task)
  if (last === undefined || last.undone === true || at - last.at > undoMs) return { denial: deny('nothing-to-undo') }
  const { machine, task, before } = last
  const cared: Cared = before === undefined ? { machine, task, ...timeOf(last), undone: true } : { machine, task, ...before }
  const back = (last.parts ?? []).flatMap(({ part: id, count }) => {
    const part = book.part(id)
    return part === undefined ? [] : [partEvent({ ...part, count: part.count + count }, by, at)]
  })
  return { events: [{ kind: 'cared', at, cared }, ...back] }
}

function timeOf({ at, runningSeconds, by, note: words, parts }: Cared): NonNullable<Cared['before']> {
  return { at, runningSeconds, by, ...(words === undefined ? {} : { note: words }), ...(parts === undefined ? {} : { parts }) }
}

function putPart(ask: Extract<CareAsk, { kind: 'part.put' }>, { site, book }: CareContext, by: Author, at: number): Decided {
  const parts = book.parts()
  if (book.part(ask.part) === undefined && parts.length >= partsMax) return { denial: deny('parts-full') }
  const same = parts.some(({ id, name }) => id !== ask.part && name.toLowerCase() === ask.name.toLowerCase())
  if (same) return { denial: deny('part-name-taken', { name: ask.name }) }
  const { part: id, name, count, least, models } = ask
  return { events: [partEvent({ id, site, name, count, least, models, by, at }, by, at)] }
}

/** Takes parts from the shelf, each as often as it was named; never below none. */
function take(uses: readonly Use[], { book }: CareContext, by: Author, at: number): Decided {
  const wanted = new Map<string, number>()
  for (const { part, count } of uses) wanted.set(part, (wanted.get(part) ?? 0) + count)
  if (wanted.size > 0 && by.role === 'teacher') return { denial: deny('parts-by-technician') }
  const events: EventDraft[] = []
  for (const [id, count] of wanted) {
    const part = book.part(id)
    if (part === undefined) return { denial: deny('unknown-part') }
    if (part.count < count) return { denial: deny('part-short', { name: part.name, count: part.count }) }
    events.push(partEvent({ ...part, count: part.count - count }, by, at))
  }
  return { events }
}

function partEvent(part: Part, by: Author, at: number): EventDraft {
  return { kind: 'part', at, part: { ...part, by, at }, by }
}

function open(ask: Extract<CareAsk, { kind: 'order.open' }>, context: CareContext, by: Author, at: number): Decided {
  const { site, book } = context
  if (book.order(ask.order) !== undefined) return { denial: deny('order-taken') }
  if (book.orders().filter(({ closedAt }) => closedAt === undefined).length >= openOrdersMax) return { denial: deny('orders-full') }
  if (ask.task !== undefined && context.task(ask.machine, ask.task) === undefined) return { denial: deny('unknown-task') }
  const { machine, title, condition, task } = ask
  const first = remark(ask, by, at)
  const order: WorkOrder = {
    id: ask.order,
    site,
    machine,
    title,
    ...(condition === undefined ? {} : { condition }),
    ...(task === undefined ? {} : { task }),
    openedAt: at,
    by,
    remarks: first === undefined ? [] : [first],
  }
  return { events: [{ kind: 'order', at, change: 'opened', order, by }] }
}

function note(ask: Extract<CareAsk, { kind: 'order.note' }>, context: CareContext, by: Author, at: number): Decided {
  const order = context.book.order(ask.order)
  if (order === undefined) return { denial: deny('unknown-work-order') }
  if (order.closedAt !== undefined) return { denial: deny('order-closed') }
  const close = ask.close === true
  if (close && by.role === 'teacher' && order.by.id !== by.id) return { denial: deny('not-your-order') }
  const said = remark(ask, by, at)
  if (said === undefined && !close) return { denial: deny('order-empty') }
  if (order.remarks.length >= remarksMax && !close) return { denial: deny('order-long') }
  const taken = take(ask.parts ?? [], context, by, at)
  if ('denial' in taken) return taken
  const remarks = said === undefined ? order.remarks : [...order.remarks, said].slice(0, remarksMax)
  const next: WorkOrder = { ...order, remarks, ...(close ? { closedAt: at, closedBy: by } : {}) }
  const events: EventDraft[] = [{ kind: 'order', at, change: close ? 'closed' : 'noted', order: next, by }, ...taken.events]
  // The order did a row of the plan: the row is done with it. A teacher's word closes the order, the row waits for a technician's.
  const task = close && by.role !== 'teacher' && order.task !== undefined ? context.task(order.machine, order.task) : undefined
  if (task !== undefined) events.push(caredEvent({ machine: order.machine, task: task.id, note: ask.text?.slice(0, 400) }, context, by, at))
  return { events }
}

function remark(
  { text, photos = [], parts = [] }: { text?: string | undefined; photos?: string[] | undefined; parts?: Use[] | undefined },
  by: Author,
  at: number,
): WorkOrder['remarks'][number] | undefined {
  if (!text && photos.length === 0 && parts.length === 0) return undefined
  return { at, by, ...(text ? { text } : {}), ...(photos.length > 0 ? { photos } : {}), ...(parts.length > 0 ? { parts } : {}) }
}
