// Machines for the tests of the analysis: round figures, so that times can be reckoned by hand.

import type { Model } from '../../protocols/contract/model.ts'
import type { MachineFacts } from '../../protocols/gcode/analyse.ts'

export const laserModel: Model = {
  id: 'test-laser',
  name: 'Test laser',
  kind: 'laser',
  dialect: 'grbl',
  source: 'test',
  area: { x: [0, 400], y: [0, 400], z: [0, 0] },
  // So fast a wire that only motion takes time.
  serial: { baud: 1_000_000_000, bootMs: 0 },
  limits: { powerFull: 1000 },
  motion: {
    maxRate: { x: 100, y: 100, z: 10 },
    acceleration: { x: 200, y: 200, z: 50 },
    junctionDeviation: 0.01,
    arcTolerance: 0.002,
    stepsPerMm: { x: 100, y: 100, z: 100 },
    plannerBlocks: 15,
  },
  stream: { windowLines: 1, windowBytes: 127, lineLengthMax: 79 },
  quirks: [],
}

export const millModel: Model = {
  ...laserModel,
  id: 'test-mill',
  name: 'Test mill',
  kind: 'mill',
  area: { x: [0, 300], y: [0, 180], z: [-45, 0] },
  limits: { powerFull: 12_000 },
}

export const printerModel: Model = {
  ...laserModel,
  id: 'test-printer',
  name: 'Test printer 3',
  kind: 'printer',
  dialect: 'marlin',
  area: { x: [0, 220], y: [0, 220], z: [0, 250] },
  limits: { nozzleMaxC: 260, bedMaxC: 100 },
  motion: {
    maxRate: { x: 500, y: 500, z: 10, e: 60 },
    acceleration: { x: 1000, y: 1000, z: 100, e: 5000 },
    printAcceleration: 500,
    travelAcceleration: 1000,
    retractAcceleration: 1000,
    jerk: { x: 8, y: 8, z: 0.4, e: 5 },
    stepsPerMm: { x: 80, y: 80, z: 400, e: 100 },
    plannerBlocks: 16,
  },
  stream: { windowLines: 4, windowBytes: 120, lineLengthMax: 95 },
  nozzleMm: 0.4,
}

export const laser: MachineFacts = { machine: 'laser-1', kind: 'laser', dialect: 'grbl', model: laserModel, family: 'grbl' }
export const mill: MachineFacts = { machine: 'mill-1', kind: 'mill', dialect: 'grbl', model: millModel, family: 'grbl' }
export const printer: MachineFacts = { machine: 'printer-1', kind: 'printer', dialect: 'marlin', model: printerModel, family: 'marlin' }
