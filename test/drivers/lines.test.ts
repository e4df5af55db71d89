// Bytes from a port become lines, whatever the cable adds to them.
import { describe, expect, it } from 'vitest'
import { createInbox } from '../../drivers/inbox.ts'
import { createTelnetFilter } from '../../drivers/telnet.ts'

function hear(chunks: readonly Uint8Array[]) {
  const lines: string[] = []
  let overlong = 0
  const inbox = createInbox({
    line: line => lines.push(line),
    overlong: () => {
      overlong++
    },
  })
  for (const chunk of chunks) inbox(chunk)
  return { lines, overlong }
}

const latin1 = (text: string) => Buffer.from(text, 'latin1')

describe('the inbox', () => {
  it.for<[string, Uint8Array[], string[]]>([
    ['LF', [latin1('ok\nok\n')], ['ok', 'ok']],
    ['CRLF', [latin1('ok\r\nerror:9\r\n')], ['ok', 'error:9']],
    [
      'a line in three pieces',
      [latin1('<Idle|MP'), latin1('os:0.000,0'), latin1('.000,0.000>\r\nok\r\n')],
      ['<Idle|MPos:0.000,0.000,0.000>', 'ok'],
    ],
    ['an end cut in two', [latin1('ok\r'), latin1('\nok\r\n')], ['ok', 'ok']],
    ['empty lines', [latin1("\r\n\r\nGrbl 1.1h ['$' for help]\r\n")], ["Grbl 1.1h ['$' for help]"]],
    ['NULs at power-up', [latin1('\0\0start\0\n')], ['start']],
    ['noise, one character a byte', [latin1('o\xffk\n')], ['o\u00ffk']],
    ['Russian in UTF-8', [Buffer.from('echo:Сопло\n')], ['echo:Сопло']],
    ['no end yet', [latin1('ok')], []],
  ])('reads %s', ([, chunks, lines]) => expect(hear(chunks)).toEqual({ lines, overlong: 0 }))

  it('throws a line without end away in bounded memory, counts it once in 4 KiB, and hears the next', () => {
    const noise = Array.from({ length: 64 }, () => Buffer.alloc(1024, 'x'))
    const { lines, overlong } = hear([...noise, latin1('\nok\n')])
    expect(lines.at(-1)).toBe('ok')
    expect(lines.slice(0, -1).join('').length).toBeLessThanOrEqual(4096)
    expect(overlong).toBeGreaterThan(0)
  })

  it('counts an overlong line that came whole', () => {
    expect(hear([Buffer.concat([Buffer.alloc(5000, 'x'), latin1('\nok\n')])])).toEqual({ lines: ['ok'], overlong: 1 })
  })
})

describe('the telnet filter', () => {
  const iac = '\xff'
  it.for([
    ['plain text', ['ok\r\n'], 'ok\r\n'],
    ['WILL and DO', [`${iac}\xfb\x01${iac}\xfd\x03ok\r\n`], 'ok\r\n'],
    ['a negotiation cut in two', [`ok${iac}`, '\xfb', '\x01\r\n'], 'ok\r\n'],
    ['a subnegotiation', [`${iac}\xfa\x2c\x01\x02${iac}\xf0ok\n`], 'ok\n'],
    ['a doubled 255', [`o${iac}${iac}k\n`], 'o\xffk\n'],
    ['noise that only looks like telnet', [`o${iac}k\n`], 'ok\n'],
    ['a subnegotiation that never ends', [`${iac}\xfa${'x'.repeat(65)}ok\n`], 'ok\n'],
  ] as const)('reads %s', ([, chunks, text]) => {
    const filter = createTelnetFilter()
    expect(chunks.map(chunk => Buffer.from(filter(latin1(chunk))).toString('latin1')).join('')).toBe(text)
  })
})
