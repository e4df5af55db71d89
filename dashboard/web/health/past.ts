// What happened at a condition's machines, a line an event, in the reader's words. Pure.
import { causeSentence, helpCalled, problemReported, problems, problemWords, standsAt } from '../../../protocols/contract/floor.ts'
import type { Author, Job } from '../../../protocols/contract/job.ts'
import type { Event } from '../../../protocols/contract/wire.ts'
import { authorName } from '../care/Remarks.tsx'
import type { Speech } from '../words/speech.tsx'

export type PastLine = { number: number; at: number; text: string }

/** The lines in the order of the events; of a call the one that says who called, and none for what is nothing here. */
export function pastOf(events: readonly Event[], speech: Speech): PastLine[] {
  return events.flatMap(event => {
    const text = saidBefore(event, events) ? undefined : textOf(event, speech)
    return text === undefined ? [] : [{ number: event.number, at: event.at, text }]
  })
}

/** A call is told twice, as a person's deed and as the fault it raises or ends (daemon/floor-calls.ts): the deed says more. */
function saidBefore(event: Event, events: readonly Event[]): boolean {
  if (event.kind !== 'fault' || calledBy(event.fault.code) === undefined) return false
  return events.some(
    other => other.kind === 'action' && callDeeds.includes(other.action) && other.machine === event.machine && other.at === event.at,
  )
}
const callDeeds: readonly string[] = ['machine.help', 'machine.report', 'machine.settle']

function calledBy(code: string): typeof helpCalled | typeof problemReported | undefined {
  return ([helpCalled, problemReported] as const).find(called => called === code)
}

function textOf(event: Event, speech: Speech): string | undefined {
  const { words, say } = speech
  const said = words.health.event
  switch (event.kind) {
    case 'job':
      return jobText(event.job, event.change, speech)
    case 'fault': {
      const called = calledBy(event.fault.code)
      const text = say(event.fault.text)
      if (called !== undefined) return event.change === 'raised' ? text : said.ended[called]
      return event.change === 'raised' ? said.raised(text) : said.cleared(text)
    }
    case 'action':
      return said.action(nameOf(event.by, speech), deedText(event, speech))
    case 'counters':
    case 'heated':
    case 'instruction':
    case 'permit':
    case 'group':
    case 'lesson':
    case 'quota':
    case 'part':
      return undefined
    case 'order':
      return words.care.orders.event[event.change](event.order.said ? say(event.order.said) : event.order.title, nameOf(event.by, speech))
    case 'cared':
      return words.care.due.event(nameOf(event.cared.by, speech))
  }
}

function nameOf(by: Author, { words }: Speech): string {
  return standsAt(by) === undefined ? authorName(by, words) : words.health.event.someone
}

function jobText({ end, state, ticket, verdict }: Job, change: string, { words, say }: Speech): string {
  const said = words.health.event
  const name = words.job.ticket(ticket)
  if (change === 'cleared' && verdict !== undefined) {
    const quality = words.clear[verdict.quality].toLowerCase()
    return said.judged(name, verdict.cause === undefined ? quality : `${quality} — ${say(causeSentence(verdict.cause))}`)
  }
  const text = said.job(name, words.job.state[state])
  return end?.fault === undefined ? text : `${text} — ${say(end.fault.text)}`
}

function deedText({ action, detail = {} }: Event & { kind: 'action' }, { words, say }: Speech): string {
  const deeds: Record<string, string> = words.health.deeds
  const deed = deeds[action] ?? words.health.deeds.other
  if (action === 'machine.settle') return detail.fault === helpCalled ? words.health.event.came : deed
  const problem = problems.find(one => one === detail.problem)
  if (action !== 'machine.report' || problem === undefined) return deed
  const text = `${deed} — ${say(problemWords[problem]).toLowerCase()}`
  return typeof detail.text === 'string' ? words.health.event.quoted(text, detail.text) : text
}
