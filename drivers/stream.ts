// `tsekh stream`: one file to one machine, for commissioning; ends well only when the machine finished on evidence.
import type { Model } from '../protocols/contract/model.ts'
import type { Language } from '../protocols/contract/words.ts'
import { readStreamArguments, streamUsage } from './stream/arguments.ts'
import { duration, type Screen, Show } from './stream/show.ts'
import { nothingDone, Streaming, type StreamSummary } from './stream/streaming.ts'
import { says, streamFaults } from './stream/words.ts'

/** What the command needs of a process. */
export type StreamIo = {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: Screen
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  readonly env?: Record<string, string | undefined>
}

/**
 * Streams FILE; resolves with the exit status: 0 completed on evidence, 1 not, 2 bad arguments, 130 cancelled by hand.
 * With `--json` exactly one StreamSummary goes to standard output, whatever happens; everything for a person goes to standard error.
 * `models`: the files of drivers/models by id, read by whoever may read YAML; needed for `--model` only.
 */
export async function streamCommand(
  argv: readonly string[],
  io: StreamIo,
  models: () => ReadonlyMap<string, Model> = () => new Map(),
): Promise<number> {
  const args = readStreamArguments(argv)
  if (typeof args === 'string') {
    io.stderr.write(`tsekh stream: ${args}\n${streamUsage}\n`)
    if (argv.includes('--json')) print(io, { ...nothingDone, fault: streamFaults.badArguments(args) })
    return 2
  }
  const show = new Show(io.stderr, languageOf(io.env ?? {}))
  const streaming = new Streaming(args, show, models)
  const onSignal = () => streaming.signal()
  io.on('SIGINT', onSignal)
  io.on('SIGTERM', onSignal)
  try {
    const summary = await streaming.run()
    if (summary.fault !== undefined) show.fault(summary.fault)
    const { outcome, lines, seconds, linesPerSecond, resends } = summary
    show.say(says.outcomes[outcome], `(${lines} lines, ${duration(seconds)}, ${linesPerSecond} lines/s, ${resends} resends)`)
    if (args.json) print(io, summary)
    return outcome === 'completed' ? 0 : outcome === 'cancelled' ? 130 : 1
  } finally {
    io.off('SIGINT', onSignal)
    io.off('SIGTERM', onSignal)
  }
}

function print(io: StreamIo, summary: StreamSummary): void {
  io.stdout.write(`${JSON.stringify(summary)}\n`)
}

function languageOf(env: Record<string, string | undefined>): Language {
  const set = env.LC_ALL || env.LC_MESSAGES || env.LANG || ''
  return set.startsWith('ru') ? 'ru' : 'en'
}
