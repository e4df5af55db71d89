// `tsekh device …`: one simulated machine started by hand, for lessons without iron, benches and tests across processes.
import type { Behaviour } from './behaviour.ts'
import { type DeviceOptions, type RunningDevice, startDevice } from './device.ts'
import type { DeviceKind } from './machine.ts'
import type { MarlinOptions } from './marlin/options.ts'
import { behaviourMakers, parseBehaviour } from './parse-behaviour.ts'
import { openWindow, type RunningWindow } from './window.ts'

export const deviceUsage = `tsekh device grbl|grblhal|fluidnc|marlin --listen tcp://127.0.0.1:5001|pty:///path
  --speed N            axes, heaters and waits run N times faster than life ("max": they take no time)
  --baud N             bytes pass at this pace, 10 bits each
  --latency MS         replies rest this long in the adapter
  --behaviour NAME[:ARGS]   a stumble, may be given several times: ${Object.keys(behaviourMakers).join(', ')}
  --setting $110=8000  a stored setting (Grbl family), may be given several times
  --option NAME=VALUE  how the printer is built (Marlin): advancedOk, okAfterResend, emergencyParser, duplicates …
  --boot-ms N          opening the port reboots the board; it is deaf for N ms, then greets
  --seed N             the stumbles' dice
  --window PORT        shows its bed and the buttons on its front at http://127.0.0.1:PORT
  --bed 300x200        the size of that bed, in mm
  --trace              prints every realtime byte and emergency line with its arrival (ms since 1970)`

const kinds: readonly DeviceKind[] = ['grbl', 'grblhal', 'fluidnc', 'marlin']

type Parsed = { options: DeviceOptions; trace: boolean; window?: number; bed?: { x: number; y: number } }

/** Options from the words behind `tsekh device`, or one sentence that says what is wrong. */
export function parseDeviceArguments(argv: readonly string[]): Parsed | { readonly complaint: string } {
  const kind = kinds.find(name => name === argv[0])
  if (kind === undefined)
    return { complaint: `say which machine: ${kinds.join(', ')}${argv[0] === undefined ? '' : ` (not "${argv[0]}")`}` }
  let listen: string | undefined
  let speed = 1
  let baud: number | undefined
  let latencyMs: number | undefined
  let bootMs: number | undefined
  let seed = 1
  let trace = false
  let window: number | undefined
  let bed: { x: number; y: number } | undefined
  const behaviours: Behaviour[] = []
  const settings: { [name: string]: string } = {}
  const built: { [name: string]: unknown } = {}
  for (let i = 1; i < argv.length; i += 1) {
    const [name = '', inline] = splitOnce(argv[i] ?? '')
    if (name === '--trace') {
      trace = true
      continue
    }
    if (!known.has(name))
      return { complaint: `"${argv[i]}" is not an option of tsekh device; there are ${[...known, '--trace'].join(', ')}` }
    const value = inline ?? argv[i + 1]
    if (inline === undefined) i += 1
    if (value === undefined) return { complaint: `${name} wants a value` }
    if (name === '--listen') {
      const complaint = complainAboutAddress(value)
      if (complaint !== undefined) return { complaint }
      listen = value
    } else if (name === '--behaviour') {
      const behaviour = parseBehaviour(value)
      if ('complaint' in behaviour) return behaviour
      behaviours.push(behaviour)
    } else if (name === '--setting') {
      const found = /^\$?(\d+)=(-?[\d.]+)$/.exec(value)
      if (found === null || kind === 'marlin')
        return { complaint: `--setting ${value} cannot be used; write --setting $110=8000, for a Grbl board` }
      settings[`$${found[1]}`] = found[2] ?? ''
    } else if (name === '--option') {
      const found = /^([A-Za-z]+)=(.+)$/.exec(value)
      if (found === null || kind !== 'marlin')
        return { complaint: `--option ${value} cannot be used; write --option advancedOk=true, for a Marlin printer` }
      built[found[1] ?? ''] = typed(found[2] ?? '')
    } else if (name === '--bed') {
      const found = /^(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)$/.exec(value)
      if (found === null) return { complaint: `--bed ${value} cannot be read; write --bed 300x200, in mm` }
      bed = { x: Number(found[1]), y: Number(found[2]) }
    } else if (name === '--speed' && (value === 'max' || value === 'Infinity')) speed = Number.POSITIVE_INFINITY
    else {
      const amount = Number(value)
      if (value.trim() === '' || !Number.isFinite(amount) || amount < 0) return { complaint: `${name} wants a number, not "${value}"` }
      if (name === '--speed') speed = amount
      else if (name === '--baud') baud = amount
      else if (name === '--latency') latencyMs = amount
      else if (name === '--boot-ms') bootMs = amount
      else if (name === '--window') window = amount
      else seed = amount
    }
  }
  if (listen === undefined) return { complaint: 'say where to listen: --listen tcp://127.0.0.1:5001 or --listen pty:///path' }
  if (speed === 0) return { complaint: '--speed 0 would stand still for ever; use a number above zero, or max' }
  if (baud !== undefined && baud < 300) return { complaint: `--baud ${baud} is slower than any machine; use 115200 or 250000` }
  const common = {
    listen,
    speed,
    seed,
    behaviours,
    wire: { ...(baud === undefined ? {} : { baud }), ...(latencyMs === undefined ? {} : { latencyMs }) },
    ...(bootMs === undefined ? {} : { bootMs, resetsOnOpen: true }),
  }
  const options: DeviceOptions =
    kind === 'marlin'
      ? { ...common, kind, machine: built as Partial<MarlinOptions> }
      : { ...common, kind, settings, flowControl: kind === 'fluidnc' && listen.startsWith('tcp:') }
  return { options, trace, ...(window === undefined ? {} : { window }), ...(bed === undefined ? {} : { bed }) }
}

const known = new Set([
  '--listen',
  '--speed',
  '--baud',
  '--latency',
  '--behaviour',
  '--setting',
  '--option',
  '--boot-ms',
  '--seed',
  '--window',
  '--bed',
])

function splitOnce(word: string): [string, string | undefined] {
  const equals = word.indexOf('=')
  return word.startsWith('--') && equals > 0 ? [word.slice(0, equals), word.slice(equals + 1)] : [word, undefined]
}

/** A group of figures (`motion={"maxFeed":[…]}`) is JSON. */
function typed(text: string): unknown {
  if (text.startsWith('{')) return JSON.parse(text)
  if (text === 'true' || text === 'false') return text === 'true'
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

function complainAboutAddress(address: string): string | undefined {
  if (address.startsWith('pty:///') && address.length > 'pty:///'.length) return undefined
  const found = /^tcp:\/\/([^:/]+):(\d+)\/?$/.exec(address)
  if (found === null) return `cannot listen on "${address}"; write tcp://127.0.0.1:5001 or pty:///path`
  // Simulated machines obey anyone who connects: they are never offered to the network.
  if (found[1] !== '127.0.0.1' && found[1] !== 'localhost')
    return `simulated machines listen on this computer only: tcp://127.0.0.1:${found[2]}`
  return Number(found[2]) > 65535 ? `there is no port ${found[2]}` : undefined
}

/** Runs `tsekh device …` until SIGINT or SIGTERM. Bad words end with one sentence on stderr and exit status 2. */
export async function deviceCommand(argv: readonly string[]): Promise<void> {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(`${deviceUsage}\n`)
    return
  }
  const parsed = parseDeviceArguments(argv)
  if ('complaint' in parsed) {
    process.stderr.write(`tsekh device: ${parsed.complaint}\n`)
    process.exitCode = 2
    return
  }
  // Before anything is opened: a signal in the middle of the start must not leave a terminal's link behind.
  const ended = new Promise<void>(resolve => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
  let device: RunningDevice
  try {
    device = await startDevice(parsed.options)
  } catch (error) {
    process.stderr.write(`tsekh device: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
    return
  }
  if (parsed.trace) {
    device.onByte((what, atMs) => {
      const name = typeof what === 'number' ? `0x${what.toString(16).padStart(2, '0')}` : what
      process.stdout.write(`urgent ${name} ${(performance.timeOrigin + atMs).toFixed(3)}\n`)
    })
  }
  let window: RunningWindow | undefined
  try {
    if (parsed.window !== undefined) window = await openWindow(device, parsed.window, parsed.bed)
  } catch (error) {
    process.stderr.write(`tsekh device: no window at port ${parsed.window}: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
    await device.stop()
    return
  }
  process.stdout.write(`listening ${device.url}\n`)
  if (window !== undefined) process.stdout.write(`window ${window.url}\n`)
  await ended
  await window?.close()
  await device.stop()
}
