// When a machine goes out of work: by itself after three failures of one cause in a week, or after its job when a technician says so.
import { describe, expect, it } from 'vitest'
import { foldMachine, freshMachine, type MachineMemory } from '../../daemon/folds.ts'
import { withQuarantine } from '../../daemon/quarantine.ts'
import type { EventDraft } from '../../daemon/store.ts'
import type { Job } from '../../protocols/contract/job.ts'
import { endedJob, start } from '../health/pictures.ts'

const technician = { id: 't', name: 'Олег', role: 'technician' } as const
const day = 24 * 3_600_000

function failed(id: string, at: number, more: Partial<Job> = {}, change = 'failed'): EventDraft {
  return { kind: 'job', at, change, job: endedJob(id, { endedAt: at, ...more }) }
}

function service(at: number, detail: Record<string, unknown>): EventDraft {
  return { kind: 'action', at, action: 'machine.service', machine: 'one', by: technician, detail }
}

/** The memory after these, each committed with what the quarantine adds. */
function memoryAfter(drafts: readonly EventDraft[], before: MachineMemory = freshMachine): MachineMemory {
  return drafts.reduce(
    (memory, draft) =>
      withQuarantine([draft], 'one', memory, draft.at).reduce((known, event) => foldMachine(known, { number: 1, ...event }), memory),
    before,
  )
}

const three = [failed('job-00001', start), failed('job-00002', start + day), failed('job-00003', start + 2 * day)]
const otherCause = { end: { ...endedJob('x').end, fault: { code: 'boot-loop', text: { ru: '', en: '' } } } } as Partial<Job>

describe('a machine', () => {
  it.for<[string, EventDraft[], boolean]>([
    ['two failures', three.slice(0, 2), false],
    ['three failures of one cause in a week', three, true],
    ['three of one cause over nine days', [...three.slice(0, 2), failed('job-00003', start + 9 * day)], false],
    ['three of different causes', [...three.slice(0, 2), failed('job-00003', start, otherCause)], false],
    [
      'one failure told thrice',
      [failed('job-00001', start), failed('job-00001', start), failed('job-00001', start, {}, 'collected')],
      false,
    ],
    ['three in which the part came out well', three.map(one => good(one)), false],
  ])('after %s is out of work: %j', ([, drafts, out]) => {
    expect(memoryAfter(drafts).inService).toBe(out)
  })

  it('is put out of work by ourselves, with the cause in the journal', () => {
    const added = withQuarantine([three[2] as EventDraft], 'one', memoryAfter(three.slice(0, 2)), start + 2 * day).at(-1)
    expect(added).toMatchObject({
      action: 'machine.service',
      by: { id: 'tsekh' },
      detail: { on: true, reason: 'repeat-failure', count: 3 },
    })
  })

  it('starts with a clean sheet when a person brings it back, also when an old job is handed over later', () => {
    const back = memoryAfter([service(start + 3 * day, { on: false })], memoryAfter(three))
    expect(back.inService).toBe(false)
    const later = memoryAfter([failed('job-00001', start, {}, 'collected'), failed('job-00002', start + day, {}, 'collected')], back)
    expect(memoryAfter([failed('job-00004', start + 4 * day)], later).inService).toBe(false)
  })

  it('is put out of work once, not at each further failure', () => {
    const out = memoryAfter(three)
    expect(withQuarantine([failed('job-00004', start + 3 * day)], 'one', out, start + 3 * day)).toHaveLength(1)
  })

  it('told to go into service after its job takes no other, and goes when that has ended', () => {
    const draining = memoryAfter([service(start, { on: true, after: 'job' })])
    expect([draining.drain, draining.inService]).toEqual([true, false])
    const ended = memoryAfter([failed('job-00001', start, { state: 'completed' }, 'completed')], draining)
    expect([ended.drain, ended.inService]).toEqual([undefined, true])
    expect(memoryAfter([service(start, { on: false })], draining)).toMatchObject({ inService: false })
    expect(memoryAfter([service(start, { on: false })], draining).drain).toBe(undefined)
  })
})

function good(draft: EventDraft): EventDraft {
  if (draft.kind !== 'job') return draft
  return { ...draft, job: { ...draft.job, verdict: { quality: 'ok', by: technician, at: draft.at } } }
}
