// How a machine's state looks and is called: grey while normal; shape, colour and text only for what wants a person (ISA-101).
import type { Link, MachinePicture } from '../../protocols/contract/screen.ts'
import type { Sentence } from '../../protocols/contract/words.ts'
import { callAt, confidence, seenState } from '../fleet/picture.ts'
import type { Forms } from './words/forms.ts'
import type { Words } from './words/ru.ts'

/** quiet: nothing to do. The others name what is wanted, and each has a shape of its own. */
export type Tone = 'quiet' | 'busy' | 'attention' | 'fault' | 'part' | 'service' | 'unknown'
export type Shape = 'free' | 'running' | 'preparing' | 'paused' | 'foreign' | 'attention' | 'fault' | 'part' | 'service' | 'unknown'

export type Look = { tone: Tone; shape: Shape; label: string; detail?: string }

type StateName = MachinePicture['state']['state']

/** Worst first. */
export const worstFirst: readonly StateName[] = [
  'down',
  'attention',
  'uncleared',
  'paused',
  'offline',
  'foreign',
  'preparing',
  'running',
  'ready',
]

/** A machine that a person at the school must go to: by its own word, or because people called there. One in service has its person already. */
export function wantsPerson(machine: Pick<MachinePicture, 'state' | 'inService' | 'faults'>): boolean {
  return asksForPerson(machine) || (!machine.inService && callAt(machine) !== undefined)
}

/** A machine that itself asks for a person; one switched off wants nobody. */
export function asksForPerson({ state, inService }: Pick<MachinePicture, 'state' | 'inService'>): boolean {
  if (inService) return false
  if (state.state === 'paused') return state.by !== 'person'
  return state.state === 'down' || state.state === 'attention' || state.state === 'uncleared'
}

/** Whether a site's states may be believed as present. `nowMs` by the server's clock. */
export function isSure(link: Link, nowMs: number): boolean {
  return confidence(link, nowMs).sure
}

/** Look of a machine, given how sure we are of its school. */
export function lookOf(
  machine: MachinePicture,
  link: Link,
  nowMs: number,
  words: Words,
  forms: Forms,
  say: (sentence: Sentence) => string,
): Look {
  const own = lookOfState(machine, words, forms, say)
  if (!isSure(link, nowMs)) {
    const age = link.link === 'unknown' ? words.link.never : words.link.noData(forms.age(link.heardAt, nowMs))
    return { tone: 'unknown', shape: 'unknown', label: age, detail: words.state.was(own.label.toLowerCase()) }
  }
  if (machine.inService) {
    const detail = own.detail === undefined ? own.label.toLowerCase() : `${own.label.toLowerCase()}: ${own.detail}`
    return { tone: 'service', shape: 'service', label: words.state.inService, detail }
  }
  return own
}

function lookOfState(machine: MachinePicture, words: Words, forms: Forms, say: (sentence: Sentence) => string): Look {
  const { state } = machine
  const detail = words.detail
  const called = callAt(machine)
  if (called !== undefined && seenState(machine) !== state.state) {
    // What people wrote stands where it is settled, not on a card that a class reads.
    return { tone: 'attention', shape: 'attention', label: words.state.attention, detail: detail[called] }
  }
  switch (state.state) {
    case 'offline':
      return { tone: 'unknown', shape: 'unknown', label: words.state.offline, ...(state.fault ? { detail: say(state.fault.text) } : {}) }
    case 'down':
      return { tone: 'fault', shape: 'fault', label: words.state.down, detail: say(state.fault.text) }
    case 'attention':
      return {
        tone: 'attention',
        shape: 'attention',
        label: words.state.attention,
        detail: state.prompt?.title ?? (state.fault ? say(state.fault.text) : detail[state.why]),
      }
    case 'foreign':
      return {
        tone: 'busy',
        shape: 'foreign',
        label: words.state.foreign,
        detail: state.fraction === undefined ? detail.foreign : detail.foreignAt(forms.percent(state.fraction)),
      }
    case 'uncleared':
      return { tone: 'part', shape: 'part', label: words.state.uncleared }
    case 'ready':
      return { tone: 'quiet', shape: 'free', label: words.state.ready }
    case 'preparing':
      return { tone: 'busy', shape: 'preparing', label: words.state.preparing, detail: detail[state.what] }
    case 'running':
      return { tone: 'busy', shape: 'running', label: machine.declaration.kind === 'printer' ? words.state.printing : words.state.running }
    case 'paused': {
      const by = { person: detail.byPerson, firmware: detail.byFirmware, program: detail.byProgram }[state.by]
      return { tone: state.by === 'person' ? 'busy' : 'attention', shape: 'paused', label: words.state.paused, detail: by }
    }
  }
}

/** Look of a wanting state where only its name is known: on the city's wall. */
export function lookOfKind(state: StateName, words: Words): Look {
  const label = words.state[state]
  switch (state) {
    case 'down':
      return { tone: 'fault', shape: 'fault', label }
    case 'attention':
      return { tone: 'attention', shape: 'attention', label }
    case 'paused':
      return { tone: 'attention', shape: 'paused', label }
    case 'uncleared':
      return { tone: 'part', shape: 'part', label }
    case 'offline':
      return { tone: 'unknown', shape: 'unknown', label }
    case 'foreign':
      return { tone: 'busy', shape: 'foreign', label }
    case 'preparing':
      return { tone: 'busy', shape: 'preparing', label }
    case 'running':
      return { tone: 'busy', shape: 'running', label }
    case 'ready':
      return { tone: 'quiet', shape: 'free', label }
  }
}
