// The demo's schools: their files are right, and nobody who tries them at night stands before a closed door.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { demoSchools } from '../../daemon/cli/demo-plan.ts'
import { schoolConfig } from '../../daemon/cli/demo-school.ts'
import { readSchool } from '../../daemon/config.ts'
import { hoursOf } from '../../daemon/forecast/hours-file.ts'
import { loadModels } from '../../daemon/models.ts'
import { temporaryFolder } from './kit.ts'

it.for(demoSchools)('$id can be opened, at any hour, and has a bell for its lessons', school => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'school.yaml')
  const city = { broker: 'mqtt://127.0.0.1:1883', web: 'http://127.0.0.1:8080', password: 'a-long-and-random-password' }
  const portOf = ({ id }: { id: string }) => `/dev/serial/by-id/${id}`
  writeFileSync(path, stringify(schoolConfig(school, folder.path, 8081, portOf, () => undefined, city)))
  const read = readSchool(path, loadModels(join(import.meta.dirname, '../../drivers/models')))
  if ('complaints' in read) throw new Error(JSON.stringify(read.complaints))
  const { open, supervised, lessons } = hoursOf(read.config.hours)
  for (let hour = 0; hour < 24 * 7; hour++) {
    const at = Date.UTC(2026, 9, 12, hour)
    expect(open.next(at)?.from).toBeLessThanOrEqual(at)
    expect(supervised.next(at)?.from).toBeLessThanOrEqual(at)
  }
  expect(lessons?.next(Date.UTC(2026, 9, 12))).toBeDefined()
  expect(read.config.rules).toMatchObject({ jobMaxHours: 6, jobTooLong: 'ask' })
})
