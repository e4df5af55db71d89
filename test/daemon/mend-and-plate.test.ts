// A job that is sent back and mended keeps its ticket; parts on one plate share its life, and are handed over one by one.
import { describe, expect, it } from 'vitest'
import type { Ask } from '../../protocols/contract/command.ts'
import { person, sha, until } from './kit.ts'
import { codeOf, pupil, queueSchool, refusal } from './queue-school.ts'

const mend = (job: string, more: Partial<Extract<Ask, { kind: 'job.mend' }>> = {}): Ask => ({
  kind: 'job.mend',
  job,
  sha256: sha('b'),
  name: 'лучше.gcode',
  size: 900,
  ...more,
})
const plate = (jobs: string[], more: Partial<Extract<Ask, { kind: 'job.plate' }>> = {}): Ask => ({
  kind: 'job.plate',
  plate: 'plate-001',
  jobs,
  sha256: sha('c'),
  name: 'стол.gcode',
  size: 5000,
  ...more,
})

describe('a job that was sent back', () => {
  it('keeps the author’s comment beside the teacher’s, and the place the teacher points at', async () => {
    using s = queueSchool()
    await s.submit('request-1', pupil(), { comment: 'для кружка' })
    const mark = { x: 10, y: 20, z: 3, layer: 12 }
    expect(codeOf(await s.ask({ kind: 'job.return', job: 'request-1', comment: 'тонко', mark }))).toBe('done')
    const returned = { comment: 'тонко', mark, by: person('teacher'), at: s.now }
    expect(s.job('request-1')).toMatchObject({ state: 'returned', comment: 'для кружка', returned })
  })

  it('is mended by its author under the same ticket, all returned copies, and shows what was wrong until it is approved', async () => {
    using s = queueSchool()
    await s.submit('request-1', pupil(), { copies: 3, comment: 'для кружка' })
    for (const job of ['request-1', 'request-1-2']) await s.ask({ kind: 'job.return', job, comment: 'тонко' })
    s.pass(1000)
    s.found({ filament: { grams: 12.34, material: 'PLA' } })
    expect(await s.ask(mend('request-1'), pupil())).toMatchObject({ outcome: 'done', ticket: 1, jobs: ['request-1', 'request-1-2'] })
    for (const [job, copy] of [
      ['request-1', 1],
      ['request-1-2', 2],
    ] as const) {
      expect(s.job(job)).toMatchObject({
        state: 'submitted',
        ticket: 1,
        copy,
        copies: 3,
        comment: 'для кружка',
        submittedAt: s.now,
        program: { sha256: sha('b'), name: 'лучше.gcode', size: 900, grams: 12.3 },
        returned: { comment: 'тонко' },
      })
    }
    expect(s.job('request-1-3').program.sha256).toBe(sha('a'))
    await s.ask({ kind: 'job.approve', job: 'request-1' })
    expect(s.job('request-1')).toMatchObject({ state: 'queued' })
    expect(s.job('request-1').returned).toBeUndefined()
    expect(s.store.journal(undefined, 20).map(event => event.kind === 'job' && event.change)).toContain('mended')
    expect(s.store.refold()).toEqual([])
  })

  it.for<[string, Parameters<typeof mend>[1], string, string]>([
    ['somebody else', {}, 'pupil-2', 'not-your-job'],
    ['its author, with a file no machine takes', { name: 'bad.gcode' }, 'pupil-1', 'too-big'],
  ])('is not mended by %s', async ([, more, id, code]) => {
    using s = queueSchool()
    await s.submit('request-1', pupil())
    await s.ask({ kind: 'job.return', job: 'request-1', comment: 'тонко' })
    const stop = { code: 'too-big', severity: 'stop' as const, text: { ru: 'Не помещается.', en: 'It does not fit.' } }
    if (more?.name !== undefined) s.found({ findings: [stop] })
    expect(codeOf(await s.ask(mend('request-1', more), { ...pupil(), id }))).toBe(code)
    expect(s.job('request-1')).toMatchObject({ state: 'returned', program: { sha256: sha('a') } })
  })

  it('is mended once: what waits for a check is the teacher’s to send back again', async () => {
    using s = queueSchool()
    await s.submit('request-1', pupil())
    expect(codeOf(await s.ask(mend('request-1'), pupil()))).toBe('already-mended')
    await s.ask({ kind: 'job.return', job: 'request-1', comment: 'тонко' })
    const both = await Promise.all([s.ask(mend('request-1'), pupil()), s.ask(mend('request-1', { sha256: sha('d') }), pupil())])
    expect(both.map(codeOf).sort()).toEqual(['already-mended', 'done'])
  })

  it('joins the queue at once when a teacher mends it', async () => {
    using s = queueSchool()
    await s.submit('request-1', pupil())
    await s.ask({ kind: 'job.return', job: 'request-1', comment: 'тонко' })
    await s.ask(mend('request-1'))
    expect(s.job('request-1')).toMatchObject({ state: 'queued', author: pupil() })
  })
})

/** Two pupils' jobs, one approved and one not, and a teacher's plate with both. */
async function withPlate(options = {}) {
  const s = queueSchool(options)
  await s.submit('request-1', pupil(1), { wishes: { deadline: s.now + 5 * 3_600_000 } })
  await s.submit('request-2', pupil(2))
  await s.ask({ kind: 'job.approve', job: 'request-2' })
  expect(codeOf(await s.ask(plate(['request-1', 'request-2'])))).toBe('done')
  return s
}

describe('a plate', () => {
  it('is a job of its own with its own ticket; its parts wait where they waited and are not started themselves', async () => {
    using s = await withPlate()
    expect(s.job('plate-001')).toMatchObject({
      ticket: 3,
      state: 'queued',
      author: person('teacher'),
      wishes: { deadline: expect.any(Number) },
    })
    expect(s.job('request-1')).toMatchObject({ state: 'submitted', plate: 'plate-001' })
    expect(s.job('request-2')).toMatchObject({ state: 'queued', plate: 'plate-001' })
    expect(s.queue.order.sequence.map(({ id }) => id)).toEqual(['plate-001'])
    s.ready()
    for (const deed of ['job.move', 'job.hold', 'job.assign'] as const)
      expect(codeOf(await s.ask({ kind: deed, job: 'request-2' }))).toBe('follows-plate')
    expect(codeOf(await s.ask({ kind: 'job.start', job: 'request-2', machine: 'printer-1' }))).toBe('follows-plate')
  })

  it('takes its parts along through its life, and each is handed over for itself', async () => {
    using s = await withPlate({ autoStart: true })
    s.ready()
    await until(() => s.job('plate-001').state === 'starting', 'the plate starts')
    expect(s.room.orders).toHaveLength(1)
    const states = () => ['plate-001', 'request-1', 'request-2'].map(id => s.job(id).state)
    expect(states()).toEqual(['starting', 'starting', 'starting'])
    s.begins('plate-001')
    expect(s.job('request-1')).toMatchObject({ state: 'running', machine: 'printer-1', startedAt: s.now })
    s.floor.report({ kind: 'job-paused', machine: 'printer-1', job: 'plate-001', at: s.now, number: 90, by: 'person' })
    expect(states()).toEqual(['paused', 'paused', 'paused'])
    s.floor.report({ kind: 'job-resumed', machine: 'printer-1', job: 'plate-001', at: s.now, number: 91 })
    s.pass(3_600_000)
    s.ends('plate-001')
    expect(states()).toEqual(['completed', 'completed', 'completed'])
    // The hour is the plate's own; the bed is the plate's to clear.
    expect(s.job('request-1').end).toMatchObject({ outcome: 'completed', seconds: 0 })
    expect(s.store.machine('printer-1')).toMatchObject({ uncleared: { job: 'plate-001' }, runningSeconds: 3600, jobs: 1 })
    await s.ask({ kind: 'machine.clear', machine: 'printer-1', quality: 'partial', cause: 'отлипла' })
    expect(s.job('request-2').verdict).toMatchObject({ quality: 'partial', cause: 'отлипла' })
    await s.ask({ kind: 'job.collect', job: 'request-1' })
    expect(states()).toEqual(['completed', 'collected', 'completed'])
    expect(s.store.refold()).toEqual([])
  })

  it('counts as one failure of the machine, however many parts were on it', async () => {
    using s = await withPlate({ autoStart: true })
    s.ready()
    await until(() => s.job('plate-001').state === 'starting', 'the plate starts')
    s.begins('plate-001')
    s.ends('plate-001', { outcome: 'failed', fault: { code: 'heater-failed', text: { ru: 'Нагрев.', en: 'Heater.' } } })
    expect(s.job('request-1')).toMatchObject({ state: 'failed', end: { fault: { code: 'heater-failed' } } })
    expect(s.store.machine('printer-1').failures).toHaveLength(1)
  })

  it.for<[string, boolean]>([
    ['in the queue', false],
    ['at work', true],
  ])('that is cancelled %s gives its parts back as they were', async ([, atWork]) => {
    using s = await withPlate({ autoStart: atWork })
    if (atWork) {
      s.ready()
      await until(() => s.job('plate-001').state === 'starting', 'the plate starts')
      s.begins('plate-001')
      s.ends('plate-001', { outcome: 'cancelled', seconds: 60 })
    } else await s.ask({ kind: 'job.cancel', job: 'plate-001' })
    for (const [id, state] of [
      ['request-1', 'submitted'],
      ['request-2', 'queued'],
    ] as const) {
      const { plate: of, machine, startedAt, endedAt, end, ...job } = s.job(id)
      expect(job.state).toBe(state)
      expect([of, machine, startedAt, endedAt, end]).toEqual(Array(5).fill(undefined))
    }
    expect(codeOf(await s.ask({ kind: 'job.approve', job: 'request-1' }))).toBe('done')
  })

  it('leaves alone what its author has taken back, and is stopped by nobody’s cancel but its own', async () => {
    using s = await withPlate({ autoStart: true })
    expect(codeOf(await s.ask({ kind: 'job.cancel', job: 'request-1' }, pupil(1)))).toBe('done')
    s.ready()
    await until(() => s.job('plate-001').state === 'starting', 'the plate starts')
    s.begins('plate-001')
    const orders = s.room.orders.length
    expect(codeOf(await s.ask({ kind: 'job.cancel', job: 'request-2' }, pupil(2)))).toBe('follows-plate')
    expect(s.room.orders).toHaveLength(orders)
    s.ends('plate-001')
    expect(s.job('request-1').state).toBe('cancelled')
    expect(s.job('request-2').state).toBe('completed')
  })

  it('loses what is sent back', async () => {
    using s = await withPlate()
    await s.ask({ kind: 'job.return', job: 'request-1', comment: 'тонко' })
    expect(s.job('request-1').plate).toBeUndefined()
    await s.ask({ kind: 'job.cancel', job: 'plate-001' })
    expect(s.job('request-1').state).toBe('returned')
  })

  it.for<[string, string[], string]>([
    ['what is on another', ['request-2'], 'already-on-plate'],
    ['what is a plate itself', ['plate-001'], 'already-on-plate'],
    ['what waits no more', ['request-3'], 'plate-needs-waiting'],
    ['what is not there', ['request-9'], 'unknown-job'],
  ])('does not take %s', async ([, jobs, code]) => {
    using s = await withPlate()
    await s.submit('request-3', pupil(3))
    await s.ask({ kind: 'job.deny', job: 'request-3' })
    const before = s.store.lastNumber
    expect(codeOf(await s.ask(plate(jobs, { plate: 'plate-002' })))).toBe(code)
    expect(s.store.lastNumber).toBe(before)
  })

  it('asked for twice is made once', async () => {
    using s = await withPlate()
    expect(await s.ask(plate(['request-1', 'request-2']))).toMatchObject({ outcome: 'done', ticket: 3 })
    expect(s.store.openJobs()).toHaveLength(3)
  })

  it('is not a machine’s lost job when the room comes back without a word of its parts', async () => {
    using s = await withPlate({ autoStart: true })
    s.ready()
    await until(() => s.job('plate-001').state === 'starting', 'the plate starts')
    s.begins('plate-001')
    const snapshot = {
      kind: 'snapshot' as const,
      room: 'room-00000001',
      at: s.now,
      lastNumber: 0,
      machines: [{ machine: 'printer-1', job: 'plate-001', state: { state: 'running' as const, since: s.now, job: 'plate-001' } }],
    }
    s.floor.snapshot(snapshot)
    s.floor.settled(snapshot)
    expect(['plate-001', 'request-1', 'request-2'].map(id => s.job(id).state)).toEqual(['running', 'running', 'running'])
  })
})

describe('a job that a person moves', () => {
  it('stays there, and goes back to its fair place when it is released', async () => {
    using s = queueSchool()
    for (const n of [1, 2, 3]) {
      s.pass(60_000)
      await s.submit(`request-${n}`, person('teacher'))
    }
    const order = () => {
      s.queue.stir()
      s.queue.settle()
      return s.store
        .openJobs()
        .sort((a, b) => a.order - b.order)
        .map(({ id }) => id)
    }
    expect(order()).toEqual(['request-1', 'request-2', 'request-3'])
    await s.ask({ kind: 'job.move', job: 'request-3', before: 'request-1' })
    expect(order()).toEqual(['request-3', 'request-1', 'request-2'])
    expect(s.job('request-3').pinned).toBe(true)
    const before = s.store.lastNumber
    await s.ask({ kind: 'job.move', job: 'request-3', release: true })
    expect(order()).toEqual(['request-1', 'request-2', 'request-3'])
    expect(s.job('request-3').pinned).toBeUndefined()
    // Given back, and one new number.
    expect(s.store.lastNumber - before).toBe(2)
    await s.ask({ kind: 'job.move', job: 'request-3', release: true })
    expect(s.store.lastNumber - before).toBe(2)
  })

  it('says so in words when it cannot be moved', async () => {
    using s = queueSchool()
    await s.submit('request-1', pupil())
    expect(refusal(await s.ask({ kind: 'job.move', job: 'request-1' }))).toContain('ждёт проверки')
  })
})
