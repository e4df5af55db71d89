// The ways in which simulated machines stumble, one maker each. A test picks those it needs.
import type { Behaviour, ReplyPiece, Stumbling } from './behaviour.ts'

/** Which of the matching replies: the nth (1-based), every nth, or each with a probability. */
export type Which = { readonly nth?: number | readonly number[]; readonly every?: number; readonly probability?: number }

function chooser(which: Which): (device: Stumbling) => boolean {
  const nth = which.nth === undefined ? undefined : new Set(typeof which.nth === 'number' ? [which.nth] : which.nth)
  let count = 0
  return device => {
    count += 1
    if (nth?.has(count) === true) return true
    if (which.every !== undefined && count % which.every === 0) return true
    return which.probability !== undefined && device.random() < which.probability
  }
}

/** "ok", "ok T:…", "ok N12 P15 B3". */
function isOk(line: string): boolean {
  return /^ok\b/.test(line)
}

/** Acknowledgements vanish on their way. */
export function loseOk(which: Which): Behaviour {
  const chosen = chooser(which)
  return { name: 'lose-ok', reply: (line, device) => (isOk(line) && chosen(device) ? [] : [{ text: line }]) }
}

/** The line end of an ok is lost, so that it runs into the next one: "okok". */
export function mergeOk(which: Which): Behaviour {
  const chosen = chooser(which)
  return { name: 'merge-ok', reply: (line, device) => [{ text: isOk(line) && chosen(device) ? line.trimEnd() : line }] }
}

/** An ok comes in two pieces, `ms` apart. */
export function splitOk(which: Which, ms = 20): Behaviour {
  const chosen = chooser(which)
  return {
    name: 'split-ok',
    reply: (line, device): ReplyPiece[] =>
      isOk(line) && chosen(device) ? [{ text: line.slice(0, 1) }, { text: line.slice(1), delayMs: ms }] : [{ text: line }],
  }
}

/** Acknowledgements that come twice. */
export function doubleOk(which: Which): Behaviour {
  const chosen = chooser(which)
  return {
    name: 'double-ok',
    reply: (line, device) => (isOk(line) && chosen(device) ? [{ text: line }, { text: line }] : [{ text: line }]),
  }
}

/** Replies come late. */
export function delayReplies(ms: number, which: Which = { every: 1 }): Behaviour {
  const chosen = chooser(which)
  return { name: 'delay', reply: (line, device) => [chosen(device) ? { text: line, delayMs: ms } : { text: line }] }
}

/** A noisy cable: each byte may be flipped in one bit, dropped or doubled. */
export function corrupt(
  rate: number,
  direction: 'in' | 'out' | 'both' = 'both',
  how: 'flip' | 'drop' | 'double' | 'any' = 'any',
): Behaviour {
  const spoil = (bytes: Uint8Array, device: Stumbling): Uint8Array => {
    let out: number[] | undefined
    for (let i = 0; i < bytes.length; i += 1) {
      const byte = bytes[i] ?? 0
      if (device.random() >= rate) {
        out?.push(byte)
        continue
      }
      out ??= [...bytes.subarray(0, i)]
      const kind = how === 'any' ? (['flip', 'drop', 'double'] as const)[Math.floor(device.random() * 3)] : how
      if (kind === 'flip') out.push(byte ^ (1 << Math.floor(device.random() * 8)))
      else if (kind === 'double') out.push(byte, byte)
    }
    return out === undefined ? bytes : Uint8Array.from(out)
  }
  const behaviour: { -readonly [K in keyof Behaviour]: Behaviour[K] } = { name: 'corrupt' }
  if (direction !== 'out') behaviour.bytesIn = spoil
  if (direction !== 'in') behaviour.bytesOut = spoil
  return behaviour
}

/** Line ends from the host are lost: two lines become one. */
export function dropNewline(which: Which): Behaviour {
  const chosen = chooser(which)
  return {
    name: 'drop-newline',
    bytesIn: (bytes, device) => (bytes.includes(10) ? bytes.filter(byte => byte !== 10 || !chosen(device)) : bytes),
  }
}

/** Once, when the firmware has taken so many lines. */
function once(name: string, afterLines: number, deed: (device: Stumbling) => void): Behaviour {
  return {
    name,
    lineTaken: (count, _line, device) => {
      if (count === afterLines) deed(device)
    },
  }
}

/** The board resets in mid-job: banner or `start`, everything forgotten. */
export function resetAfter(lines: number): Behaviour {
  return once('reset', lines, device => device.reset())
}

/** Silent death: nothing is heard or said any more (or for so long). */
export function silenceAfter(lines: number, forMs?: number): Behaviour {
  return once('silence', lines, device => device.fallSilent(forMs))
}

/** The lid opens, and closes again after a while if told so. */
export function doorAfter(lines: number, closesAfterMs?: number): Behaviour {
  return once('door', lines, device => {
    device.provoke({ kind: 'door', open: true })
    if (closesAfterMs !== undefined) device.later(closesAfterMs, () => device.provoke({ kind: 'door', open: false }))
  })
}

export function runoutAfter(lines: number): Behaviour {
  return once('runout', lines, device => device.provoke({ kind: 'runout' }))
}

export function hardLimitAfter(lines: number, axis: 'X' | 'Y' | 'Z' = 'X'): Behaviour {
  return once('hard-limit', lines, device => device.provoke({ kind: 'hard-limit', axis }))
}

export const killText = 'Error:Thermal Runaway, system stopped! Heater_ID: 0\nError:Printer halted. kill() called!\n'

/** The firmware halts with a text; `splitMs` (machine time) pauses in its middle, as a dying board does. */
export function killAfter(lines: number, text = killText, splitMs?: number): Behaviour {
  return once('kill', lines, device =>
    device.provoke({ kind: 'kill', text, ...(splitMs === undefined ? {} : { splitSeconds: splitMs / 1000 }) }),
  )
}

/** The main loop works on something else for so long and says so. */
export function busyAfter(
  lines: number,
  seconds: number,
  word: 'processing' | 'paused for user' | 'paused for input' = 'processing',
): Behaviour {
  return once('busy', lines, device => device.provoke({ kind: 'stall', seconds, word }))
}

/** The main loop stalls without a word, every so many lines: the receive buffer may overflow. */
export function stallEvery(lines: number, ms: number): Behaviour {
  return {
    name: 'stall',
    lineTaken: (count, _line, device) => {
      if (count % lines === 0) device.provoke({ kind: 'stall', seconds: ms / 1000 })
    },
  }
}

/** Lines nobody asked for and nobody knows. */
export function chatter(everyLines: number, text = 'echo:// unbekannt \u00b5 0x7f\n'): Behaviour {
  return {
    name: 'chatter',
    lineTaken: (count, _line, device) => {
      if (count % everyLines === 0) device.say(text)
    },
  }
}

/** The port vanishes; with `ms` it returns, under another name if given. */
export function vanishAfter(lines: number, ms?: number, newAddress?: string): Behaviour {
  return once('vanish', lines, device => device.vanish(ms, newAddress))
}

export function heaterFailsAfter(lines: number, heater: 'T0' | 'B' = 'T0'): Behaviour {
  return once('heater-fails', lines, device => device.provoke({ kind: 'heater-fails', heater }))
}

export function sensorFailsAfter(lines: number, heater: 'T0' | 'B' = 'T0'): Behaviour {
  return once('sensor-fails', lines, device => device.provoke({ kind: 'sensor-fails', heater }))
}

/** Someone starts a print from the card at the panel. */
export function panelPrintAfter(lines: number, file: string): Behaviour {
  return once('panel-print', lines, device => device.provoke({ kind: 'panel-print', file }))
}

/** Native-USB and network boards greet nobody. */
export function noBanner(): Behaviour {
  return { name: 'no-banner', machine: { banner: false } }
}

/** An `error:7` that nobody asked for precedes the banner. */
export function bootError(): Behaviour {
  return { name: 'boot-error', machine: { bootError: true } }
}
