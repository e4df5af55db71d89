// The heatshrink unpacker (github.com/atomicobject/heatshrink, README): a small LZSS for microcontrollers, used by bgcode.

export interface Heatshrink {
  /** The plain bytes, `size` of them; undefined where the data end too early. */
  expand(packed: Uint8Array, size: number): Uint8Array | undefined
}

/** `window` and `lookahead` in bits: 11/4 or 12/4 in bgcode. */
export function createHeatshrink(window: number, lookahead: number): Heatshrink {
  return {
    expand(packed, size) {
      const plain = new Uint8Array(size)
      let length = 0
      let at = 0
      let bits = 0
      let held = 0
      let short = false
      const take = (count: number): number => {
        while (bits < count) {
          if (at >= packed.length) {
            short = true
            return 0
          }
          held = ((held << 8) | (packed[at++] ?? 0)) & 0xffffff
          bits += 8
        }
        bits -= count
        return (held >> bits) & ((1 << count) - 1)
      }
      while (length < size) {
        // 1: a byte as it is. 0: so many bytes from so far back.
        if (take(1) === 1) {
          const byte = take(8)
          if (short) return undefined
          plain[length++] = byte
          continue
        }
        const back = take(window) + 1
        const count = take(lookahead) + 1
        if (short) return undefined
        for (let i = 0; i < count && length < size; i++, length++) {
          // Before the beginning the window is filled with zeros.
          plain[length] = length >= back ? (plain[length - back] ?? 0) : 0
        }
      }
      return plain
    },
  }
}
