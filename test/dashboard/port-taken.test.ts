// A screen whose port is taken does not start, and leaves nothing behind that would run on over a closed store.
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startSchool } from '../../daemon/main.ts'
import { startCity } from '../../dashboard/main.ts'
import { silent, temporaryFolder } from '../daemon/kit.ts'
import { writeSchool } from '../daemon/school-kit.ts'
import { freePort } from './house.ts'

let taken: Server
let port: number
beforeEach(async () => {
  taken = createServer()
  await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
  const address = taken.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterEach(() => new Promise<void>(resolve => taken.close(() => resolve())))

const running = () => process.getActiveResourcesInfo().filter(kind => kind === 'Timeout' || kind === 'Immediate').length

it('a school’s', async () => {
  using folder = temporaryFolder()
  const configPath = writeSchool(folder.path, [{ id: 'printer-1', model: 'generic-marlin', port: 'tcp://127.0.0.1:1' }])
  writeFileSync(configPath, readFileSync(configPath, 'utf8').replace('screen: { port: 0 }', `screen: { port: ${port}, host: 127.0.0.1 }`))
  const before = running()
  await expect(startSchool({ configPath, log: silent })).rejects.toThrow('EADDRINUSE')
  await expect.poll(running).toBeLessThanOrEqual(before)
})

it('a city’s', async () => {
  using folder = temporaryFolder()
  const configPath = join(folder.path, 'city.yaml')
  const broker = { port: await freePort() }
  const sites = [{ id: 'school-1', name: 'Школа № 1', password: 'a-long-password-of-the-site' }]
  const people = [{ id: 'technician-1', name: 'Т', login: 'technician', role: 'technician', sites: 'all', password: 'technician' }]
  writeFileSync(configPath, JSON.stringify({ data: 'city', screen: { port, host: '127.0.0.1' }, broker, demo: true, sites, people }))
  const before = running()
  await expect(startCity({ configPath, log: silent })).rejects.toThrow('EADDRINUSE')
  await expect.poll(running).toBeLessThanOrEqual(before)
})
