// The MeatPack unpacker (github.com/scottmudge/OctoPrint-MeatPack, "MeatPack.h"): two common characters in one byte.

const characters = '0123456789. \nGX'
/** Commands stand behind two bytes of 0xFF. */
const enable = 251
const disable = 250
const reset = 249
const noSpaces = 247
const spaces = 246

/** Plain G-code of one block; packing starts switched off and is switched by commands in the data. */
export function decodeMeatPack(packed: Uint8Array): Uint8Array {
  // Two characters a byte; and a blank that is put back in front of words.
  let plain = new Uint8Array(packed.length * 2 + 64)
  let length = 0
  let packing = false
  let withoutSpaces = false
  let signals = 0
  let command = false
  /** Whole characters still to come for the last packed byte, and the packed one that waits behind the first of them. */
  let whole = 0
  let waiting = 0
  let moves = false

  const put = (code: number): void => {
    if (length + 2 > plain.length) {
      const larger = new Uint8Array(plain.length * 2)
      larger.set(plain)
      plain = larger
    }
    // Blanks were left out of moves: they return before each letter, for old firmwares and for people.
    const first = length === 0 || plain[length - 1] === 10
    if (first) moves = code === 71
    else if (packing && withoutSpaces && moves && code >= 65 && code <= 90 && plain[length - 1] !== 32) plain[length++] = 32
    plain[length++] = code
  }
  const character = (nibble: number): number => (withoutSpaces && nibble === 11 ? 69 : characters.charCodeAt(nibble))
  const take = (byte: number): void => {
    if (!packing) {
      put(byte)
      return
    }
    if (whole > 0) {
      put(byte)
      if (waiting !== 0) {
        put(waiting)
        waiting = 0
      }
      whole--
      return
    }
    const low = byte & 15
    const high = byte >> 4
    if (low === 15) {
      whole = high === 15 ? 2 : 1
      if (high !== 15) waiting = character(high)
      return
    }
    put(character(low))
    // Behind the end of a line the other half means nothing.
    if (low === 12) return
    if (high === 15) whole = 1
    else put(character(high))
  }

  for (const byte of packed) {
    if (command) {
      command = false
      if (byte === enable) packing = true
      else if (byte === disable) packing = false
      else if (byte === reset) packing = withoutSpaces = false
      else if (byte === noSpaces) withoutSpaces = true
      else if (byte === spaces) withoutSpaces = false
      whole = 0
      waiting = 0
    } else if (byte === 255) {
      signals++
      if (signals === 2) {
        signals = 0
        command = true
      }
    } else {
      if (signals > 0) take(255)
      signals = 0
      take(byte)
    }
  }
  return plain.slice(0, length)
}
