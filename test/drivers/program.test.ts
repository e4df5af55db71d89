// A program on disk, line by line: every line once, in order, in constant memory, and never a changed file.
import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { openProgram } from '../../drivers/program.ts'
import { createGate, type Gate } from '../../protocols/gcode/gate.ts'
import type { ProgramLine } from '../../protocols/session.ts'

const folder = mkdtempSync(join(tmpdir(), 'tsekh-program-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
function fileWith(bytes: Uint8Array | string): { path: string; size: number } {
  const path = join(folder, `${++files}.gcode`)
  writeFileSync(path, bytes)
  return { path, size: Buffer.byteLength(bytes) }
}

const everything: Gate = { line: raw => ({ send: raw }) }

async function readAll(file: { path: string; size: number; sha256?: string }, gate: Gate = everything) {
  let more = () => {}
  const cursor = await openProgram(file, gate, () => more())
  if ('fault' in cursor) return { lines: [], end: cursor.fault }
  const lines: ProgramLine[] = []
  try {
    for (;;) {
      const next = cursor.next()
      if (next === 'end') return { lines, end: 'end' as const }
      if (next === 'waiting') {
        await new Promise<void>(resolve => {
          more = resolve
        })
        continue
      }
      if ('fault' in next) return { lines, end: next.fault }
      lines.push(next)
    }
  } finally {
    await cursor.close()
  }
}

describe('a program cursor', () => {
  it.for<[string, string, ProgramLine[]]>([
    ['LF', 'G28\nG1 X1\n', [line('G28', 1, 4), line('G1 X1', 2, 10)]],
    ['CRLF', 'G28\r\nG1 X1\r\n', [line('G28', 1, 5), line('G1 X1', 2, 12)]],
    ['CR alone', 'G28\rG1 X1\r', [line('G28', 1, 4), line('G1 X1', 2, 10)]],
    ['no end at the end', 'G28\nG1 X1', [line('G28', 1, 4), line('G1 X1', 2, 9)]],
    ['blank lines between', 'G28\n\n\r\nG1 X1\n', [line('G28', 1, 4), line('', 2, 5), line('', 3, 7), line('G1 X1', 4, 13)]],
  ])('reads lines ending in %s', async ([, text, lines]) => {
    expect(await readAll(fileWith(text))).toEqual({ lines, end: 'end' })
  })

  it('gives every line once and in order, wherever the 64 KiB buffers cut it', async () => {
    const piece = fc.tuple(
      fc.constantFrom('G1 X1.5', '', '; comment', 'G1 X-10.125 Y3', 'M117 слово', 'Ж'.repeat(50), 'x'.repeat(3000)),
      fc.constantFrom('\n', '\r\n', '\r'),
    )
    const plan = fc.tuple(fc.array(piece, { minLength: 1, maxLength: 60 }), fc.integer({ min: 0, max: 3100 }), fc.boolean())
    await fc.assert(
      fc.asyncProperty(plan, async ([pieces, lead, endless]) => {
        // Enough in front that the interesting part lies around a buffer's end.
        const front = `${'y'.repeat(99)}\n`.repeat(655).slice(lead)
        const text = front + pieces.map(each => each.join('')).join('') + (endless ? 'last' : '')
        // A CR followed by an LF is one end, also where two pieces make it.
        const expected = text.split(/\r\n|\n|\r/)
        if (expected.at(-1) === '') expected.pop()
        const { lines, end } = await readAll(fileWith(text))
        expect(end).toBe('end')
        expect(lines.map(each => each.text)).toEqual(expected)
        expect(lines.map(each => each.number)).toEqual(expected.map((_, index) => index + 1))
        expect(lines.at(-1)?.endByte).toBe(Buffer.byteLength(text))
      }),
      { numRuns: 40 },
    )
  })

  it('sends only what the gate passes, with the numbers and bytes of the file', async () => {
    const gate = createGate({ dialect: 'grbl', lineLengthMax: 79, machineKind: 'mill', constantPowerAllowed: true })
    const { lines, end } = await readAll(fileWith('\ufeff; Программа\r\nG21 (фреза)\r\n\r\ng1 x1 f300\r\n'), gate)
    expect(end).toBe('end')
    expect(lines.map(each => [each.text, each.number])).toEqual([
      ['G21', 2],
      ['G1X1F300', 4],
    ])
  })

  it('stops at a refused line and says which it is', async () => {
    const gate = createGate({ dialect: 'grbl', lineLengthMax: 79, machineKind: 'mill', constantPowerAllowed: true })
    const { lines, end } = await readAll(fileWith('G21\nG1X1F300\n$100=250\nG1X2\n'), gate)
    expect(lines).toHaveLength(2)
    expect(end).toMatchObject({ code: 'setting-line', line: 3 })
  })

  it.for<[string, string]>([
    ['in one piece', 'x'.repeat(1024 * 1024)],
    ['of brackets', '('.repeat(1024 * 1024)],
    ['of letters of two bytes', 'Ж'.repeat(512 * 1024)],
  ])('refuses a line of a megabyte %s', async ([, long]) => {
    const gate = createGate({ dialect: 'marlin', lineLengthMax: 95, machineKind: 'printer', constantPowerAllowed: true })
    const { lines, end } = await readAll(fileWith(`G28\n${long}\nG1 X1\n`), gate)
    expect(lines.map(each => each.text)).toEqual(['G28'])
    expect(end).toMatchObject({ line: 2 })
  })

  it('passes over a comment of a megabyte', async () => {
    const gate = createGate({ dialect: 'marlin', lineLengthMax: 95, machineKind: 'printer', constantPowerAllowed: true })
    const { lines, end } = await readAll(fileWith(`G28 ;${'x'.repeat(1024 * 1024)}\n;${'y'.repeat(1024 * 1024)}\nG1 X1\n`), gate)
    expect(end).toBe('end')
    expect(lines.map(each => [each.text, each.number])).toEqual([
      ['G28', 1],
      ['G1 X1', 3],
    ])
  })

  it('reads 40 MB in the memory of three buffers', async () => {
    const file = fileWith('G1 X100.123 Y100.456 E0.0345 F3000\n'.repeat(1_200_000))
    const before = process.memoryUsage().rss
    let more = () => {}
    const cursor = await openProgram(file, everything, () => more())
    if ('fault' in cursor) throw new Error(cursor.fault.code)
    let lines = 0
    let most = 0
    for (let next = cursor.next(); next !== 'end'; next = cursor.next()) {
      if (next === 'waiting') {
        most = Math.max(most, process.memoryUsage().rss)
        await new Promise<void>(resolve => {
          more = resolve
        })
      } else lines++
    }
    await cursor.close()
    expect(lines).toBe(1_200_000)
    expect(most - before).toBeLessThan(40 * 1024 * 1024)
  })

  it.for<[string, (file: { path: string; size: number }) => { path: string; size: number; sha256?: string }, string]>([
    ['a missing file', file => ({ ...file, path: `${file.path}.gone` }), 'program-missing'],
    ['a folder', file => ({ ...file, path: folder }), 'program-changed'],
    ['another size', file => ({ ...file, size: file.size + 1 }), 'program-changed'],
    ['another content', file => ({ ...file, sha256: 'a'.repeat(64) }), 'program-changed'],
  ])('refuses %s before the first line', async ([, twist, code]) => {
    const { lines, end } = await readAll(twist(fileWith('G28\n')))
    expect(lines).toEqual([])
    expect(end).toMatchObject({ code })
  })

  it('takes a file whose SHA-256 is as checked', async () => {
    const text = 'G28\n'.repeat(50_000)
    const sha256 = createHash('sha256').update(text).digest('hex')
    const { lines, end } = await readAll({ ...fileWith(text), sha256 })
    expect(end).toBe('end')
    expect(lines).toHaveLength(50_000)
  })

  it.for<[string, (path: string) => void]>([
    ['grows', path => appendFileSync(path, 'G1 X1\n')],
    ['shrinks', path => truncateSync(path, 300_000)],
  ])('stops when the file %s while it runs', async ([, change]) => {
    const file = fileWith('G1 X1\n'.repeat(100_000))
    let more = () => {}
    const cursor = await openProgram(file, everything, () => more())
    if ('fault' in cursor) throw new Error(cursor.fault.code)
    let seen = 0
    for (;;) {
      const next = cursor.next()
      if (next === 'waiting') {
        if (seen > 10_000) change(file.path)
        await new Promise<void>(resolve => {
          more = resolve
        })
        continue
      }
      if (next === 'end') throw new Error('a changed file was streamed to its end')
      if ('fault' in next) {
        expect(next.fault.code).toBe('program-changed')
        break
      }
      seen++
    }
    await cursor.close()
    expect(seen).toBeLessThan(100_000)
  })
})

function line(text: string, number: number, endByte: number): ProgramLine {
  return { text, number, endByte }
}
