// Armed in a school: the desk's judgement, the queue's way back, and a whole school with a machine room and a device with a button.
import { describe, expect, it } from 'vitest'
import { startSchool } from '../../daemon/main.ts'
import type { Reply } from '../../protocols/contract/command.ts'
import { type RunningDevice, startDevice } from '../devices/device.ts'
import { silent, temporaryFolder, until } from './kit.ts'
import { spawnSchool, Visitor, writeSchool } from './school-kit.ts'

const codeOf = (reply: Reply) => (reply.outcome === 'refused' ? reply.denial.code : reply.outcome)
const jobOf = (reply: Reply) => {
  if (reply.outcome !== 'done' || !reply.jobs?.[0]) throw new Error(`not submitted: ${JSON.stringify(reply)}`)
  return reply.jobs[0]
}
const cut = Buffer.from('G21 G90\nM3 S800\nG0 X2 Y2\nG1 X40 F3000\nG1 Y30\nG1 X2\nG1 Y2\nM5\nM2\n')
const button = 'startButton: true'

/** Held by M0, and the school has seen it: what is pressed sooner is not believed. */
async function armed(device: RunningDevice): Promise<void> {
  await until(() => device.state().mode === 'Hold:0', 'the controller is held')
  let reports = 0
  const stop = device.onByte(what => {
    if (what === 0x3f) reports++
  })
  await until(() => reports >= 3, 'its state was asked for')
  stop()
}
const mill = (port: string, more = button) => ({ id: 'mill-1', model: 'generic-grbl-mill', port, more })

describe('a school with a machine that has a start button', () => {
  it('arms, waits, works at the press; stopped while it waits the job is back in the queue and says why', async () => {
    using folder = temporaryFolder()
    await using device = await startDevice({ kind: 'grbl', listen: 'tcp://127.0.0.1:0', speed: 100, bootMs: 10 })
    const school = await startSchool({ configPath: writeSchool(folder.path, [mill(device.url)]), log: silent })
    try {
      const teacher = await new Visitor(school.url).signIn('teacher')
      const pupil = await new Visitor(school.url).signIn('pupil')
      await until(() => school.settled(), 'the machine room is there', 30_000)
      const job = jobOf(await teacher.submit('табличка.nc', cut))
      const arm = { kind: 'job.arm', job, machine: 'mill-1' } as const
      expect(codeOf(await pupil.ask(arm))).toBe('no-right')
      await until(async () => codeOf(await teacher.ask(arm)) === 'done', 'it is armed', 30_000)
      await armed(device)
      expect((await teacher.job(job))?.state).toBe('starting')
      expect(device.moved.count).toBe(0)
      expect(codeOf(await teacher.ask({ kind: 'machine.resume', machine: 'mill-1' }))).toBe('armed')

      expect(codeOf(await teacher.ask({ kind: 'machine.stop', machine: 'mill-1' }))).toBe('done')
      await until(async () => (await teacher.job(job))?.state === 'queued', 'it is back in the queue')
      expect((await teacher.job(job))?.machine).toBeUndefined()

      await until(async () => codeOf(await teacher.ask(arm)) === 'done', 'it is armed again', 30_000)
      await armed(device)
      device.reset()
      await until(async () => (await teacher.job(job))?.back?.code === 'controller-restarted', 'it is back, and says why')

      await until(async () => codeOf(await teacher.ask(arm)) === 'done', 'it is armed a third time', 30_000)
      expect((await teacher.job(job))?.back).toBeUndefined()
      await armed(device)
      device.press('start')
      await until(async () => (await teacher.job(job))?.state === 'completed', 'it is cut', 30_000)
      expect((await teacher.journal()).filter(event => event.kind === 'action' && event.action === 'job.arm')).toHaveLength(3)
    } finally {
      await school.stop({ stopRoom: true })
    }
  }, 120_000)

  it('is refused where the file names no button, and asks no PIN where it does', async () => {
    using folder = temporaryFolder()
    await using device = await startDevice({ kind: 'grbl', listen: 'tcp://127.0.0.1:0', speed: 100, bootMs: 10 })
    await using second = await startDevice({ kind: 'grbl', listen: 'tcp://127.0.0.1:0', speed: 100, bootMs: 10 })
    const machines = [mill(device.url), { ...mill(second.url, 'startButton: false'), id: 'mill-2' }]
    const school = await startSchool({ configPath: writeSchool(folder.path, machines, 'rules: { startPin: pin }'), log: silent })
    try {
      const teacher = await new Visitor(school.url).signIn('teacher')
      await until(() => school.settled(), 'the machine room is there', 30_000)
      const job = jobOf(await teacher.submit('табличка.nc', cut))
      expect(codeOf(await teacher.ask({ kind: 'job.arm', job, machine: 'mill-2' }))).toBe('no-start-button')
      expect(codeOf(await teacher.ask({ kind: 'job.start', job, machine: 'mill-1' }))).not.toBe('done')
      await until(async () => codeOf(await teacher.ask({ kind: 'job.arm', job, machine: 'mill-1' })) === 'done', 'it is armed', 30_000)
    } finally {
      await school.stop({ stopRoom: true })
    }
  }, 120_000)

  it('waits on while the daemon is dead, and a press then is told when the daemon is back', async () => {
    using folder = temporaryFolder()
    await using device = await startDevice({ kind: 'grbl', listen: 'tcp://127.0.0.1:0', speed: 100, bootMs: 10 })
    const path = writeSchool(folder.path, [mill(device.url)])
    const first = await spawnSchool(path)
    const teacher = await new Visitor(first.url).signIn('teacher')
    const job = jobOf(await teacher.submit('табличка.nc', cut))
    await until(async () => codeOf(await teacher.ask({ kind: 'job.arm', job, machine: 'mill-1' })) === 'done', 'it is armed', 30_000)
    await armed(device)
    await first.kill()
    expect(device.moved.count).toBe(0)
    device.press('start')
    await until(() => device.moved.count === 5, 'the machine room works on alone')
    const second = await spawnSchool(path, ['--stop-room'])
    const again = await new Visitor(second.url).signIn('teacher')
    await until(async () => (await again.job(job))?.state === 'completed', 'the daemon hears of it', 30_000)
    await second.end()
  }, 120_000)
})
