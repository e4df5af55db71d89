// The programs on which the forecast is judged: what laser, mill and printer programs look like, and the real ones of the tests.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Trial = {
  name: string
  firmware: 'grbl' | 'marlin'
  kind: 'laser' | 'mill' | 'printer'
  text: string
  /** `$n` of the board, or Marlin's motion by name; the forecast is told them as the machine would tell. */
  board: 'laser' | 'mill' | 'uno' | 'jerk' | 'deviation'
}

const fixtures = join(import.meta.dirname, '../test/fixtures/programs')
const fixture = (name: string) => readFileSync(join(fixtures, name), 'utf8')

export function trials(): Trial[] {
  return [
    { name: 'raster, LightBurn', firmware: 'grbl', kind: 'laser', board: 'laser', text: fixture('laser-raster.nc') },
    { name: 'raster, 0.1 mm at 6000', firmware: 'grbl', kind: 'laser', board: 'laser', text: raster(60, 40, 0.1, 6000) },
    { name: 'raster, 0.05 mm, Uno', firmware: 'grbl', kind: 'laser', board: 'uno', text: raster(30, 20, 0.05, 3000) },
    { name: 'vector, LightBurn', firmware: 'grbl', kind: 'laser', board: 'laser', text: fixture('laser-vector.gc') },
    { name: 'vector, small letters', firmware: 'grbl', kind: 'laser', board: 'laser', text: letters(120) },
    { name: 'zigzag 40×10 mm F6000', firmware: 'grbl', kind: 'mill', board: 'mill', text: zigzag() },
    { name: 'pocket with arcs', firmware: 'grbl', kind: 'mill', board: 'mill', text: fixture('mill-pocket.nc') },
    { name: '20 drill pecks', firmware: 'grbl', kind: 'mill', board: 'mill', text: pecks() },
    { name: 'six circles', firmware: 'grbl', kind: 'mill', board: 'mill', text: circles() },
    { name: 'tiny segments', firmware: 'grbl', kind: 'mill', board: 'mill', text: spiral(4000, 0.08) },
    { name: '3D relief', firmware: 'grbl', kind: 'mill', board: 'mill', text: fixture('mill-relief.tap') },
    { name: '3D relief, Uno', firmware: 'grbl', kind: 'mill', board: 'uno', text: fixture('mill-relief.tap') },
    { name: 'cube, PrusaSlicer', firmware: 'marlin', kind: 'printer', board: 'deviation', text: fixture('prusaslicer-cube.gcode') },
    { name: 'vase, PrusaSlicer', firmware: 'marlin', kind: 'printer', board: 'jerk', text: fixture('prusaslicer-vase.gcode') },
    { name: 'gear, PrusaSlicer', firmware: 'marlin', kind: 'printer', board: 'deviation', text: fixture('шестерёнка.gcode') },
    { name: 'gear, classic jerk', firmware: 'marlin', kind: 'printer', board: 'jerk', text: fixture('шестерёнка.gcode') },
    { name: 'ring, Cura style', firmware: 'marlin', kind: 'printer', board: 'jerk', text: curaRing(12) },
    { name: 'box, Orca style', firmware: 'marlin', kind: 'printer', board: 'deviation', text: orcaBox(12) },
    { name: 'hull, Simplify3D style', firmware: 'marlin', kind: 'printer', board: 'jerk', text: simplifyHull(10) },
  ]
}

const f = (value: number, digits = 3) => String(Number(value.toFixed(digits)))

/** Lines of pixels to and fro, with overscan where the head turns. */
function raster(width: number, rows: number, pixel: number, feed: number): string {
  const lines = ['G21', 'G90', 'M4 S0', `G0 X5 Y5`, `G1 F${feed}`]
  const pixels = Math.round(width / pixel)
  for (let row = 0; row < rows; row++) {
    const y = 5 + row * 0.1
    const at = (i: number) => f(7.5 + (row % 2 === 0 ? i : pixels - i) * pixel)
    lines.push(`G0 X${f(row % 2 === 0 ? 5 : 10 + width)} Y${f(y)}`, `G1 X${at(0)} S0`)
    for (let i = 1; i <= pixels; i++) lines.push(`X${at(i)} S${Math.round(500 + 499 * Math.sin(i / 9 + row))}`)
    lines.push(`G1 X${f(row % 2 === 0 ? 10 + width : 5)} S0`)
  }
  return [...lines, 'M5', 'G0 X0 Y0', 'M2'].join('\n')
}

function letters(count: number): string {
  const lines = ['G21', 'G90', 'M4 S0']
  for (let n = 0; n < count; n++) {
    const [x, y] = [5 + (n % 20) * 4, 5 + Math.floor(n / 20) * 6]
    lines.push(`G0 X${x} Y${y}`)
    for (let i = 0; i <= 14; i++) {
      const a = (i / 14) * Math.PI * 2 * (1 + (n % 3) / 2)
      lines.push(`G1 X${f(x + 1.4 * Math.sin(a))} Y${f(y + 2 - 2 * Math.cos(a))} S600 F2400`)
    }
  }
  return [...lines, 'M5', 'G0 X0 Y0'].join('\n')
}

function zigzag(): string {
  const lines = ['G21', 'G90', 'G1 F6000']
  for (let i = 0; i < 40; i++) lines.push(`G1 X${i % 2 === 0 ? 10 : 0} Y${f(i * 0.25)}`)
  return lines.join('\n')
}

function pecks(): string {
  const lines = ['G21', 'G90', 'M3 S8000', 'G0 Z5']
  for (let i = 0; i < 20; i++)
    lines.push(`G0 X${(i % 5) * 10} Y${Math.floor(i / 5) * 10}`, 'G0 Z1', 'G1 Z-2 F300', 'G0 Z1', 'G1 Z-4 F300', 'G4 P0.2', 'G0 Z5')
  return [...lines, 'M5'].join('\n')
}

function circles(): string {
  const lines = ['G21', 'G90', 'G0 X0 Y0', 'F3000']
  for (let i = 1; i <= 6; i++) lines.push(`G0 X${i * 5} Y0`, `G${i % 2 === 0 ? 2 : 3} X${i * 5} Y0 I-${i * 2} J0`)
  return lines.join('\n')
}

function spiral(count: number, step: number): string {
  const lines = ['G21', 'G90', 'M3 S10000', 'G0 Z2', 'G0 X40 Y40', 'G1 Z-0.5 F200', 'F2400']
  let angle = 0
  for (let i = 0; i < count; i++) {
    const radius = 2 + angle * 0.25
    angle += step / radius
    lines.push(`X${f(40 + radius * Math.cos(angle))}Y${f(40 + radius * Math.sin(angle))}`)
  }
  return [...lines, 'G0 Z5', 'M5'].join('\n')
}

/** Absolute extrusion, G92 at layers, comments of Cura. */
function curaRing(layers: number): string {
  const lines = [';FLAVOR:Marlin', ';Generated with Cura_SteamEngine 5.6.0', 'M109 S200', 'M82', 'G92 E0', 'M107', `;LAYER_COUNT:${layers}`]
  let e = 0
  for (let layer = 0; layer < layers; layer++) {
    lines.push(`;LAYER:${layer}`, `G0 F7200 X120 Y100 Z${f(0.2 + layer * 0.2)}`)
    for (const radius of [20, 19.6, 16]) {
      lines.push(`G1 F2400 E${f(e - 4, 5)}`, `G0 F7200 X${f(100 + radius)} Y100`, `G1 F2400 E${f(e, 5)}`)
      for (let i = 1; i <= 90; i++) {
        const a = (i / 90) * Math.PI * 2
        e += ((Math.PI * 2 * radius) / 90) * 0.033
        lines.push(`G1 ${i === 1 ? 'F1800 ' : ''}X${f(100 + radius * Math.cos(a))} Y${f(100 + radius * Math.sin(a))} E${f(e, 5)}`)
      }
    }
  }
  return lines.join('\n')
}

/** Relative extrusion, M204 before each kind of line, wipes, many short perimeters. */
function orcaBox(layers: number): string {
  const lines = [
    '; generated by OrcaSlicer 2.1.1 on 2026-03-01 at 10:00:00',
    'M109 S210',
    'M83',
    'G90',
    'M201 X1000 Y1000 Z200 E5000',
    'M205 X8 Y8',
  ]
  for (let layer = 0; layer < layers; layer++) {
    lines.push(';LAYER_CHANGE', `;Z:${f(0.2 + layer * 0.2)}`, `G1 Z${f(0.2 + layer * 0.2)} F600`)
    for (const inset of [0, 0.45]) {
      const [a, b] = [90 + inset, 120 - inset]
      lines.push('M204 S1000', `G1 X${a} Y${a} F9000`, 'G1 E0.8 F1800', inset === 0 ? 'M204 S500' : 'M204 S800', 'G1 F3000')
      for (const [x, y] of [
        [b, a],
        [b, b],
        [a, b],
        [a, a],
      ])
        lines.push(`G1 X${x} Y${y} E${f((b - a) * 0.036, 5)}`)
      lines.push('G1 E-.8 F1800', `G1 X${f(a + 2)} Y${a} F9000`)
    }
    lines.push('G1 E0.8 F1800', 'G1 F4800')
    for (let i = 0; i < 60; i++) lines.push(`G1 X${i % 2 === 0 ? 119 : 91} Y${f(91 + i * 0.46)} E0.95`)
    lines.push('G1 E-.8 F1800')
  }
  return lines.join('\n')
}

/** Many very short moves at changing feed. */
function simplifyHull(layers: number): string {
  const lines = ['; G-Code generated by Simplify3D(R) Version 4.1.2', 'M109 S205', 'G90', 'M82', 'G92 E0']
  let e = 0
  for (let layer = 0; layer < layers; layer++) {
    lines.push(`; layer ${layer + 1}, Z = ${f(0.2 + layer * 0.2)}`, `G1 Z${f(0.2 + layer * 0.2)} F1002`)
    for (let i = 0; i <= 300; i++) {
      const a = (i / 300) * Math.PI * 2
      const radius = 22 + 4 * Math.sin(a * 5)
      e += 0.018
      lines.push(`G1 X${f(110 + radius * Math.cos(a))} Y${f(110 + radius * Math.sin(a))} E${f(e, 4)} F${i % 60 < 30 ? 3600 : 2400}`)
    }
  }
  return lines.join('\n')
}
