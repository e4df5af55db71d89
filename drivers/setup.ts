// What a declared machine means for its session and for the gate: the model's figures, over which the firmware's own word wins.
import type { Dialect, Firmware, MachineKind } from '../protocols/contract/machine.ts'
import type { Model } from '../protocols/contract/model.ts'
import type { GateRules } from '../protocols/gcode/gate.ts'
import type { SessionOptions } from '../protocols/session.ts'

/** Grbl 1.1 counts stripped characters; grblHAL and FluidNC count all of them, and FluidNC cuts what is longer without a word. */
const lineLengthByFamily: Partial<Record<Firmware['family'], number>> = { grblhal: 256, fluidnc: 254 }

export function sessionOptions({ declaration, model }: { declaration: { kind: MachineKind }; model: Model }): SessionOptions {
  return {
    bootMs: model.serial.bootMs,
    windowLines: model.stream.windowLines,
    windowBytes: model.stream.windowBytes,
    lineLengthMax: model.stream.lineLengthMax,
    quirks: model.quirks,
    // A mill's spindle turns with M3; a laser's beam that stands still burns.
    constantPowerAllowed: declaration.kind !== 'laser',
    machineKind: declaration.kind,
  }
}

type Gated = { readonly dialect: Dialect; readonly kind: MachineKind; readonly model: Pick<Model, 'stream'> }

export function gateRules(machine: Gated, firmware: Firmware | undefined, allowConstantPower: boolean): GateRules {
  const byFamily = firmware === undefined ? undefined : lineLengthByFamily[firmware.family]
  return {
    dialect: machine.dialect,
    lineLengthMax: byFamily ?? machine.model.stream.lineLengthMax,
    machineKind: machine.kind,
    constantPowerAllowed: allowConstantPower || machine.kind !== 'laser',
  }
}
