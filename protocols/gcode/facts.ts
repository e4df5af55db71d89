// What the analysis is told of a machine.
import type { Firmware, MachineKind } from '../contract/machine.ts'
import type { Model } from '../contract/model.ts'

export type MachineFacts = {
  readonly machine: string
  readonly kind: MachineKind
  readonly dialect: 'grbl' | 'marlin'
  readonly model: Model
  /** What the machine said of itself: `$110` … or `M203` … (M503); wins over the model. */
  readonly settings?: Record<string, string>
  readonly family?: Firmware['family']
  /** Blocks its planner holds and bytes its receive buffer takes, as it said ($I, Bf:); they win over the model. */
  readonly plannerBlocks?: number
  readonly receiveBufferBytes?: number
  /** How it warms, as it was watched. */
  readonly heating?: Readonly<Partial<Record<'nozzle' | 'bed', HeatCurve>>>
}

/** [°C, seconds since the first point], both rising. */
export type HeatCurve = readonly (readonly [celsius: number, seconds: number])[]
