// Who may do what: every kind of ask, every role, both doors, in one table.
import { describe, expect, it } from 'vitest'
import { type Ask, askSchema, type Origin } from '../../protocols/contract/command.ts'
import type { MachineKind } from '../../protocols/contract/machine.ts'
import { judge } from '../../protocols/contract/rights.ts'
import { rightsWords } from '../../protocols/contract/rights-words.ts'
import { type Role, roleSchema } from '../../protocols/contract/role.ts'

const kinds = askSchema.options.map(option => option.shape.kind.value)

/** p: pupil, t: teacher, T: technician, a: administrator. `*`: on lasers and mills only from the school's own screen. */
const table: Record<Ask['kind'], string> = {
  'job.submit': 'ptTa',
  'program.check': 'ptTa',
  'job.approve': 'tTa',
  'job.return': 'tTa',
  'job.deny': 'tTa',
  'job.cancel': 'tTa',
  'job.hold': 'tTa',
  'job.release': 'tTa',
  'job.move': 'tTa',
  'job.assign': 'tTa',
  'job.start': 'tTa*',
  'job.mend': 'tTa',
  'job.arm': 'tTa*',
  'job.plate': 'tTa',
  'machine.report': 'ptTa',
  'machine.help': 'ptTa',
  'machine.settle': 'tTa',
  'machine.look': 'tTa',
  'care.done': 'Ta',
  'care.undo': 'Ta',
  'part.put': 'Ta',
  'order.open': 'tTa',
  'order.note': 'tTa',
  'lesson.book': 'tTa',
  'lesson.cancel': 'tTa',
  'quota.set': 'tTa',
  'job.collect': 'tTa',
  'machine.pause': 'tTa',
  'machine.resume': 'tTa*',
  'machine.stop': 'tTa',
  'machine.clear': 'tTa',
  'machine.home': 'tTa*',
  'machine.unlock': 'T*',
  'machine.reset': 'T',
  'machine.frame': 'tTa*',
  'machine.jog': 'tTa*',
  'machine.override': 'tTa*',
  'machine.heat': 'T',
  'machine.answer': 'tTa*',
  'machine.service': 'Ta',
  'machine.console': 'T*',
  'instruction.record': 'tTa',
  'permit.grant': 'tTa',
  'permit.revoke': 'tTa',
  'group.open': 'tTa',
  'group.close': 'tTa',
  'pupil.forget': 'tTa',
}
const letters: Record<Role, string> = { pupil: 'p', teacher: 't', technician: 'T', administrator: 'a' }

const rows = kinds.flatMap(kind =>
  roleSchema.options.flatMap(role =>
    (['school', 'city'] as const).flatMap(origin =>
      (['printer', 'laser', 'mill'] as const).map(machineKind => ({ kind, role, origin, machineKind })),
    ),
  ),
)

function allowed(kind: Ask['kind'], role: Role, origin: Origin, machineKind: MachineKind): boolean {
  const rule = table[kind]
  const near = !rule.includes('*') || machineKind === 'printer' || origin === 'school'
  // A printer that a stop has halted is restarted by whoever is there.
  if (kind === 'machine.reset' && machineKind === 'printer' && role !== 'pupil') return true
  return rule.includes(letters[role]) && near
}

describe('the judge', () => {
  it(`knows every ask of the contract (${rows.length} combinations)`, () => {
    for (const { kind, role, origin, machineKind } of rows) {
      const denial = judge({ id: 'somebody', role }, { kind }, { origin, machineKind, jobAuthor: 'somebody-else' })
      const name = `${role} asks ${kind} of a ${machineKind} from the ${origin}`
      expect({ name, allowed: denial === undefined }).toEqual({ name, allowed: allowed(kind, role, origin, machineKind) })
    }
  })

  it.for<[string, Parameters<typeof judge>, string | undefined]>([
    ['a pupil cancels an own job', [{ id: 'p1', role: 'pupil' }, { kind: 'job.cancel' }, { origin: 'city', jobAuthor: 'p1' }], undefined],
    [
      'a pupil may not cancel another’s',
      [{ id: 'p1', role: 'pupil' }, { kind: 'job.cancel' }, { origin: 'school', jobAuthor: 'p2' }],
      'not-your-job',
    ],
    [
      'a teacher may not let M3 burn',
      [{ id: 't', role: 'teacher' }, { kind: 'job.submit', allowConstantPower: true }, { origin: 'school' }],
      'constant-power-needs-technician',
    ],
    [
      'a technician may',
      [{ id: 'T', role: 'technician' }, { kind: 'job.submit', allowConstantPower: true }, { origin: 'school' }],
      undefined,
    ],
    [
      'a teacher may switch a heater off',
      [
        { id: 't', role: 'teacher' },
        { kind: 'machine.heat', target: 0 },
        { origin: 'city', machineKind: 'printer' },
      ],
      undefined,
    ],
    [
      'a teacher may not heat',
      [
        { id: 't', role: 'teacher' },
        { kind: 'machine.heat', target: 200 },
        { origin: 'city', machineKind: 'printer' },
      ],
      'technician-only',
    ],
    [
      'nobody starts a laser from the city',
      [{ id: 'T', role: 'technician' }, { kind: 'job.start' }, { origin: 'city', machineKind: 'laser' }],
      'only-at-the-machine',
    ],
    [
      'an unknown ask is nobody’s right',
      [{ id: 'T', role: 'technician' }, { kind: 'machine.melt' }, { origin: 'school' }],
      'unknown-order',
    ],
  ])('%s', ([, [author, ask, context], code]) => {
    expect(judge(author, ask, context)?.code).toBe(code)
  })

  it('says every refusal in both languages', () => {
    for (const { text } of Object.values(rightsWords)) {
      expect(text.ru).toMatch(/[а-яё].*[.]$/i)
      expect(text.en).toMatch(/[a-z].*[.]$/i)
    }
  })
})
