// Urgent bytes overtake, nothing is cut, nothing is lost.
import { describe, expect, it } from 'vitest'
import { Outbox } from '../../drivers/outbox.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

/** A port that takes nothing until told, and remembers what it got. */
function slowPort() {
  const written: string[] = []
  const outbox = new Outbox(chunk => {
    written.push(Buffer.from(chunk).toString('latin1'))
    return false
  })
  return { written, outbox }
}

describe('the outbox', () => {
  it('puts the sends of one turn into one write', async () => {
    const { written, outbox } = slowPort()
    outbox.send(bytes('G1X1\n'))
    outbox.send(bytes('G1X2\n'))
    expect(written).toEqual([])
    await Promise.resolve()
    expect(written).toEqual(['G1X1\nG1X2\n'])
  })

  it('lets an urgent byte overtake what waits, though not what was handed over', async () => {
    const { written, outbox } = slowPort()
    outbox.send(bytes('G1X1\n'))
    await Promise.resolve()
    outbox.send(bytes('G1X2\n'))
    outbox.send(bytes('G1X3\n'))
    outbox.sendNow(bytes('!'))
    outbox.sendNow(bytes('\x18'))
    expect(written).toEqual(['G1X1\n'])
    outbox.drained()
    outbox.drained()
    expect(written).toEqual(['G1X1\n', '!\x18', 'G1X2\nG1X3\n'])
  })

  it('writes an urgent byte at once when nothing is on the way', () => {
    const { written, outbox } = slowPort()
    outbox.send(bytes('G1X1\n'))
    outbox.sendNow(bytes('!'))
    expect(written).toEqual(['!'])
  })

  it('forgets on request what was not handed over, and only that', async () => {
    const { written, outbox } = slowPort()
    outbox.send(bytes('G1X1\n'))
    await Promise.resolve()
    outbox.send(bytes('G1X2\n'))
    outbox.dropUnsent()
    outbox.send(bytes('M5\n'))
    outbox.drained()
    expect(written).toEqual(['G1X1\n', 'M5\n'])
  })

  it('never cuts a chunk, however much waits', async () => {
    const written: string[] = []
    let taken = false
    const outbox = new Outbox(chunk => {
      written.push(Buffer.from(chunk).toString('latin1'))
      return taken
    })
    outbox.send(bytes('start\n'))
    await Promise.resolve()
    const line = `${'x'.repeat(99)}\n`
    for (let i = 0; i < 100; i++) outbox.send(bytes(line))
    taken = true
    outbox.drained()
    expect(written.every(each => each.endsWith('\n'))).toBe(true)
    expect(written.join('')).toBe(`start\n${line.repeat(100)}`)
    expect(Math.max(...written.map(each => each.length))).toBeLessThanOrEqual(4096)
  })

  it('is silent once closed', async () => {
    const { written, outbox } = slowPort()
    outbox.send(bytes('G1X1\n'))
    outbox.close()
    await Promise.resolve()
    outbox.sendNow(bytes('!'))
    expect(written).toEqual([])
  })
})
