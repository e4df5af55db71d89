// Cuts a stream of bytes into lines, whatever pieces it arrives in.

export interface LineReader {
  /** Takes the next bytes and returns the lines completed by them, in order, without their endings. */
  push(chunk: Uint8Array): string[]
}

const lineFeed = 0x0a
const carriageReturn = 0x0d

/**
 * Lines end with `\n` or `\r\n`; each byte becomes the character of the same number (latin1), so noise stays visible as noise.
 * A line longer than `maxBytes` is cut there and its rest thrown away: a machine gone mad must not fill our memory.
 */
export function createLineReader(maxBytes: number): LineReader {
  let held: number[] = []

  /** Bytes beyond the bound are forgotten; one byte more is kept so that a `\r` just behind the bound does not count. */
  const hold = (chunk: Uint8Array, from: number, to: number): void => {
    const end = Math.min(to, from + maxBytes + 1 - held.length)
    for (let at = from; at < end; at++) held.push(chunk[at] ?? 0)
  }

  const release = (): string => {
    if (held[held.length - 1] === carriageReturn) held.pop()
    const line = textOf(held.length > maxBytes ? held.slice(0, maxBytes) : held)
    held = []
    return line
  }

  return {
    push(chunk) {
      const lines: string[] = []
      let from = 0
      for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, from)) {
        hold(chunk, from, at)
        lines.push(release())
        from = at + 1
      }
      hold(chunk, from, chunk.length)
      return lines
    },
  }
}

function textOf(bytes: readonly number[]): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
