// Puts a command on the wire the way Marlin checks it: a line number in front, an XOR of every byte behind.

const star = 0x2a
const newline = 0x0a

/** One line is put together here before it is copied out: allocating and growing per line is what costs. Longer texts get their own. */
const bench = new Uint8Array(512)

/**
 * `N<number> <text>*<checksum>\n` as bytes. The checksum is the XOR of every byte before the last `*`, in decimal
 * (Marlin queue.cpp get_serial_commands). Text is taken for printable ASCII; anything else becomes `?`.
 */
export function frameLine(number: number, text: string): Uint8Array {
  const bytes = text.length < 480 ? bench : new Uint8Array(text.length + 32)
  bytes[0] = 0x4e
  let at = writeNumber(bytes, 1, number)
  bytes[at++] = 0x20
  let sum = 0
  for (let i = 0; i < at; i++) sum ^= bytes[i] ?? 0
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i)
    if (code < 0x20 || code > 0x7e) code = 0x3f
    bytes[at++] = code
    sum ^= code
  }
  bytes[at++] = star
  at = writeNumber(bytes, at, sum)
  bytes[at++] = newline
  return bytes.slice(0, at)
}

function writeNumber(bytes: Uint8Array, from: number, value: number): number {
  if (value < 0) {
    bytes[from] = 0x2d
    return writeNumber(bytes, from + 1, -value)
  }
  let end = from + 1
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end++
  let rest = value
  for (let at = end - 1; at >= from; at--) {
    const tens = Math.floor(rest / 10)
    bytes[at] = 0x30 + (rest - tens * 10)
    rest = tens
  }
  return end
}

/** Length of the framed line without its newline, to be held against the firmware's limit before it is sent. */
export function framedLength(number: number, text: string): number {
  return frameLine(number, text).length - 1
}

/** A line with neither number nor checksum: emergency words, and firmwares that know no numbers. */
export function bareLine(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length + 1)
  for (let i = 0; i < text.length; i++) bytes[i] = printable(text.charCodeAt(i))
  bytes[text.length] = newline
  return bytes
}

/** A newline in front: whatever stump noise left in the firmware's line buffer ends there. */
export function afterNewline(line: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(line.length + 1)
  bytes[0] = newline
  bytes.set(line, 1)
  return bytes
}

function printable(code: number): number {
  return code >= 0x20 && code < 0x7f ? code : 0x3f
}
