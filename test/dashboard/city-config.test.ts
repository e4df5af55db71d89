// A mistaken city.yaml is told all that is wrong with it at once: where, what stands there, and what to write instead.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { CityConfigError, readCity } from '../../dashboard/config.ts'
import { temporaryFolder } from './house.ts'

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())

function read(text: string) {
  const path = join(folder.path, 'city.yaml')
  writeFileSync(path, text)
  return readCity(path)
}

function complaints(text: string): string[] {
  try {
    read(text)
    return []
  } catch (error) {
    if (!(error instanceof CityConfigError)) throw error
    return error.complaints.map(complaint => complaint.replace(`${folder.path}/`, ''))
  }
}

const good = `
data: data
screen: { port: 8080 }
broker: { port: 1883 }
sites:
  - { id: alpha, name: Альфа, password: a-long-random-password }
people:
  - { login: anna, name: Анна, role: teacher, sites: [alpha], password: anna }
`

it('reads a good one, with paths beside it and defaults filled in', () => {
  expect(read(good)).toMatchObject({
    data: join(folder.path, 'data'),
    screen: { host: '127.0.0.1', port: 8080 },
    broker: { host: '127.0.0.1', port: 1883 },
    rules: { uploadMaxMb: 512, keepFilesDays: 30 },
    observers: [],
    demo: false,
  })
})

describe('complains about', () => {
  it.for([
    [
      'an option that is a typo',
      good.replace('screen:', 'scren:'),
      ['city.yaml:3: scren = a group of options: no such option; did you mean "screen"?', 'is missing'],
    ],
    ['a typo within', good.replace('login:', 'logn:'), ['people[0].logn = "anna": no such option; did you mean "login"?']],
    [
      'a short password',
      good.replace('a-long-random-password', 'short'),
      ['sites[0].password = (not shown): give at least 16 random characters'],
    ],
    ['a site there is none of', good.replace('[alpha]', '[alfa]'), ['people[0].sites[0] = "alfa": no such site; did you mean "alpha"?']],
    ['a role there is none of', good.replace('teacher', 'king'), ['people[0].role = "king"']],
    ['an id with capitals', good.replace('id: alpha', 'id: Alpha'), ['sites[0].id = "Alpha"']],
    ['a person without a password', good.replace(', password: anna', ''), ['people[0].password = (nothing): is missing']],
    [
      'a hash that is none',
      good.replace('password: anna', 'passwordHash: secret-thing'),
      ['people[0].passwordHash = (not shown): give a hash'],
    ],
    [
      'two people of one login',
      `${good}  - { login: anna, name: Б, role: pupil, sites: all, password: b }\n`,
      ['people[1].login = "anna": give each person a login'],
    ],
    ['a port that is none', good.replace('8080', '80800'), ['city.yaml:3: screen.port = 80800: give a port number']],
    ['what is no YAML', 'data: [', ['not YAML']],
    ['an empty file', '', ['(the whole file)']],
    [
      'several things at once',
      good.replace('8080', '-1').replace('teacher', 'king').replace('data: data', 'dta: data'),
      ['dta', 'screen.port', 'people[0].role'],
    ],
  ] as const)('%s', ([, text, expected]) => {
    const said = complaints(text)
    for (const part of expected) expect(said).toContainEqual(expect.stringContaining(part))
    expect(said.join('\n')).not.toMatch(/secret-thing|"short"/)
  })

  it('a file that is not there', () => {
    expect(() => readCity(join(folder.path, 'nowhere.yaml'))).toThrow(/nowhere\.yaml: cannot be read/)
  })
})
