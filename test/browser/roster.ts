// The people of School No. 5, for the tests and the scenes.
import type { Permit } from '../../protocols/contract/permit.ts'
import type { Roster } from '../../protocols/contract/screen.ts'

const dayMs = 24 * 3_600_000

const technician = { id: 'tech', name: 'Игорь Борисович', role: 'technician' } as const
const vera = { id: 'vera', name: 'Вера Павловна', role: 'teacher' } as const
const oleg = { id: 'oleg', name: 'Олег Иванович', role: 'teacher' } as const
const fox = { id: 'p-fox', name: 'П-7F3K', role: 'pupil', group: 'group-0001' } as const

const permit = (id: string, person: Permit['person'], days: number, more: Partial<Permit> = {}): Permit => ({
  id,
  site: 'school-5',
  person,
  covers: { of: 'kind', kind: 'laser' },
  from: 1,
  until: Date.now() + days * dayMs,
  instruction: { id: 'instruction-1', title: 'ИОТ-12 Лазерный гравёр', version: '3', by: technician, at: Date.now() - 40 * dayMs },
  by: technician,
  ...more,
})

/** Two teachers and a technician, permits of every age, a group that takes pupils and one that is closed, one pupil. */
export const roster: Roster = {
  staff: [technician, vera, oleg],
  permits: [
    permit('permit-0001', vera, 300),
    permit('permit-0002', oleg, 12, { covers: { of: 'machine', machine: 'laser' } }),
    permit('permit-0003', oleg, -3, { covers: { of: 'kind', kind: 'mill' } }),
    permit('permit-0004', technician, 100, { revoked: { by: oleg, at: Date.now() - dayMs } }),
  ],
  instructions: [],
  groups: [
    {
      id: 'group-0001',
      site: 'school-5',
      name: '7Б',
      code: 'АВЕК24',
      ageBand: '11-13',
      openedAt: 1,
      endsAt: Date.now() + 90 * dayMs,
      by: vera,
      pupils: 14,
    },
    {
      id: 'group-0002',
      site: 'school-5',
      name: '6А',
      code: 'МНРС57',
      openedAt: 1,
      endsAt: Date.now() + dayMs,
      closedAt: 2,
      by: vera,
      pupils: 1,
    },
  ],
  pupils: [{ person: fox, nickname: 'Лис' }],
}
