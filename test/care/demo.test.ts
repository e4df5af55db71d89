// A simulated machine of the demo says what its model says: a fresh demo shows no technician settings that differ.
import { join } from 'node:path'
import { io } from 'socket.io-client'
import { describe, expect, it } from 'vitest'
import { deviceArgs } from '../../daemon/cli/demo-devices.ts'
import { demoSchools } from '../../daemon/cli/demo-plan.ts'
import { startSchool } from '../../daemon/main.ts'
import type { Care } from '../../protocols/contract/care.ts'
import type { MachinePicture, ViewSnapshot } from '../../protocols/contract/screen.ts'
import { silent, temporaryFolder, until } from '../daemon/kit.ts'
import { Visitor, writeSchool } from '../daemon/school-kit.ts'
import { startDevice } from '../devices/device.ts'
import { parseDeviceArguments } from '../devices/main.ts'

const models = join(import.meta.dirname, '../../drivers/models')

describe('the demo', () => {
  it('has machines whose firmware says what their models say, each with a plan of care', async () => {
    using folder = temporaryFolder()
    await using open = new AsyncDisposableStack()
    const machines: { id: string; model: string; port: string }[] = []
    for (const { id: site, machines: members } of demoSchools) {
      for (const machine of members) {
        // Without `device`, which is the command's own name.
        const parsed = parseDeviceArguments(deviceArgs(machine, 'tcp://127.0.0.1:0', 100, models).slice(1))
        if ('complaint' in parsed) throw new Error(parsed.complaint)
        const device = open.use(await startDevice({ ...parsed.options, bootMs: 10 }))
        machines.push({ id: `${site}-${machine.id}`, model: machine.model, port: device.url })
      }
    }
    const school = await startSchool({ configPath: writeSchool(folder.path, machines), log: silent })
    try {
      const technician = await new Visitor(school.url).signIn('technician')
      const socket = io(school.url, { transports: ['websocket'], forceNew: true, extraHeaders: { cookie: technician.cookie } })
      const told = new Map<string, MachinePicture>()
      const look = async () => {
        // A page asks for a view seldom; whoever asks all the time is refused.
        await new Promise(resolve => setTimeout(resolve, 500))
        const seen = (await socket.timeout(5_000).emitWithAck('watch', { kind: 'site', site: 'school-1' })) as ViewSnapshot
        if (seen.kind !== 'site') return false
        for (const [id, machine] of Object.entries(seen.picture.machines)) {
          if (Object.keys(machine.firmware?.settings ?? {}).length > 3) told.set(id, machine)
        }
        return told.size === machines.length
      }
      await until(look, 'every machine tells its settings', 40_000)
      const differing = [...told].flatMap(([id, { differences = [] }]) => differences.map(one => `${id} ${one.setting}: ${one.machine}`))
      expect(differing).toEqual([])
      socket.close()
      const care = (await (await technician.get('/api/v1/sites/school-1/care')).json()) as Care
      expect(new Set(care.plan.map(({ machine }) => machine)).size).toBe(machines.length)
    } finally {
      await school.stop({ stopRoom: true })
    }
  }, 90_000)
})
