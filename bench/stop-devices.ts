// The machines of the stop bench, in a process of their own: they report when a stop's first byte arrived and how long their streams paused.
import { type RunningDevice, startDevice } from '../test/devices/device.ts'

export type ToDevices = { kind: 'start'; marlins: number; mills: number } | { kind: 'watch' } | { kind: 'gaps' } | { kind: 'end' }
export type FromDevices =
  | { kind: 'ports'; marlins: string[]; mills: string[] }
  /** `at`: ms since 1970, with fractions. `what`: "M112" or a realtime byte. */
  | { kind: 'urgent'; port: string; what: string | number; at: number }
  /** Longest pause between two arrivals of bytes since `watch`, ms, a machine. */
  | { kind: 'gaps'; gaps: number[]; lines: number }

type Watched = { device: RunningDevice; lastAt: number; gapMs: number }

const watched: Watched[] = []
const say = (message: FromDevices) => process.send?.(message)

async function start(kind: 'marlin' | 'grbl'): Promise<string> {
  // Motion takes no time: each stream runs as fast as its wire, which is the hardest for the host.
  const common = { listen: 'tcp://127.0.0.1:0', speed: Number.POSITIVE_INFINITY, wire: { baud: 115_200 }, resetsOnOpen: true, bootMs: 20 }
  const device = await startDevice(kind === 'grbl' ? { ...common, kind, settings: { $32: 0 } } : { ...common, kind })
  const entry: Watched = { device, lastAt: performance.now(), gapMs: 0 }
  watched.push(entry)
  device.onByte((what, atMs) => say({ kind: 'urgent', port: device.url, what, at: performance.timeOrigin + atMs }))
  device.onChunk((_, atMs) => {
    entry.gapMs = Math.max(entry.gapMs, atMs - entry.lastAt)
    entry.lastAt = atMs
  })
  return device.url
}

process.on('message', async (message: ToDevices) => {
  switch (message.kind) {
    case 'start': {
      const many = (count: number, kind: 'marlin' | 'grbl') => Promise.all(Array.from({ length: count }, () => start(kind)))
      say({ kind: 'ports', marlins: await many(message.marlins, 'marlin'), mills: await many(message.mills, 'grbl') })
      return
    }
    case 'watch':
      for (const entry of watched) Object.assign(entry, { gapMs: 0, lastAt: performance.now() })
      return
    case 'gaps': {
      const now = performance.now()
      const gaps = watched.map(({ gapMs, lastAt }) => Math.max(gapMs, now - lastAt))
      say({ kind: 'gaps', gaps, lines: watched.reduce((sum, { device }) => sum + device.executed.count, 0) })
      return
    }
    case 'end':
      await Promise.all(watched.map(({ device }) => device.stop()))
      process.disconnect?.()
  }
})
