// Behaviours by name, as the command line gives them: `reset:500`, `corrupt:0.001,in`, `kill:100,20`.
import type { Behaviour } from './behaviour.ts'
import * as make from './behaviours.ts'

type Maker = { readonly usage: string; make(args: readonly string[]): Behaviour | undefined }

/** A number that must be there; undefined makes the whole word unreadable. */
function number(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const value = Number(text)
  return Number.isFinite(value) && value >= 0 ? value : undefined
}

/** Below one a probability, else "every nth". */
function which(text: string | undefined): make.Which | undefined {
  const value = number(text)
  if (value === undefined || value === 0) return undefined
  return value < 1 ? { probability: value } : { every: Math.round(value) }
}

function byLines(usage: string, deed: (lines: number, args: readonly string[]) => Behaviour | undefined): Maker {
  return {
    usage,
    make: args => {
      const lines = number(args[0])
      return lines === undefined ? undefined : deed(lines, args.slice(1))
    },
  }
}

function byWhich(usage: string, deed: (chosen: make.Which, args: readonly string[]) => Behaviour): Maker {
  return {
    usage,
    make: args => {
      const chosen = which(args[0])
      return chosen === undefined ? undefined : deed(chosen, args.slice(1))
    },
  }
}

const directions = ['in', 'out', 'both'] as const
const axes = ['X', 'Y', 'Z'] as const

export const behaviourMakers: { readonly [name: string]: Maker } = {
  'lose-ok': byWhich('lose-ok:N | lose-ok:0.01', chosen => make.loseOk(chosen)),
  'merge-ok': byWhich('merge-ok:N | merge-ok:0.01', chosen => make.mergeOk(chosen)),
  'split-ok': byWhich('split-ok:N[,MS]', (chosen, args) => make.splitOk(chosen, number(args[0]))),
  'double-ok': byWhich('double-ok:N | double-ok:0.01', chosen => make.doubleOk(chosen)),
  'drop-newline': byWhich('drop-newline:N | drop-newline:0.01', chosen => make.dropNewline(chosen)),
  corrupt: {
    usage: 'corrupt:RATE[,in|out|both]',
    make: args => {
      const rate = number(args[0])
      const direction = directions.find(name => name === (args[1] ?? 'both'))
      return rate === undefined || rate > 1 || direction === undefined ? undefined : make.corrupt(rate, direction)
    },
  },
  delay: {
    usage: 'delay:MS',
    make: args => {
      const ms = number(args[0])
      return ms === undefined ? undefined : make.delayReplies(ms)
    },
  },
  reset: byLines('reset:LINES', lines => make.resetAfter(lines)),
  silence: byLines('silence:LINES[,MS]', (lines, args) => make.silenceAfter(lines, number(args[0]))),
  door: byLines('door:LINES[,CLOSES-AFTER-MS]', (lines, args) => make.doorAfter(lines, number(args[0]))),
  runout: byLines('runout:LINES', lines => make.runoutAfter(lines)),
  'hard-limit': byLines('hard-limit:LINES[,X|Y|Z]', (lines, args) => {
    const axis = axes.find(name => name === (args[0] ?? 'X'))
    return axis === undefined ? undefined : make.hardLimitAfter(lines, axis)
  }),
  kill: byLines('kill:LINES[,SPLIT-MS]', (lines, args) => make.killAfter(lines, make.killText, number(args[0]))),
  busy: byLines('busy:LINES,SECONDS', (lines, args) => {
    const seconds = number(args[0])
    return seconds === undefined ? undefined : make.busyAfter(lines, seconds)
  }),
  stall: byLines('stall:LINES,MS', (lines, args) => {
    const ms = number(args[0])
    return ms === undefined || lines === 0 ? undefined : make.stallEvery(lines, ms)
  }),
  chatter: byLines('chatter:LINES', lines => (lines === 0 ? undefined : make.chatter(lines))),
  vanish: byLines('vanish:LINES[,MS[,ADDRESS]]', (lines, args) => make.vanishAfter(lines, number(args[0]), args[1])),
  'heater-fails': byLines('heater-fails:LINES', lines => make.heaterFailsAfter(lines)),
  'sensor-fails': byLines('sensor-fails:LINES', lines => make.sensorFailsAfter(lines)),
  'no-banner': { usage: 'no-banner', make: () => make.noBanner() },
  'boot-error': { usage: 'boot-error', make: () => make.bootError() },
}

/** `name` or `name:arg,arg`. Answers the behaviour, or one sentence that says what is wrong and what would be right. */
export function parseBehaviour(text: string): Behaviour | { readonly complaint: string } {
  const colon = text.indexOf(':')
  const name = colon < 0 ? text : text.slice(0, colon)
  const maker = Object.hasOwn(behaviourMakers, name) ? behaviourMakers[name] : undefined
  if (maker === undefined) return { complaint: `no behaviour is called "${name}"; there are ${Object.keys(behaviourMakers).join(', ')}` }
  const args = colon < 0 ? [] : text.slice(colon + 1).split(',')
  return maker.make(args) ?? { complaint: `behaviour "${text}" cannot be read; write ${maker.usage}` }
}
