// Commands that wait for a person: M0/M1, M125, M600, and the answers that end them.
import type { Steps } from '../machine.ts'
import type { MarlinCore } from './core.ts'
import type { Axes } from './options.ts'
import type { Parameters } from './parameters.ts'

/** Unloading and loading filament, seconds. */
const unloadSeconds = 6
const loadSeconds = 8

export function* stopForUser(core: MarlinCore, words: Parameters): Steps {
  yield* core.synchronize()
  const seconds = (words.number('P') ?? 0) / 1000 + (words.number('S') ?? 0)
  if (seconds > 0) {
    core.waitingForUser = true
    const until = core.now + seconds
    while (core.waitingForUser && core.now < until && !core.options.instant) {
      core.wakeAt = until
      yield 'event'
    }
    core.wakeAt = Number.POSITIVE_INFINITY
    core.waitingForUser = false
    return
  }
  const text = words.text.replace(/^[PS][\d.]+\s*/, '')
  core.prompt(text === '' ? 'M0/1 Break Called' : text, ['Continue'])
  yield* core.waitForUser('paused for user')
  core.action('prompt_end')
}

/** M125: park and wait to be resumed. */
export function* park(core: MarlinCore): Steps {
  yield* core.synchronize()
  const back: Axes = [...core.position]
  core.action('paused')
  yield* parkMove(core)
  core.prompt('Nozzle Parked', ['Continue'])
  yield* core.waitForUser('paused for user')
  yield* comeBack(core, back)
}

/** M600: park, unload, wait, load, ask for more, come back. */
export function* changeFilament(core: MarlinCore): Steps {
  yield* core.synchronize()
  const back: Axes = [...core.position]
  core.action('paused')
  yield* parkMove(core)
  yield* core.pause(unloadSeconds)
  core.send('echo:Press button (or M108) to resume\n')
  core.prompt('Nozzle Parked', ['Continue'])
  yield* core.waitForUser('paused for user')
  for (;;) {
    yield* core.pause(loadSeconds)
    core.prompt('Paused', ['PurgeMore', 'Continue'])
    yield* core.waitForUser('paused for user')
    if (core.promptAnswer !== 0) break
  }
  yield* comeBack(core, back)
}

function* parkMove(core: MarlinCore): Steps {
  const at = core.position
  yield* core.moveTo([at[0], at[1], Math.min(at[2] + 10, core.options.area[2]), at[3]], 5)
  yield* core.moveTo([10, 10, core.position[2], at[3]], 60)
  yield* core.synchronize()
}

function* comeBack(core: MarlinCore, back: Axes): Steps {
  core.action('prompt_end')
  yield* core.moveTo([back[0], back[1], core.position[2], back[3]], 60)
  yield* core.moveTo(back, 5)
  yield* core.synchronize()
  core.action('resumed')
}

/** M108: ends a wait for heat or a person. */
export function breakWait(core: MarlinCore): void {
  core.waitingForHeat = false
  core.waitingForUser = false
}

/** M876 S<n>: a prompt's button. */
export function answerPrompt(core: MarlinCore, button: number): void {
  core.promptAnswer = button
  core.waitingForUser = false
}
