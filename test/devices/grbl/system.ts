// The `$` commands of a Grbl board (commands.md): settings, reports, homing, unlocking, jogging, sleep.
import type { Steps } from '../machine.ts'
import { halAlarms, halErrors, halSettingDetails } from './codes.ts'
import type { GrblCore } from './core.ts'
import { executeGcode, wrote } from './execute.ts'
import { judgeJog } from './gcode.ts'
import { home } from './home.ts'
import { moveTo, withinTravel } from './moves.ts'
import { parameters, parserState } from './reports.ts'
import { readNumber, readWords } from './words.ts'

/** What the main loop must do besides acknowledging. */
export type SystemAnswer = { readonly error: number; readonly reset?: boolean }

/** Executes a `$` line. `startup` holds the lines of `$N`. */
export function* executeSystem(core: GrblCore, line: string, startup: string[]): Steps<SystemAnswer> {
  const body = line.slice(1)
  if (body === '') {
    core.send('[HLP:$$ $# $G $I $N $x=val $Nx=line $J=line $SLP $C $X $H ~ ! ? ctrl-x]\r\n')
    return done
  }
  if (body.startsWith('J')) return { error: yield* jog(core, body) }
  switch (body) {
    case '$':
      // Printing for long would starve the stepper, so it is refused while anything moves.
      if (core.state === 'Run' || core.state === 'Hold') return { error: 8 }
      core.send(
        core.settings
          .lines()
          .map(text => `${text}\r\n`)
          .join(''),
      )
      return done
    case 'G':
      core.send(parserState(core.gc, core.settings))
      return done
    case 'C':
      return checkMode(core)
    case 'X':
      if (core.state === 'Alarm') {
        if (core.ajar) return { error: 13 }
        core.send('[MSG:Caution: Unlocked]\r\n')
        core.state = 'Idle'
      }
      return done
    default:
      return yield* idleOnly(core, body, startup)
  }
}

const done: SystemAnswer = { error: 0 }

function checkMode(core: GrblCore): SystemAnswer {
  if (core.state === 'Check') {
    core.send('[MSG:Disabled]\r\n')
    return { error: 0, reset: true }
  }
  if (core.state !== 'Idle') return { error: 8 }
  core.state = 'Check'
  core.send('[MSG:Enabled]\r\n')
  return done
}

/** Everything that touches EEPROM or homes wants Idle or Alarm. */
function* idleOnly(core: GrblCore, body: string, startup: string[]): Steps<SystemAnswer> {
  if (core.state !== 'Idle' && core.state !== 'Alarm') return { error: 8 }
  if (body === '#') {
    core.send(parameters(core.gc, core.stored, core.probe))
    return done
  }
  if (body === 'H') {
    if (core.settings.number(22) === 0) return { error: 5 }
    if (core.ajar) return { error: 13 }
    yield* home(core)
    for (const text of startup) yield* runStartup(core, text)
    return done
  }
  if (body === 'SLP') {
    core.send('[MSG:Sleeping]\r\n')
    core.beam.off(core.now)
    core.state = 'Sleep'
    // Only a reset ends sleep; the main loop stands still until then.
    for (;;) {
      core.obeyFlags()
      yield 'input'
    }
  }
  if (body === 'I' || body === 'I+') {
    const note = core.options.note ?? ''
    core.send(core.variant.info.map(text => `${infoLine(core, text).replace('{note}', note)}\r\n`).join(''))
    return done
  }
  if (body === 'N') {
    core.send(startup.map((text, index) => `$N${index}=${text}\r\n`).join(''))
    return done
  }
  if (body.startsWith('RST=')) return restore(core, body.slice(4), startup)
  if (body.startsWith('N')) return { error: yield* storeStartup(core, body, startup) }
  if (core.variant.kind === 'grblhal') {
    const answer = halAnswer(core, body)
    if (answer !== undefined) {
      core.send(answer)
      return done
    }
  }
  if (core.variant.kind === 'fluidnc' && body.startsWith('RI=')) {
    const ms = Number(body.slice(3))
    if (!Number.isFinite(ms) || ms < 0) return { error: 2 }
    core.reportEvery = ms === 0 ? 0 : Math.max(50, ms) / 1000
    core.reportAt = ms === 0 ? Number.POSITIVE_INFINITY : core.now + core.reportEvery
    return done
  }
  return { error: storeSetting(core, body) }
}

/** The buffer sizes in `$I` are those this board really has. */
function infoLine(core: GrblCore, text: string): string {
  if (!text.startsWith('[OPT:')) return text
  const parts = text.slice(5, -1).split(',')
  if (parts.length < 3) return text
  parts[1] = String(core.planner.size)
  parts[2] = String(core.rx.size)
  return `[OPT:${parts.join(',')}]`
}

function storeSetting(core: GrblCore, body: string): number {
  const id = readNumber(body, 0)
  if (id === undefined || body.charAt(id.end) !== '=' || !Number.isInteger(id.value)) return 3
  const value = readNumber(body, id.end + 1)
  if (value === undefined || value.end !== body.length) return 2
  const error = core.settings.store(id.value, value.value)
  if (error === 0) wrote(core)
  return error
}

function* storeStartup(core: GrblCore, body: string, startup: string[]): Steps<number> {
  const index = readNumber(body, 1)
  if (index === undefined || body.charAt(index.end) !== '=' || index.value >= startup.length) return 3
  if (core.state !== 'Idle') return 8
  const text = body.slice(index.end + 1)
  if (text !== '') {
    const error = yield* executeGcode(core, text)
    if (error !== 0) return error
  }
  startup[index.value] = text
  wrote(core)
  return 0
}

/** `>G54G20:ok`: not an acknowledgement of anything that was sent. */
export function* runStartup(core: GrblCore, text: string): Steps {
  if (text === '') return
  const error = yield* executeGcode(core, text)
  core.send(error === 0 ? `>${text}:ok\r\n` : `>${text}:error:${error}\r\n`)
}

function restore(core: GrblCore, what: string, startup: string[]): SystemAnswer {
  if (!['$', '#', '*'].includes(what)) return { error: 3 }
  if (what !== '#') core.settings.restore()
  if (what !== '$') {
    for (const offset of core.stored.offsets) offset.fill(0)
    core.stored.g28 = [0, 0, 0]
    core.stored.g30 = [0, 0, 0]
  }
  if (what === '*') startup.fill('')
  wrote(core)
  core.send('[MSG:Restoring defaults]\r\n')
  return { error: 0, reset: true }
}

function* jog(core: GrblCore, body: string): Steps<number> {
  if (core.state !== 'Idle' && core.state !== 'Jog') return 8
  if (body.charAt(1) !== '=') return 16
  const words = readWords(body.slice(2), core.variant)
  if ('error' in words) return words.error
  const order = judgeJog(words, core.gc, core.stored)
  if ('error' in order) return order.error
  if (core.settings.number(20) === 1 && !withinTravel(core, order.target)) return 15
  const spindle = core.beam.order
  yield* moveTo(core, order.target, { rapid: false, feed: order.feed, inverseTime: false, spindle, lineNumber: 0 })
  core.gc.position = [...order.target]
  if (core.state === 'Idle' && core.planner.blocks.length > 0) {
    core.state = 'Jog'
    core.stepper.start(core.now)
  }
  return 0
}

function halAnswer(core: GrblCore, body: string): string | undefined {
  switch (body) {
    case 'EE':
      return halErrors.map(([code, text]) => `[ERRORCODE:${code}||${text}]\r\n`).join('')
    case 'EA':
      return halAlarms.map(([code, text]) => `[ALARMCODE:${code}||${text}]\r\n`).join('')
    case 'EEG':
      return csv('Error Code in v1.1+,Error Message in v1.0-,Error Description', halErrors)
    case 'EAG':
      return csv('Alarm Code in v1.1+, Alarm Message in v1.0-, Alarm Description', halAlarms)
    case 'ES':
      return core.settings
        .ids()
        .map(id => `[SETTING:${id}|${halSettingDetails[id] ?? `1|Setting ${id}||6|#####0.000|||0|0`}]\r\n`)
        .join('')
    case 'EG':
      return '[SETTINGGROUP:0|0|Root]\r\n[SETTINGGROUP:1|0|General]\r\n[SETTINGGROUP:5|0|Limits]\r\n[SETTINGGROUP:41|0|X-axis]\r\n'
    case 'HELP':
      return '[HLP:$$ $# $G $I $N $x=val $Nx=line $J=line $SLP $C $X $H $EE $EA $ES ~ ! ? ctrl-x]\r\n'
    default:
      return undefined
  }
}

function csv(title: string, rows: readonly (readonly [number, string])[]): string {
  const head = title
    .split(',')
    .map(cell => `"${cell}"`)
    .join(',')
  return `${head}\r\n${rows.map(([code, text]) => `"${code}","","${text}"\r\n`).join('')}`
}
