// Why a job waits: for each situation the one reason most worth knowing, who can help, and words in both languages that name no person.
import { describe, expect, it } from 'vitest'
import type { ForecastInput } from '../../../daemon/forecast/question.ts'
import { forecastQueue } from '../../../daemon/forecast/queue-forecast.ts'
import { momentWords } from '../../../daemon/forecast/reasons.ts'
import { waitCodeSchema } from '../../../protocols/contract/forecast.ts'
import { waitOf } from '../../../protocols/contract/forecast-words.ts'
import type { Job } from '../../../protocols/contract/job.ts'
import { aJob } from '../kit.ts'
import { aLaser, aPrinter, asked, hour, monday10, schoolHours } from './kit.ts'

const mine = (more: Partial<Job> = {}): Job =>
  aJob({ id: 'job-of-mine', order: 5, suitable: ['printer-1', 'printer-2'], estimatedSeconds: 3600, ...more })
const other = (id: string, more: Partial<Job> = {}): Job =>
  aJob({ id, order: 1, suitable: ['printer-1', 'printer-2'], estimatedSeconds: 600, ...more })
const runs = (machine: string): Job => other(`job-on-${machine}`, { state: 'running', machine, startedAt: monday10 - hour })
const busy = (id: string) => aPrinter({ id, name: id, state: 'running', remainingSeconds: 60, done: 0.5 })
const rules = { autoStartPrinters: true, runPastClosing: false }
const laserJob = mine({ suitable: ['laser-1'], program: { ...aJob().program, kind: 'laser' } })

describe('the reason', () => {
  it.for<[string, Partial<ForecastInput>, string, string, number]>([
    ['it is to be checked', { jobs: [mine({ state: 'submitted' })] }, 'needs-check', 'teacher', 0],
    ['it was sent back', { jobs: [mine({ state: 'returned' })] }, 'needs-author', 'author', 0],
    ['it is held', { jobs: [mine({ held: true })] }, 'held', 'teacher', 0],
    ['no machine is left that suits it', { jobs: [mine({ suitable: ['gone'] })] }, 'no-machine', 'teacher', 0],
    ['its author has no permit', { jobs: [mine()], permitted: () => false }, 'no-permit', 'teacher', 0],
    ['its turn has come', { jobs: [mine()] }, 'starts-soon', 'time', 0],
    [
      'a person has to start the printer',
      { jobs: [mine()], rules: { autoStartPrinters: false, runPastClosing: true } },
      'needs-start',
      'teacher',
      0,
    ],
    ['a person has to start the laser', { machines: [aLaser()], jobs: [laserJob] }, 'needs-start', 'teacher', 0],
    ['others are before it', { jobs: [mine(), other('job-other-1'), other('job-other-2')] }, 'others-ahead', 'time', 2],
    ['the printer works', { machines: [busy('printer-1')], jobs: [mine(), runs('printer-1')] }, 'others-ahead', 'time', 1],
    [
      'both work and one is before it',
      { machines: [busy('printer-1'), busy('printer-2')], jobs: [mine(), other('job-other-1'), runs('printer-1'), runs('printer-2')] },
      'others-ahead',
      'time',
      2,
    ],
    [
      'two are free and one is before it',
      { machines: [aPrinter(), aPrinter({ id: 'printer-2' })], jobs: [mine(), other('job-other-1')] },
      'starts-soon',
      'time',
      1,
    ],
    [
      'a part lies on the bed',
      { machines: [aPrinter({ state: 'uncleared' }), busy('printer-2')], jobs: [mine(), runs('printer-2')] },
      'bed-uncleared',
      'anyone',
      1,
    ],
    ['the machine asks for a person', { machines: [aPrinter({ state: 'attention' })], jobs: [mine()] }, 'machine-attention', 'anyone', 0],
    ['somebody prints from the card', { machines: [aPrinter({ state: 'foreign' })], jobs: [mine()] }, 'machine-foreign', 'time', 0],
    ['the machine connects', { machines: [aPrinter({ state: 'preparing' })], jobs: [mine()] }, 'starts-soon', 'time', 0],
    ['the order is on its way to the machine', { jobs: [mine(), { ...runs('printer-1'), state: 'starting' }] }, 'others-ahead', 'time', 1],
    ['the machine is offline', { machines: [aPrinter({ state: 'offline' })], jobs: [mine()] }, 'machine-offline', 'teacher', 0],
    ['the machine is down', { machines: [aPrinter({ state: 'down' })], jobs: [mine()] }, 'machine-down', 'technician', 0],
    ['the machine is in service', { machines: [aPrinter({ inService: true })], jobs: [mine()] }, 'machine-in-service', 'technician', 0],
    ['the machine may only be watched', { machines: [aPrinter({ readOnly: true })], jobs: [mine()] }, 'machine-read-only', 'teacher', 0],
    ['it is night', { nowMs: monday10 + 12 * hour, hours: schoolHours, jobs: [mine()] }, 'outside-hours', 'time', 0],
    ['no supervisor is there', { hours: schoolHours, machines: [aLaser()], jobs: [laserJob] }, 'unsupervised', 'time', 0],
    [
      'it would not be done before closing',
      { nowMs: monday10 + 7.5 * hour, hours: schoolHours, rules, jobs: [mine()] },
      'closing-soon',
      'time',
      0,
    ],
    ['no day is long enough', { hours: schoolHours, rules, jobs: [mine({ estimatedSeconds: 40_000 })] }, 'never-long-enough', 'teacher', 0],
  ])('when %s', ([, more, code, by, ahead]) => {
    const forecast = forecastQueue(asked(more))['job-of-mine']
    expect(forecast?.why).toMatchObject({ code, by })
    expect(forecast?.ahead).toBe(ahead)
  })

  it('is none for a job that is on a machine', () => {
    const forecast = forecastQueue(asked({ machines: [busy('printer-1')], jobs: [runs('printer-1')] }))['job-on-printer-1']
    expect(forecast?.why).toBeUndefined()
    expect(forecast?.end).toBeDefined()
  })

  it('says when the doors open, by the school’s clock', () => {
    const why = forecastQueue(asked({ nowMs: monday10 + 12 * hour, hours: schoolHours, jobs: [mine()] }))['job-of-mine']?.why
    expect(why?.text).toEqual({
      ru: 'Мастерская закрыта, откроется завтра в 8:00.',
      en: 'The workshop is closed; it opens tomorrow at 8:00.',
    })
  })
})

it.for(waitCodeSchema.options)('%s has words in both languages and what would help', code => {
  const { text, unblock } = waitOf(
    code,
    { machine: 'Принтер 1', count: 3, moment: { ru: 'завтра в 8:00', en: 'tomorrow at 8:00' } },
    'printer-1',
  )
  for (const sentence of [text, unblock]) {
    expect(sentence.ru).toMatch(/^[А-ЯЁ«].*\.$/u)
    expect(sentence.en).toMatch(/^[A-Z0-9“].*\.$/u)
    expect(`${sentence.ru}${sentence.en}`).not.toMatch(/undefined|\?/)
  }
})

it.for([
  ['2026-10-12T15:00:00Z', 'сегодня в 18:00', 'today at 18:00'],
  ['2026-10-13T06:05:00Z', 'завтра в 9:05', 'tomorrow at 9:05'],
  ['2026-10-13T21:30:00Z', 'в среду в 0:30', 'on Wednesday at 0:30'],
  ['2026-10-18T06:00:00Z', 'в воскресенье в 9:00', 'on Sunday at 9:00'],
  ['2026-10-19T06:00:00Z', '19 октября в 9:00', 'on 19 October at 9:00'],
] as const)('%s on Monday the 12th is said %j', ([at, ru, en]) => {
  expect(momentWords(Date.parse(at), monday10, 'Europe/Moscow')).toEqual({ ru, en })
})
