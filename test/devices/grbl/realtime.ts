// Realtime bytes: picked off before the receive buffer, never a part of a line, never acknowledged (realtime_cmds.md).
import type { GrblCore } from './core.ts'
import type { Variant } from './variants.ts'

const common = new Set([
  0x18, 0x21, 0x3f, 0x7e, 0x84, 0x85, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0xa0, 0xa1,
])

export function isRealtime(byte: number, variant: Variant): boolean {
  return common.has(byte) || variant.realtimeExtras.includes(byte)
}

/**
 * FluidNC decodes UTF-8 and keeps the low eight bits of the code point: И (U+0418) becomes 0x18, a reset.
 * A lone byte of 0x80…0xBF stands for itself. Undefined while a sequence is not complete.
 */
export function realtimeFromUtf8(decoder: { value: number; left: number }, byte: number): number | undefined {
  if (decoder.left > 0) {
    if ((byte & 0xc0) === 0x80) {
      decoder.value = (decoder.value << 6) | (byte & 0x3f)
      decoder.left -= 1
      return decoder.left === 0 ? low(decoder.value) : undefined
    }
    decoder.left = 0
  }
  if (byte < 0xc0) return byte
  decoder.left = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1
  decoder.value = byte & (0x3f >> decoder.left)
  return undefined
}

// Only commands survive the cut to eight bits; the letter itself never becomes part of a line here.
function low(codePoint: number): number | undefined {
  const byte = codePoint & 0xff
  return byte === 0x18 || byte === 0x21 || byte === 0x3f || byte === 0x7e || byte >= 0x80 ? byte : undefined
}

/** Acts on every realtime byte but the resets, which the machine itself takes. */
export function actRealtime(core: GrblCore, byte: number): void {
  const { flags, overrides, variant } = core
  switch (byte) {
    case 0x3f:
    case 0x80:
    case 0x05:
      flags.status = true
      return
    case 0x21:
    case 0x82:
      flags.hold = true
      return
    case 0x7e:
    case 0x81:
      flags.start = true
      return
    case 0x84:
      flags.door = true
      return
    case 0x85:
      flags.jogCancel = true
      return
    case 0x83:
      flags.parser = true
      return
    case 0x87:
      if (variant.kind !== 'grblhal') return
      flags.status = true
      flags.whole = true
      return
    case 0x8c:
      core.reportEvery = core.reportEvery > 0 ? 0 : 0.1
      core.reportAt = core.reportEvery > 0 ? core.now + core.reportEvery : Number.POSITIVE_INFINITY
      return
    case 0x19:
      flags.hold = true
      return
    case 0xa3:
      flags.toolAck = true
      return
    case 0x90:
      setFeed(core, 100)
      return
    case 0x91:
      setFeed(core, overrides.feed + 10)
      return
    case 0x92:
      setFeed(core, overrides.feed - 10)
      return
    case 0x93:
      setFeed(core, overrides.feed + 1)
      return
    case 0x94:
      setFeed(core, overrides.feed - 1)
      return
    case 0x95:
      setRapid(core, 100)
      return
    case 0x96:
      setRapid(core, 50)
      return
    case 0x97:
      setRapid(core, 25)
      return
    case 0x99:
      setSpindle(core, 100)
      return
    case 0x9a:
      setSpindle(core, overrides.spindle + 10)
      return
    case 0x9b:
      setSpindle(core, overrides.spindle - 10)
      return
    case 0x9c:
      setSpindle(core, overrides.spindle + 1)
      return
    case 0x9d:
      setSpindle(core, overrides.spindle - 1)
      return
    case 0x9e:
      // Spindle stop works in a completed hold only.
      if (core.state === 'Hold' && core.holdComplete) core.beam.stopped = !core.beam.stopped
      return
    case 0xa0:
      if (core.state === 'Idle' || core.state === 'Run' || core.state === 'Hold') {
        core.beam.flood = !core.beam.flood
        core.gc.flood = core.beam.flood
        core.cadence.overridesChanged()
      }
      return
    case 0xa1:
      if (variant.mist && (core.state === 'Idle' || core.state === 'Run' || core.state === 'Hold')) {
        core.beam.mist = !core.beam.mist
        core.gc.mist = core.beam.mist
        core.cadence.overridesChanged()
      }
      return
    default:
      return
  }
}

/** Feed and spindle go from 10 to 200 per cent. */
function clamp(percent: number): number {
  return Math.min(200, Math.max(10, percent))
}

function setFeed(core: GrblCore, percent: number): void {
  const value = clamp(percent)
  if (value === core.overrides.feed) return
  core.overrides.feed = value
  changed(core)
}

function setRapid(core: GrblCore, percent: number): void {
  if (percent === core.overrides.rapid) return
  core.overrides.rapid = percent
  changed(core)
}

function setSpindle(core: GrblCore, percent: number): void {
  core.overrides.spindle = clamp(percent)
  core.cadence.overridesChanged()
}

function changed(core: GrblCore): void {
  core.planner.overridden()
  core.stepper.replanned()
  core.cadence.overridesChanged()
}
