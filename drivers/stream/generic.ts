// Careful figures for a machine of which no model was named: nothing is risked, the firmware's own word improves them.
import type { Dialect, MachineKind } from '../../protocols/contract/machine.ts'
import type { Model } from '../../protocols/contract/model.ts'

const anywhere: Model['area'] = { x: [-10_000, 10_000], y: [-10_000, 10_000], z: [-10_000, 10_000] }

/** Marlin's line of 96 characters less its end; Grbl's of 80 less its end. */
const lineLengthMax: Record<Dialect, number> = { marlin: 95, grbl: 79 }

export function genericModel(dialect: Dialect, kind: MachineKind, port: string): Model {
  return {
    id: `generic-${dialect}`,
    name: dialect === 'marlin' ? 'Marlin' : 'Grbl',
    kind,
    dialect,
    source: 'defaults of Marlin 2.1 and Grbl 1.1',
    area: anywhere,
    serial: { baud: 115_200, bootMs: bootMs(dialect, port) },
    limits: {},
    motion:
      dialect === 'marlin'
        ? {
            maxRate: { x: 300, y: 300, z: 5, e: 25 },
            acceleration: { x: 3000, y: 3000, z: 100, e: 10_000 },
            printAcceleration: 3000,
            travelAcceleration: 3000,
            retractAcceleration: 3000,
            jerk: { x: 10, y: 10, z: 0.3, e: 5 },
            minimumSegmentMs: 20,
            stepsPerMm: { x: 80, y: 80, z: 400, e: 500 },
            plannerBlocks: 16,
          }
        : {
            // Grbl 1.1 defaults_generic: $110 500 mm/min, $120 10 mm/s². The machine says its own with $$.
            maxRate: { x: 8.33, y: 8.33, z: 8.33 },
            acceleration: { x: 10, y: 10, z: 10 },
            junctionDeviation: 0.01,
            arcTolerance: 0.002,
            stepsPerMm: { x: 250, y: 250, z: 250 },
            plannerBlocks: 15,
          },
    stream: { windowLines: 1, windowBytes: dialect === 'marlin' ? 120 : 127, lineLengthMax: lineLengthMax[dialect] },
    quirks: [],
  }
}

/** A board that the opening reboots needs its boot loader's time; a network port or a pseudo-terminal reboots nothing, or says so itself. */
function bootMs(dialect: Dialect, port: string): number {
  if (!/^\/dev\/(tty|serial|cu)/.test(port)) return 500
  return dialect === 'marlin' ? 5000 : 2500
}
