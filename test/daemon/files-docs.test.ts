// docs/files.md is true: its examples are taken as they stand, and no option is missing from them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readSchool } from '../../daemon/config.ts'
import { loadModels } from '../../daemon/models.ts'
import { readCity } from '../../dashboard/config.ts'

const root = join(import.meta.dirname, '../..')
const text = readFileSync(join(root, 'docs/files.md'), 'utf8')
const [school = '', city = ''] = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(match => match[1] ?? '')
const folder = mkdtempSync(join(tmpdir(), 'tsekh-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function written(name: string, content: string): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

/** Every option that a complaint about a nonsense key could have meant, as its own words name them. */
function optionsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(optionsOf)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [key, ...optionsOf(inner)])
}

describe('docs/files.md', () => {
  it('shows a school’s file that a school takes', () => {
    const read = readSchool(written('school.yaml', school), loadModels(join(root, 'drivers/models')))
    expect('complaints' in read ? read.complaints : []).toEqual([])
  })

  it('shows a city’s file that a city takes', () => {
    expect(readCity(written('city.yaml', city)).sites).toHaveLength(2)
  })

  it('names every option that has a value where the file says nothing', () => {
    const bare = readSchool(
      written('bare.yaml', 'site: { id: a, name: A }\ndata: d\nscreen: { port: 0 }\nmachines: []\n'),
      loadModels(join(root, 'drivers/models')),
    )
    const ours = 'config' in bare ? optionsOf({ ...bare.config, file: undefined }) : []
    const bareCity = readCity(
      written(
        'bare-city.yaml',
        'data: d\nscreen: { port: 0 }\nbroker: { port: 0 }\nsites: [{ id: a, name: A, password: "012345678901234567890123" }]\n',
      ),
    )
    const missing = [...ours.map(key => [school, key]), ...optionsOf(bareCity).map(key => [city, key])].filter(
      ([example = '', key = '']) => key !== 'file' && !new RegExp(`\\b${key}:`).test(example),
    )
    expect(missing.map(([, key]) => key)).toEqual([])
  })
})
