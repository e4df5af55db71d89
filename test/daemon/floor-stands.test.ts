// What people said of a machine stands until people end it, whatever the machine does meanwhile.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Floor } from '../../daemon/floor.ts'
import { type FloorAsk, floorDeed } from '../../daemon/floor-calls.ts'
import { machineObstacle } from '../../daemon/queue.ts'
import { Store } from '../../daemon/store.ts'
import type { MachineState } from '../../protocols/contract/machine.ts'
import { aMachine, person, silent, temporaryFolder, testMachines } from './kit.ts'

const machine = 'printer-1'
const report = { kind: 'machine.report', machine, problem: 'smell' } as const
const help = { kind: 'machine.help', machine } as const
const settle = (fault: 'help-called' | 'problem-reported') => ({ kind: 'machine.settle', machine, fault }) as const

function school() {
  const folder = temporaryFolder()
  const store = new Store(join(folder.path, 'school.sqlite'))
  let now = 1_000_000
  const nowMs = () => now
  const machines = testMachines(store, [aMachine(machine, 'printer')], nowMs)
  const floor = new Floor({ store, machines, confirm: () => undefined, stirred: () => undefined, nowMs, log: silent })
  return {
    is: (state: MachineState) => {
      now += 1000
      floor.report({ kind: 'state', machine, at: now, state: { ...state, since: now } })
    },
    restarted: () =>
      floor.snapshot({
        kind: 'snapshot',
        room: 'room-00001',
        at: now,
        lastNumber: 0,
        machines: [{ machine, state: { state: 'ready', since: now } }],
      }),
    ask: (ask: FloorAsk, role: 'pupil' | 'teacher' = 'pupil') => {
      now += 1000
      const decided = floorDeed(ask, store.machine(machine), 'Принтер 1', person(role), now)
      if ('denial' in decided) throw new Error(decided.denial.code)
      store.commit({ events: decided.events })
      return decided.events.length
    },
    forget: (code: string) =>
      store.commit({ events: [{ kind: 'fault', at: now, machine, change: 'cleared', fault: { code, text: { ru: '-', en: '-' } } }] }),
    faults: () => store.machine(machine).faults.map(({ code }) => code),
    obstacle: () => {
      const known = machines.forQueue(machine)
      return known && machineObstacle(known)?.code
    },
    [Symbol.dispose]: () => {
      machines[Symbol.dispose]()
      store.close()
      folder[Symbol.dispose]()
    },
  }
}

describe('what people said of a machine', () => {
  it('stands while it is switched off and on, its own fault does not, and a teacher can settle it', () => {
    using s = school()
    s.is({ state: 'ready', since: 1 })
    s.ask(report)
    s.ask(help)
    s.is({ state: 'down', since: 1, fault: { code: 'thermal', text: { ru: 'Перегрев', en: 'Too hot' } } })
    expect(s.faults()).toEqual(['problem-reported', 'help-called', 'thermal'])
    s.is({ state: 'ready', since: 1 })
    expect(s.faults()).toEqual(['problem-reported', 'help-called'])
    expect(s.obstacle()).toBe('machine-reported')
    s.ask(settle('problem-reported'), 'teacher')
    s.ask(settle('help-called'), 'teacher')
    expect([s.faults(), s.obstacle()]).toEqual([[], undefined])
  })

  it('stands when the daemon or its machine room starts anew', () => {
    using s = school()
    s.is({ state: 'ready', since: 1 })
    s.ask(report)
    s.ask(help)
    s.restarted()
    expect(s.faults()).toEqual(['problem-reported', 'help-called'])
  })

  it('can be settled, and said again, even where the fault that shows it was lost', () => {
    using s = school()
    s.is({ state: 'ready', since: 1 })
    s.ask(report)
    s.forget('problem-reported')
    expect([s.faults(), s.obstacle()]).toEqual([[], 'machine-reported'])
    s.ask(report)
    expect(s.faults()).toEqual(['problem-reported'])
    s.forget('problem-reported')
    expect(s.ask(settle('problem-reported'), 'teacher')).toBe(1)
    expect(s.obstacle()).toBeUndefined()
    expect(s.ask(settle('problem-reported'), 'teacher')).toBe(0)
  })
})
