// What the clock has against a program, when it is sent.
import { describe, expect, it } from 'vitest'
import { hoursOf, hoursSchema } from '../../../daemon/forecast/hours-file.ts'
import { asksForTeacher, type TimeQuestion, withTimeFindings } from '../../../daemon/forecast/time-findings.ts'
import type { Program } from '../../../protocols/contract/program.ts'
import { aProgram } from '../kit.ts'
import { hour, monday10 } from './kit.ts'

const hours = hoursOf(
  hoursSchema.parse({
    open: { mon: '08:00-18:00', tue: '08:00-18:00' },
    supervised: { mon: '09:00-12:00' },
    lessons: { mon: '10:00-11:30' },
  }),
)
const question = (more: Partial<TimeQuestion> = {}): TimeQuestion => ({
  hours,
  rules: { runPastClosing: true, jobMaxHours: 6, jobTooLong: 'ask' },
  role: 'pupil',
  nowMs: monday10,
  kindOf: machine => (machine === 'laser-1' ? 'laser' : 'printer'),
  ...more,
})
const lasting = (seconds: number, machine = 'printer-1'): Program => {
  const program = aProgram([machine], [machine])
  return { ...program, machines: program.machines.map(one => ({ ...one, estimatedSeconds: seconds })) }
}
const found = (seconds: number, more: Partial<TimeQuestion> = {}, machine = 'printer-1') =>
  (withTimeFindings(lasting(seconds, machine), question(more)).machines[0]?.findings ?? []).map(
    ({ code, severity }) => `${severity} ${code}`,
  )

describe('the clock', () => {
  it.for<[string, string[], Parameters<typeof found>]>([
    ['has nothing against an hour within the lesson', [], [3600]],
    ['notes what outlasts the lesson', ['note past-lesson'], [2 * 3600]],
    ['says nothing of lessons when there is none', [], [2 * 3600, { nowMs: monday10 + 2 * hour }]],
    ['notes a print that ends after closing', ['note past-closing'], [3 * 3600, { nowMs: monday10 + 6 * hour }]],
    ['has a teacher asked about a pupil’s long print', ['ask too-long', 'note past-lesson'], [7 * 3600]],
    [
      'forbids it where the school says so',
      ['stop too-long', 'note past-lesson'],
      [7 * 3600, { rules: { runPastClosing: true, jobMaxHours: 6, jobTooLong: 'stop' } }],
    ],
    ['lets a teacher print as long as it takes', ['note past-lesson'], [7 * 3600, { role: 'teacher' }]],
    ['notes what no day is long enough for, where a printer may go on alone', ['note past-hours'], [11 * 3600, { role: 'teacher' }]],
    [
      'asks about it where it may not',
      ['ask past-hours'],
      [11 * 3600, { role: 'teacher', rules: { runPastClosing: false, jobTooLong: 'ask' } }],
    ],
    ['asks about a laser job longer than anybody supervises', ['ask past-hours'], [4 * 3600, { role: 'teacher' }, 'laser-1']],
  ])('%s', ([, codes, args]) => {
    expect(found(...args)).toEqual(codes)
  })

  it('takes the machine from a pupil whose job is forbidden, with a sentence of figures', () => {
    const rules = { runPastClosing: true, jobMaxHours: 6, jobTooLong: 'stop' as const }
    const [machine] = withTimeFindings(lasting(7.5 * 3600), question({ rules })).machines
    expect(machine?.fits).toBe(false)
    expect(machine?.findings[0]?.text.ru).toBe('Работа на 7 ч 30 мин, а ученику можно до 6 ч. Разделите деталь или уменьшите её.')
  })

  it('says nothing of machines that cannot take the program anyway', () => {
    const program = aProgram([], ['printer-1'])
    expect(withTimeFindings(program, question())).toEqual(program)
  })

  it('has a teacher look only where it asks', () => {
    const asked = (seconds: number, machine = 'printer-1') => asksForTeacher(withTimeFindings(lasting(seconds), question()), [machine])
    expect([asked(3600), asked(7 * 3600), asked(7 * 3600, 'printer-9')]).toEqual([false, true, false])
  })
})
