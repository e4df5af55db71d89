// Bytes into lines, however they are chopped.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLineReader } from '../../protocols/lines.ts'

const bytes = (text: string): Uint8Array => Uint8Array.from(text, character => character.charCodeAt(0))

describe('a line reader', () => {
  it.for([
    ['ok\r\nok\n', ['ok', 'ok']],
    ['\r\nGrbl 1.1h\r\n', ['', 'Grbl 1.1h']],
    ['\n\n', ['', '']],
    ['half a li', []],
    ['a\rb\n', ['a\rb']],
    ['\u00ff\u0000ok\n', ['\u00ff\u0000ok']],
  ] as const)('cuts %j', ([text, lines]) => {
    expect(createLineReader(100).push(bytes(text))).toEqual(lines)
  })

  it('cuts a line that never ends at the bound, and reads on behind it', () => {
    const reader = createLineReader(8)
    expect(reader.push(bytes('x'.repeat(1_000_000)))).toEqual([])
    expect(reader.push(bytes('y\r\nok\n12345678\r\n'))).toEqual(['xxxxxxxx', 'ok', '12345678'])
  })

  it('gives the same lines for any chopping', () => {
    const line = fc.string({ unit: fc.constantFrom('o', 'k', '\r', '\u00ff', ' '), maxLength: 12 })
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), fc.array(fc.nat(300), { maxLength: 20 }), (lines, cuts) => {
        const stream = bytes(lines.map(each => `${each}\n`).join(''))
        const whole = createLineReader(10).push(stream)
        const reader = createLineReader(10)
        const edges = [0, ...cuts.filter(cut => cut < stream.length).sort((a, b) => a - b), stream.length]
        const chopped = edges.slice(1).flatMap((edge, at) => reader.push(stream.subarray(edges[at], edge)))
        expect(chopped).toEqual(whole)
        expect(chopped).toHaveLength(lines.length)
      }),
    )
  })
})
