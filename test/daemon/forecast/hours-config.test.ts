// The hours in the school's file: read whole, and everything wrong in them said at once, with the place and the remedy.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { complaintText } from '../../../daemon/complaints.ts'
import { readSchool } from '../../../daemon/config.ts'
import { hoursOf } from '../../../daemon/forecast/hours-file.ts'
import { models, temporaryFolder } from '../kit.ts'

const good = `
site: { id: school-17, name: Школа № 17 }
data: data
screen: { port: 8017 }
machines: []
rules: { runPastClosing: false, jobMaxHours: 6, jobTooLong: stop }
hours:
  timeZone: Asia/Yekaterinburg
  open:
    mon: 08:00-12:00, 13:00-17:30
    tue: 08:00-17:30
  supervised: { mon: 14:00-16:00 }
  lessons: { mon: 14:00-15:30 }
  exceptions:
    - { from: 2026-11-04, why: День народного единства }
    - { from: 2026-12-28, to: 2027-01-08 }
    - { from: 2026-10-31, open: 10:00-14:00 }
`

function read(text: string) {
  using folder = temporaryFolder()
  const path = join(folder.path, 'school.yaml')
  writeFileSync(path, text)
  return readSchool(path, models)
}

it('a school that told no hours is always open, and its day begins with its city’s', () => {
  const result = read('site: { id: school-17, name: Школа № 17 }\ndata: data\nscreen: { port: 8017 }\nmachines: []\n')
  if ('complaints' in result) throw new Error(result.complaints.map(complaintText).join('\n'))
  const { timeZone, open } = hoursOf(result.config.hours)
  expect(timeZone).toBe('Europe/Moscow')
  expect(open.add(0, 3600)).toBe(3_600_000)
})

it('reads hours as a person writes them', () => {
  const result = read(good)
  if ('complaints' in result) throw new Error(result.complaints.map(complaintText).join('\n'))
  expect(result.config.hours).toMatchObject({
    timeZone: 'Asia/Yekaterinburg',
    open: { mon: '08:00-12:00, 13:00-17:30', tue: '08:00-17:30' },
    exceptions: [{ from: '2026-11-04' }, { from: '2026-12-28', to: '2027-01-08' }, { from: '2026-10-31', open: '10:00-14:00' }],
  })
  expect(result.config.rules).toMatchObject({ runPastClosing: false, jobMaxHours: 6, jobTooLong: 'stop' })
})

it('may do without hours: a printer may then begin whenever', () => {
  const result = read('site: { id: school-17, name: Школа }\ndata: data\nscreen: { port: 0 }\nmachines: []\n')
  expect('config' in result && [result.config.hours, result.config.rules.runPastClosing]).toEqual([undefined, true])
})

describe('wrong hours', () => {
  it.for<[string, (text: string) => string, RegExp]>([
    [
      'a day that is none',
      t => t.replace('tue:', 'tuesday:'),
      /hours\.open\.tuesday = "08:00-17:30": no such option here; there are mon, tue, wed/,
    ],
    [
      'hours that end before they begin',
      t => t.replace('tue: 08:00-17:30', 'tue: 17:30-08:00'),
      /hours\.open\.tue = "17:30-08:00": give hours such as 08:00-17:30/,
    ],
    ['hours that overlap', t => t.replace('13:00-17:30', '11:00-17:30'), /hours\.open\.mon = .*give hours such as/],
    [
      'a zone nobody knows',
      t => t.replace('Asia/Yekaterinburg', 'Obninsk'),
      /hours\.timeZone = "Obninsk": give a time zone such as Europe\/Moscow/,
    ],
    [
      'a date that does not exist',
      t => t.replace('2026-11-04', '2026-11-31'),
      /hours\.exceptions\[0\]\.from = "2026-11-31": give a date such as/,
    ],
    [
      'an exception that ends before it begins',
      t => t.replace('2027-01-08', '2026-01-08'),
      /hours\.exceptions\[1\]\.to = "2026-01-08": give a date .*not before the first/,
    ],
    ['no open hours', t => t.replace(/ {2}open:\n.*\n.*\n/, ''), /hours\.open = \(nothing\): is missing: give a group of days/],
    [
      'a limit that is no number',
      t => t.replace('jobMaxHours: 6', 'jobMaxHours: six'),
      /rules\.jobMaxHours = "six": give hours a pupil's job may take/,
    ],
  ])('such as %s are refused with the place and the remedy', ([, spoil, expected]) => {
    const result = read(spoil(good))
    expect('complaints' in result ? result.complaints.map(complaintText).join('\n') : '').toMatch(expected)
  })

  it('have all their mistakes told at once', () => {
    const spoiled = good
      .replace('tue:', 'tuesday:')
      .replace('Asia/Yekaterinburg', 'Obninsk')
      .replace('2026-11-04', '2026-11-31')
      .replace('jobTooLong: stop', 'jobTooLong: never')
    const result = read(spoiled)
    expect('complaints' in result && result.complaints.map(({ option }) => option).sort()).toEqual([
      'hours.exceptions[0].from',
      'hours.open.tuesday',
      'hours.timeZone',
      'rules.jobTooLong',
    ])
  })
})
