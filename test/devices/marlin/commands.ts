// Every command this printer knows, from code to deed. What it does not know it echoes, and acknowledges all the same.
import type { Steps } from '../machine.ts'
import { cardCommand } from './card.ts'
import type { MarlinCore } from './core.ts'
import { heatAndWait, setTarget } from './heating.ts'
import { arc, dwell, home, probeBed, setPosition, straight } from './motion.ts'
import type { Axes } from './options.ts'
import { Parameters } from './parameters.ts'
import { answerPrompt, breakWait, changeFilament, park, stopForUser } from './people.ts'
import { firmwareText, settingsText } from './texts.ts'

/** `own`: the command has sent its own ok (M105). */
type Answer = 'ok' | 'own'

const noOps = new Set(
  'G10 G11 G17 G18 G19 G27 G30 G60 G61 G80 M5 M3 M4 M17 M42 M48 M73 M75 M76 M77 M78 M80 M81 M84 M18 M85 M86 M111 M120 M121 M145 M149 M150 M200 M206 M207 M208 M209 M211 M217 M218 M221 M226 M240 M250 M256 M260 M280 M290 M300 M301 M302 M303 M304 M305 M350 M355 M401 M402 M403 M404 M405 M406 M407 M412 M413 M420 M421 M425 M428 M486 M500 M501 M502 M504 M569 M575 M593 M603 M605 M701 M702 M808 M810 M820 M851 M852 M871 M900 M906 M907 M911 M912 M913 M914 M915 M999'.split(
    ' ',
  ),
)
const moves = new Set(['G0', 'G1', 'G2', 'G3'])

/** Executes one command line. */
export function* executeMarlin(core: MarlinCore, line: string): Steps<Answer> {
  const words = new Parameters(line)
  core.executed.add(line)
  if (moves.has(words.code)) core.moved.add(line)
  if (words.code.startsWith('G')) yield* executeG(core, words, line)
  else if (words.code.startsWith('T')) {
    if (words.code !== 'T0') core.send(`echo:${words.code} Invalid extruder\n`)
  } else if (words.code === '') core.send(`echo:Unknown command: "${line}"\n`)
  else return yield* executeM(core, words, line)
  return 'ok'
}

function* executeG(core: MarlinCore, words: Parameters, line: string): Steps {
  switch (words.code) {
    case 'G0':
    case 'G1':
      return yield* straight(core, words)
    case 'G2':
    case 'G3':
      return yield* arc(core, words, words.code === 'G2')
    case 'G4':
      return yield* dwell(core, words)
    case 'G20':
    case 'G21':
      core.inches = words.code === 'G20'
      return
    case 'G28':
      return yield* home(core, words)
    case 'G29':
      return yield* probeBed(core)
    case 'G90':
    case 'G91':
      core.absolute = words.code === 'G90'
      core.absoluteE = core.absolute
      return
    case 'G92':
      setPosition(core, words)
      return
    default:
      if (!noOps.has(words.code)) core.send(`echo:Unknown command: "${line}"\n`)
  }
}

function* executeM(core: MarlinCore, words: Parameters, line: string): Steps<Answer> {
  switch (words.code) {
    case 'M0':
    case 'M1':
      yield* stopForUser(core, words)
      return 'ok'
    case 'M20':
    case 'M21':
    case 'M23':
    case 'M24':
    case 'M25':
    case 'M26':
    case 'M27':
    case 'M28':
    case 'M29':
    case 'M30':
    case 'M524':
      cardCommand(core, words)
      return 'ok'
    case 'M31':
      core.send(`echo:Print time: ${Math.floor(core.planner.motionSeconds)}s\n`)
      return 'ok'
    case 'M82':
    case 'M83':
      core.absoluteE = words.code === 'M82'
      return 'ok'
    case 'M92':
    case 'M201':
    case 'M203':
    case 'M204':
    case 'M205':
      setMotion(core, words)
      return 'ok'
    case 'M104':
    case 'M140':
      setTarget(core, words.code === 'M104' ? 'T0' : 'B', words.number('S') ?? core.heaters[words.code === 'M104' ? 'T0' : 'B'].target)
      return 'ok'
    case 'M105':
      // M105 acknowledges by itself, so this ok never carries N, P or B.
      core.send(`ok ${core.temperatures()}\n`)
      return 'own'
    case 'M106':
      core.fan = words.number('S') ?? 255
      return 'ok'
    case 'M107':
      core.fan = 0
      return 'ok'
    case 'M109':
    case 'M190':
      yield* heatAndWait(core, words.code === 'M109' ? 'T0' : 'B', words)
      return 'ok'
    case 'M108':
    case 'M112':
    case 'M410':
    case 'M876':
      if (!core.options.emergencyParser) actEmergency(core, line)
      return 'ok'
    case 'M110': {
      // Taken when the line was read, and once more now: a host that does not wait for this ok loses count.
      const number = words.number('N')
      if (number !== undefined) core.serial.lastNumber = number
      return 'ok'
    }
    case 'M113':
      core.keepaliveSeconds = Math.min(60, words.number('S') ?? core.keepaliveSeconds)
      return 'ok'
    case 'M114':
      core.send(core.positionLine())
      return 'ok'
    case 'M115':
      core.send(firmwareText(core))
      return 'ok'
    case 'M117':
      return 'ok'
    case 'M118':
      core.send(`${words.text.replace(/^(?:[EAP]\d\s*)+/, m => (m.includes('E1') ? 'echo:' : m.includes('A1') ? '// ' : ''))}\n`)
      return 'ok'
    case 'M119':
      core.send('Reporting endstop status\nx_min: open\ny_min: open\nz_min: open\nfilament: TRIGGERED\n')
      return 'ok'
    case 'M125':
      yield* park(core)
      return 'ok'
    case 'M154':
      core.positionEvery = words.number('S') ?? 0
      core.positionAt = core.positionEvery > 0 ? core.now + core.positionEvery : Number.POSITIVE_INFINITY
      return 'ok'
    case 'M155':
      core.temperatureEvery = Math.min(60, words.number('S') ?? 0)
      core.temperatureAt = core.temperatureEvery > 0 ? core.now + core.temperatureEvery : Number.POSITIVE_INFINITY
      return 'ok'
    case 'M220':
      core.feedPercent = words.number('S') ?? core.feedPercent
      return 'ok'
    case 'M221':
      core.flowPercent = words.number('S') ?? core.flowPercent
      return 'ok'
    case 'M400':
      yield* core.synchronize()
      return 'ok'
    case 'M503':
      core.send(settingsText(core))
      return 'ok'
    case 'M600':
      yield* changeFilament(core)
      return 'ok'
    default:
      if (!noOps.has(words.code)) core.send(`echo:Unknown command: "${line}"\n`)
      return 'ok'
  }
}

/** What the emergency parser, or without it the queue, does at once. Answers the command that acted. */
export function actEmergency(core: MarlinCore, line: string): string | undefined {
  const found = /^(?:N-?\d+ ?)?(M108|M112|M410|M876 S(\d))(?!\d)/.exec(line)
  if (found === null) return undefined
  const what = found[1] ?? ''
  if (what === 'M108') breakWait(core)
  else if (what === 'M410') core.quickStop()
  else if (what === 'M112') core.kill('Error:Printer halted. kill() called!\n')
  else if (core.options.prompts) answerPrompt(core, Number(found[2]))
  return what
}

function setMotion(core: MarlinCore, words: Parameters): void {
  const { motion } = core.planner
  // A machine with a zero here would stand still for ever; such words are passed over.
  const above = (letter: string, before: number): number => {
    const value = words.number(letter)
    return value !== undefined && value > 0 ? value : before
  }
  const axes = (before: Readonly<Axes>): Axes => [
    above('X', before[0]),
    above('Y', before[1]),
    above('Z', before[2]),
    above('E', before[3]),
  ]
  switch (words.code) {
    case 'M92': {
      const end = core.planner.end
      motion.stepsPerMm = axes(motion.stepsPerMm)
      core.planner.setPosition(end)
      return
    }
    case 'M201':
      motion.maxAcceleration = axes(motion.maxAcceleration)
      return
    case 'M203':
      motion.maxFeed = axes(motion.maxFeed)
      return
    case 'M204': {
      motion.printAcceleration = above('P', above('S', motion.printAcceleration))
      motion.travelAcceleration = above('T', above('S', motion.travelAcceleration))
      motion.retractAcceleration = above('R', motion.retractAcceleration)
      return
    }
    default: {
      const j = words.number('J')
      if (motion.corner.kind === 'deviation') {
        if (j !== undefined) motion.corner = { kind: 'deviation', mm: j }
      } else motion.corner = { kind: 'jerk', jerk: axes(motion.corner.jerk) }
    }
  }
}
