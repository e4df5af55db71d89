// Takes telnet negotiation out of a byte stream (RFC 854), for ser2net and FluidNC on port 23.

const iac = 255
const doubled = 255
const subnegotiation = 250
const end = 240
/** WILL, WONT, DO, DONT: one option byte follows. */
const isNegotiation = (byte: number) => byte >= 251 && byte <= 254
/** A real subnegotiation is short; a longer one is noise that only looked like one. */
const subnegotiationBytesMax = 64

type State = 'text' | 'iac' | 'option' | 'sub' | 'sub-iac'

/**
 * Answers a filter that keeps its state between chunks. Nothing is ever answered to the other side: a raw port that only looks like telnet would pass our answer to the
 * machine, and silence is a refusal every telnet accepts.
 */
export function createTelnetFilter(): (chunk: Uint8Array) => Uint8Array {
  let state: State = 'text'
  let subBytes = 0
  return chunk => {
    if (state === 'text' && !chunk.includes(iac)) return chunk
    const out = new Uint8Array(chunk.length)
    let length = 0
    for (const byte of chunk) {
      switch (state) {
        case 'text':
          if (byte === iac) state = 'iac'
          else out[length++] = byte
          break
        case 'iac':
          if (byte === doubled) out[length++] = byte
          // Below 240 it is no telnet command: noise, and the byte belongs to the text.
          else if (byte < end) out[length++] = byte
          subBytes = 0
          state = isNegotiation(byte) ? 'option' : byte === subnegotiation ? 'sub' : 'text'
          break
        case 'option':
          state = 'text'
          break
        case 'sub':
          subBytes++
          state = byte === iac ? 'sub-iac' : subBytes > subnegotiationBytesMax ? 'text' : 'sub'
          break
        case 'sub-iac':
          state = byte === end ? 'text' : 'sub'
          break
      }
    }
    return out.subarray(0, length)
  }
}
