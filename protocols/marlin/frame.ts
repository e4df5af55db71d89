// Puts a command on the wire the way Marlin checks it: a line number in front, an XOR of every byte behind.

/** Longest line Marlin's default MAX_CMD_SIZE of 96 keeps whole; what lies beyond is dropped silently. */
export const lineLengthDefault = 95

const star = 0x2a
const newline = 0x0a

/**
 * `N<number> <text>*<checksum>\n` as bytes. The checksum is the XOR of every byte before the last `*`, in decimal
 * (Marlin queue.cpp get_serial_commands). Text is taken for printable ASCII; anything else becomes `?`.
 */
export function frameLine(number: number, text: string): Uint8Array {
  const head = `N${number} ${text}`
  const length = head.length
  // `*`, up to three digits, newline.
  const bytes = new Uint8Array(length + 5)
  let sum = 0
  for (let i = 0; i < length; i++) {
    const code = printable(head.charCodeAt(i))
    bytes[i] = code
    sum ^= code
  }
  let at = length
  bytes[at++] = star
  if (sum >= 100) bytes[at++] = 0x31
  if (sum >= 10) bytes[at++] = 0x30 + (Math.floor(sum / 10) % 10)
  bytes[at++] = 0x30 + (sum % 10)
  bytes[at++] = newline
  return bytes.subarray(0, at)
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
