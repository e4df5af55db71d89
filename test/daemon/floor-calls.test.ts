// Calls from the floor: who is heard, how often, how reports gather, and what smoke does to a machine.
import { describe, expect, it } from 'vitest'
import { floorDeed, lapsedCall } from '../../daemon/floor-calls.ts'
import { isHeldByReport } from '../../daemon/floor-memory.ts'
import { foldMachine, freshMachine, type MachineMemory } from '../../daemon/folds.ts'
import { People } from '../../daemon/people.ts'
import { machineObstacle } from '../../daemon/queue.ts'
import type { Ask } from '../../protocols/contract/command.ts'
import { problems, problemWords, someoneAt } from '../../protocols/contract/floor.ts'
import type { Author } from '../../protocols/contract/job.ts'
import { person } from './kit.ts'

const machine = 'printer-1'
const minute = 60_000
type FloorAsk = Parameters<typeof floorDeed>[0]
const help = { kind: 'machine.help', machine } as const
const report = (problem: Extract<FloorAsk, { kind: 'machine.report' }>['problem'], text?: string) =>
  ({ kind: 'machine.report', machine, problem, ...(text === undefined ? {} : { text }) }) as const
const settle = (fault: 'help-called' | 'problem-reported') => ({ kind: 'machine.settle', machine, fault }) as const
const pupil = person('pupil')
const teacher = person('teacher')

/** Asks one after another, a second apart where no instant is given; answers the memory and what each was told. */
function play(...asks: [FloorAsk, Author, number?][]): { memory: MachineMemory; told: (string | number)[] } {
  let memory = freshMachine
  let at = 1_000_000
  const told: (string | number)[] = []
  for (const [ask, by, later = 1_000] of asks) {
    at += later
    const decided = floorDeed(ask, memory, 'Принтер 1', by, at)
    if ('denial' in decided) told.push(decided.denial.code)
    else {
      told.push(decided.events.length)
      memory = decided.events.reduce((known, event) => foldMachine(known, { number: 1, ...event }), memory)
    }
  }
  return { memory, told }
}

describe('a call for help', () => {
  it('stands once however many press, and ends when a person has come', () => {
    const others = Array.from({ length: 30 }, (_, n): [FloorAsk, Author] => [help, person('pupil', `pupil-${n}`)])
    const { memory, told } = play([help, pupil], ...others, [settle('help-called'), teacher], [settle('help-called'), teacher])
    expect(told).toEqual([2, ...others.map(() => 0), 2, 0])
    expect(memory.faults).toEqual([])
  })

  it('names nobody in the fault; who called stands in the action', () => {
    const decided = floorDeed(help, freshMachine, 'Принтер 1', pupil, 1)
    if ('denial' in decided) throw new Error('refused')
    const [action, fault] = decided.events
    expect(action).toMatchObject({ kind: 'action', action: 'machine.help', by: pupil, machine })
    expect(fault).toMatchObject({ kind: 'fault', change: 'raised', fault: { code: 'help-called' } })
    expect(JSON.stringify(fault)).not.toContain(pupil.id)
  })

  it('lapses when nobody has come for three hours; a report does not', () => {
    const { memory } = play([report('noise'), pupil], [help, pupil])
    const at = memory.calls?.at(-1)?.at ?? 0
    expect(lapsedCall(memory, machine, at + 179 * minute)).toEqual([])
    expect(lapsedCall(memory, machine, at + 180 * minute)).toMatchObject([
      { kind: 'fault', change: 'cleared', fault: { code: 'help-called' } },
    ])
    expect(lapsedCall(play([report('smell'), pupil]).memory, machine, at + 999 * minute)).toEqual([])
  })

  it('is not taken a sixth time in ten minutes from the same pupil, and is again after that', () => {
    const round: [FloorAsk, Author][] = [
      [help, pupil],
      [settle('help-called'), teacher],
    ]
    const five = Array.from({ length: 5 }, () => round).flat()
    const { told } = play(...five, [help, pupil], [help, pupil, 11 * minute])
    expect(told.slice(-2)).toEqual(['called-often', 2])
    // Somebody else is heard meanwhile.
    expect(play(...five, [help, pupil], [help, person('pupil', 'pupil-2')]).told.slice(-2)).toEqual(['called-often', 2])
  })
})

describe('reports', () => {
  it('gather in one fault: each kind once, the last three texts', () => {
    const { memory } = play(
      [report('noise', 'скрипит'), pupil],
      [report('stuck', 'встал'), person('pupil', 'b')],
      [report('noise', 'щёлкает'), person('pupil', 'c')],
      [report('other', 'мигает'), person('pupil', 'd')],
    )
    expect(memory.faults).toHaveLength(1)
    expect(memory.faults[0]?.text.ru).toBe('Сообщили о станке: странный звук, застрял, не двигается, другое. «встал» «щёлкает» «мигает»')
    expect(memory.faults[0]?.text.en).toBe('Reported: a strange noise, stuck, does not move, something else. “встал” “щёлкает” “мигает”')
  })

  it('said twice by the same person are one', () => {
    expect(play([report('noise', 'а'), pupil], [report('noise', 'а'), pupil], [report('noise', 'б'), pupil]).told).toEqual([2, 0, 2])
  })

  it('have a bound, for a person and for a machine, but the first word of smoke is always heard', () => {
    const many = Array.from({ length: 6 }, (_, n): [FloorAsk, Author] => [report('other', `слово ${n}`), pupil])
    const { told, memory } = play(...many, [report('smell'), pupil], [report('smell', 'сильно'), pupil])
    expect(told).toEqual([2, 2, 2, 2, 2, 'called-often', 2, 'called-often'])
    expect(isHeldByReport(memory)).toBe(true)
    const crowd = Array.from({ length: 25 }, (_, n): [FloorAsk, Author] => [report('noise', String(n)), person('pupil', `p${n}`)])
    const heard = play(...crowd).told
    expect(heard.filter(one => one === 2)).toHaveLength(20)
    expect(heard.at(-1)).toBe('called-often')
  })

  it('are remembered within a bound, the first of each kind among them', () => {
    const asks = Array.from({ length: 90 }, (_, n): [FloorAsk, Author, number] => [
      report(n === 1 ? 'smell' : 'noise', `${n}`),
      teacher,
      minute,
    ])
    const { memory } = play(...asks)
    expect(memory.reports).toHaveLength(20)
    expect(memory.calls?.length).toBeLessThanOrEqual(40)
    expect(isHeldByReport(memory)).toBe(true)
    expect(memory.faults[0]?.text.ru.length).toBeLessThan(500)
  })

  it.for([...problems])('%s is said in both languages', problem => {
    expect(problemWords[problem].ru).toMatch(/^[А-ЯЁ]/u)
    expect(problemWords[problem].en).toMatch(/^[A-Z]/)
  })
})

describe('smoke, smell and damage', () => {
  const free = { id: machine, name: 'Принтер 1', kind: 'printer', state: 'ready', inService: false, readOnly: false } as const
  it.for([
    ['smell', true],
    ['broken', true],
    ['noise', false],
    ['material', false],
  ] as const)('%s holds what would begin: %s', ([problem, holds]) => {
    const { memory } = play([report(problem), pupil])
    const reported = isHeldByReport(memory)
    expect(machineObstacle({ ...free, reported })?.code).toBe(holds ? 'machine-reported' : undefined)
    expect(memory.faults[0]?.help?.ru.includes('новое на нём не начнётся')).toBe(holds)
    expect(memory.faults[0]?.help?.ru.includes('красная кнопка')).toBe(problem === 'smell')
  })

  it('hold until somebody settles them, and not by settling a call', () => {
    expect(isHeldByReport(play([report('smell'), pupil], [help, pupil], [settle('help-called'), teacher]).memory)).toBe(true)
    const { memory } = play([report('smell'), pupil], [settle('problem-reported'), teacher])
    expect(isHeldByReport(memory)).toBe(false)
    expect(memory.faults).toEqual([])
  })
})

describe('whoever stands at a machine without signing in', () => {
  const people = new People({ site: 'school-1', own: [], read: () => undefined, write: () => undefined })
  const code = (author: Author, ask: Ask, origin: 'school' | 'city') => people.vouch(author, origin, ask)?.code
  it.for<[string, Author, Ask, string | undefined]>([
    ['calls', someoneAt(machine), help, undefined],
    ['reports', someoneAt(machine), report('noise'), undefined],
    ['does not speak for another machine', someoneAt('laser'), help, 'unknown-person'],
    ['clears no bed', someoneAt(machine), { kind: 'machine.clear', machine, quality: 'ok' }, 'unknown-person'],
    ['settles nothing', someoneAt(machine), settle('help-called'), 'unknown-person'],
    [
      'sends no file',
      someoneAt(machine),
      { kind: 'job.submit', request: 'request-1', sha256: 'a'.repeat(64), name: 'a', size: 1, copies: 1 },
      'unknown-person',
    ],
  ])('%s', ([, author, ask, expected]) => {
    expect(code(author, ask, 'school')).toBe(expected)
    expect(code(author, ask, 'city')).toBe(expected)
  })

  it('is no cover for staff: a role is vouched for as ever', () => {
    expect(code({ ...someoneAt(machine), role: 'teacher' }, help, 'school')).toBe('unknown-person')
  })
})
