// The tool path for graphics cards: whole, framed by what is made, and the same after its bytes.
import { expect, it } from 'vitest'
import { readToolpath, writeToolpath } from '../../protocols/contract/toolpath.ts'
import { createAnalyser } from '../../protocols/gcode/analyse.ts'
import { laser, printer } from './machines.ts'

function analyse(text: string) {
  const analyser = createAnalyser({ name: 'a.gcode', size: text.length, machines: [laser, printer] })
  analyser.push(new TextEncoder().encode(text))
  return analyser.finish()
}

const burn = 'G21 G90\nM4\nF3000\nG0 X100 Y100\nG1 X110 S500\nG1 Y110 S1000\nG1 X100\nG1 Y100\nM5\nG0 X390 Y390\n'

it('frames what is made, not where the machine parks', () => {
  const { toolpath, preview } = analyse(burn)
  expect(toolpath.bounds).toEqual({ min: [100, 100, 0], max: [110, 110, 0] })
  expect(preview.bounds).toEqual(toolpath.bounds)
  expect(toolpath.box).toEqual({ min: [0, 0, 0], max: [390, 390, 0] })
})

it('says of each point where it lies, when, and how strongly it burns', () => {
  const { toolpath } = analyse(burn)
  const at = (i: number, axis: number) => ((toolpath.points[i * 4 + axis] ?? 0) / 65_535) * 390
  expect([...toolpath.looks]).toEqual([0, 0, 128, 255, 255, 255, 0])
  expect(at(3, 0)).toBeCloseTo(110, 2)
  expect(at(3, 1)).toBeCloseTo(110, 2)
  const times = Array.from({ length: toolpath.count }, (_, i) => toolpath.points[i * 4 + 3] ?? 0)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(times.at(-1)).toBe(65_535)
})

it('is the same after it was bytes, and nothing else is taken for one', () => {
  const { toolpath } = analyse(
    `G28\nM109 S200\n${Array.from({ length: 50 }, (_, i) => `;LAYER_CHANGE\nG1 Z${i / 5 + 0.2}\nG1 X${i} Y9 E${i + 1} F900\n`).join('')}`,
  )
  const bytes = writeToolpath(toolpath)
  const buffer = bytes.buffer.slice(0, bytes.byteLength) as ArrayBuffer
  expect(readToolpath(buffer)).toEqual(toolpath)
  expect(toolpath.layers).toHaveLength(50)
  expect(readToolpath(buffer.slice(0, -1))).toBeUndefined()
  expect(readToolpath(new ArrayBuffer(3))).toBeUndefined()
  expect(readToolpath(new ArrayBuffer(64))).toBeUndefined()
})

it('keeps a million points of a longer program, and sixty thousand of them for every browser', () => {
  let text = 'G90\nM4 S100\nF6000\n'
  const lines: string[] = []
  for (let i = 0; i < 1_300_000; i++)
    lines.push(`G1X${(200 + 150 * Math.sin(i * 2.1)).toFixed(2)}Y${(200 + 150 * Math.cos(i * 1.7)).toFixed(2)}`)
  text += `${lines.join('\n')}\nM5\n`
  const { toolpath, preview } = analyse(text)
  expect(toolpath.segments).toBe(1_300_000)
  expect(toolpath.count).toBeGreaterThan(400_000)
  expect(toolpath.count).toBeLessThanOrEqual(1_000_000)
  expect(preview.work.length).toBeLessThanOrEqual(60_000)
}, 60_000)
