// How a naive page reads: of a broadcast of a megabyte only the stamp of one machine is taken out, so that our browsers do not slow their own measurement.
import { EventEmitter } from 'node:events'

/** Stands first in each broadcast, before a megabyte of everything else (city-naive.ts). */
export const stampKey = 'stamp'

class Encoder {
  /** The only packet a page of ours sends is the one that joins it. */
  encode({ type }: { type: number }): string[] {
    return [String(type)]
  }
}

class Decoder extends EventEmitter {
  add(text: string): void {
    if (text.startsWith('0')) this.emit('decoded', { type: 0, nsp: '/', data: JSON.parse(text.slice(1)) })
    else if (text.startsWith('2')) {
      const stamp = Number(/"stamp":(\d+)/.exec(text.slice(0, 100))?.[1])
      this.emit('decoded', { type: 2, nsp: '/', data: ['update', stamp] })
    }
  }

  destroy(): void {}
}

/** socket.io's protocol 5, as much of it as a naive page needs. */
export const stampParser = { Encoder, Decoder, protocol: 5 }
