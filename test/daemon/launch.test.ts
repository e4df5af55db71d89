// The machine room's process as the daemon starts it: told to end it goes silently, dead of itself it is heard of.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { launchRoom, roomSocket } from '../../daemon/launch.ts'
import { temporaryFolder, until } from './kit.ts'

type Line = { level: number; msg: string; code?: number; errors?: string }

function listener() {
  const lines: Line[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(JSON.parse(line)) })
  return { lines, log }
}

describe('a machine room of our own', () => {
  it('is gone when it says so, and one that was told to end has not died', async () => {
    using folder = temporaryFolder()
    const { lines, log } = listener()
    const room = launchRoom(roomSocket(folder.path), folder.path, log)
    expect(room.alive()).toBe(true)
    room.end()
    await until(() => !room.alive(), 'it is gone')
    expect(lines).toEqual([])
  })

  it('that dies of itself is logged with its last words', async () => {
    using folder = temporaryFolder()
    const { lines, log } = listener()
    const room = launchRoom(join(folder.path, 'no such folder', 'room.sock'), folder.path, log)
    await until(() => !room.alive(), 'it is gone')
    expect(lines).toMatchObject([
      { level: 50, msg: 'the machine room has died', code: expect.any(Number), errors: expect.stringContaining('room.sock') },
    ])
  })

  it('that dies with its folder taken away is logged without them, and nothing else falls over', async () => {
    using folder = temporaryFolder()
    const { lines, log } = listener()
    const room = launchRoom(join(folder.path, 'no such folder', 'room.sock'), folder.path, log)
    rmSync(folder.path, { recursive: true })
    await until(() => !room.alive(), 'it is gone')
    expect(lines).toMatchObject([{ level: 50, msg: 'the machine room has died' }])
    expect(lines[0]?.errors).toBeUndefined()
  })
})
