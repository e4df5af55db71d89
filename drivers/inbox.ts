// Bytes from a port become lines: bounded, latin-1 safe, without NULs.
import { ReadlineParser } from '@serialport/parser-readline'
import { type Ear, lineBytesMax } from './transport.ts'

const lf = 10
const beyondAscii = /[\u0080-\u00ff]/
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Takes chunks as they come, tells `ear` each line. A line end may be LF or CRLF; empty lines are not told. */
export function createInbox(ear: Pick<Ear, 'line' | 'overlong'>): (chunk: Uint8Array) => void {
  const parser = new ReadlineParser({ delimiter: '\n', encoding: 'latin1' })
  let pendingBytes = 0
  parser.on('data', (raw: string) => {
    if (raw.length > lineBytesMax) return ear.overlong()
    const line = tidied(raw)
    if (line !== '') ear.line(line)
  })
  return chunk => {
    parser.write(chunk)
    const end = chunk.lastIndexOf(lf)
    pendingBytes = end === -1 ? pendingBytes + chunk.length : chunk.length - end - 1
    // The parser joins its rest with every chunk: without an end it would grow for ever, and ever slower.
    if (pendingBytes > lineBytesMax) {
      parser.write('\n')
      pendingBytes = 0
    }
  }
}

function tidied(raw: string): string {
  let line = raw.includes('\0') ? raw.replaceAll('\0', '') : raw
  while (line.endsWith('\r')) line = line.slice(0, -1)
  if (!beyondAscii.test(line)) return line
  try {
    return utf8.decode(Buffer.from(line, 'latin1'))
  } catch {
    // Noise on the cable, or an old firmware's code page: one character a byte, nothing thrown away.
    return line
  }
}
