// What the room must not forget: through the daemon's absence, and through its own death.
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Journal } from '../../drivers/journal.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsekh-journal-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = () =>
  Journal.open(folder, error => {
    throw error
  })
const started = (job: string) => ({ kind: 'job-started', machine: 'prusa-1', job, at: 1000 }) as const
const end = { outcome: 'completed', evidence: 'M400', lines: 3, bytes: 30, seconds: 4, resends: 0 } as const
const ended = (job: string) => ({ kind: 'job-ended', machine: 'prusa-1', job, end, at: 2000 }) as const
const running = (job: string, lines = 0) => ({ machine: 'prusa-1', job, lines, bytes: lines * 10, seconds: lines })

describe('the journal', () => {
  it('numbers reports from 1 and goes on with the number after a restart', async () => {
    const first = await open()
    expect(first.journal.add(started('job-00000001')).number).toBe(1)
    expect(first.journal.add(ended('job-00000001')).number).toBe(2)
    await first.journal.close()
    const second = await open()
    expect(second.journal.after(0).map(report => [report.number, report.kind])).toEqual([
      [1, 'job-started'],
      [2, 'job-ended'],
    ])
    expect(second.journal.add(started('job-00000002')).number).toBe(3)
    await second.journal.close()
  })

  it('forgets what is confirmed, though not the number', async () => {
    const first = await open()
    first.journal.add(started('job-00000001'))
    first.journal.add(ended('job-00000001'))
    first.journal.confirm(1)
    expect(first.journal.after(0).map(report => report.number)).toEqual([2])
    first.journal.confirm(2)
    await first.journal.close()
    expect(readFileSync(join(folder, 'reports.ndjson'), 'utf8').split('\n')).toHaveLength(2)
    const second = await open()
    expect(second.journal.after(0)).toEqual([])
    expect(second.journal.add(started('job-00000002')).number).toBe(3)
    await second.journal.close()
  })

  it('never gives out a number the daemon has seen, even when its own disk forgot it', async () => {
    const { journal } = await open()
    journal.confirm(41)
    expect(journal.add(started('job-00000001')).number).toBe(42)
    await journal.close()
  })

  it('reads past a line torn by a power cut', async () => {
    const first = await open()
    first.journal.add(started('job-00000001'))
    await first.journal.close()
    appendFileSync(join(folder, 'reports.ndjson'), '{"kind":"job-ended","mach')
    const second = await open()
    expect(second.journal.after(0)).toHaveLength(1)
    second.journal.add(ended('job-00000001'))
    await second.journal.close()
    const third = await open()
    expect(third.journal.after(0).map(report => report.number)).toEqual([1, 2])
    await third.journal.close()
  })

  it('names the jobs that ran when the room died, with the last line it knew', async () => {
    const first = await open()
    await first.journal.jobStarts(running('job-00000001'))
    await first.journal.jobStarts(running('job-00000002'))
    for (let lines = 1; lines <= 500; lines++) first.journal.jobGoesOn(running('job-00000001', lines))
    first.journal.add(ended('job-00000002'))
    first.journal.jobEnded('job-00000002')
    await first.journal.settled()
    const second = await open()
    expect(second.orphans).toEqual([running('job-00000001', 500)])
    await first.journal.close()
    await second.journal.close()
  })

  it('knows an armed job that never began from one whose button was pressed, by its file or by the report of it', async () => {
    const first = await open()
    await first.journal.jobStarts({ ...running('job-00000001'), armed: true })
    await first.journal.jobStarts({ ...running('job-00000002'), armed: true })
    await first.journal.jobStarts({ ...running('job-00000003'), armed: true })
    first.journal.jobGoesOn(running('job-00000002'))
    first.journal.add({ kind: 'job-started', machine: 'mill-1', job: 'job-00000003', at: 1 })
    await first.journal.settled()
    const second = await open()
    expect(second.orphans.map(({ job, armed }) => [job, armed]).sort()).toEqual([
      ['job-00000001', true],
      ['job-00000002', undefined],
      ['job-00000003', undefined],
    ])
    await first.journal.close()
    await second.journal.close()
  })

  it('does not mourn a job whose end was written before the room died', async () => {
    const first = await open()
    await first.journal.jobStarts(running('job-00000001', 7))
    first.journal.add(ended('job-00000001'))
    await first.journal.close()
    const second = await open()
    expect(second.orphans).toEqual([])
    expect(readdirSync(join(folder, 'running'))).toEqual([])
    await second.journal.close()
  })

  it('clears away what a write cut short left behind', async () => {
    const first = await open()
    await first.journal.close()
    writeFileSync(join(folder, 'running', 'job-00000001.json.new'), '{"mach')
    writeFileSync(join(folder, 'running', 'job-00000002.json'), '')
    const second = await open()
    expect(second.orphans).toEqual([])
    expect(readdirSync(join(folder, 'running'))).toEqual([])
    await second.journal.close()
  })
})
