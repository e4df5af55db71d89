// Staff as an administrator finds it: of the file, active, invited in time and too late, shut out.
import type { StaffMember } from '../../protocols/contract/staff.ts'

const day = 24 * 3_600_000

export function staffToSee(now: number): StaffMember[] {
  const person = (login: string, name: string, more: Partial<StaffMember>): StaffMember => ({
    id: login,
    login,
    name,
    role: 'teacher',
    sites: ['school-5'],
    source: 'screen',
    state: 'active',
    ...more,
  })
  return [
    person('admin', 'Ирина Павловна Ковалёва', { role: 'administrator', sites: 'all', source: 'file' }),
    person('a.petrova', 'Анна Сергеевна Петрова', {}),
    person('k.ivanov', 'Кирилл Иванов', { role: 'technician', sites: 'all' }),
    person('o.dlinnaya-familiya-cherez-defis', 'Ольга Константиновна Рождественская-Преображенская', {
      sites: ['school-4', 'school-5', 'school-7'],
      state: 'invited',
      invitedUntil: now + 2 * day,
    }),
    person('s.late', 'Степан Опоздалов', { state: 'invited' }),
    person('n.gone', 'Николай Бывший', { state: 'closed' }),
  ]
}
