// What was asked of `tsekh stream` on the command line.
import { parseArgs } from 'node:util'
import type { Dialect, MachineKind } from '../../protocols/contract/machine.ts'

export type StreamArguments = {
  readonly file: string
  readonly dialect: Dialect
  readonly port: string
  readonly baud: number | undefined
  readonly window: number | undefined
  readonly model: string | undefined
  readonly kind: MachineKind | undefined
  readonly json: boolean
  readonly allowConstantPower: boolean
  /** Done first where the machine is locked after power-up or an alarm. */
  readonly first: 'home' | 'unlock' | undefined
  readonly answerSeconds: number
}

export const streamUsage = `tsekh stream FILE --dialect grbl|marlin --port tcp://HOST:PORT|/dev/…
  --baud N                 of a serial port; 115200 unless the model says otherwise
  --window N               Marlin lines in flight, 1 to 4; 1 unless the model says otherwise
  --model NAME             a model of drivers/models: its limits and its motion, for the forecast
  --kind printer|laser|mill  by default a printer for Marlin; for Grbl a laser where $32=1, else a mill
  --allow-constant-power   a technician's leave for a laser program with M3
  --home, --unlock         do this first where the machine is locked
  --answer-seconds N       how long to wait for the machine to answer (30)
  --json                   one JSON object on standard output, nothing else`

/** Reads the arguments, or answers with one sentence that says what is wrong. */
export function readStreamArguments(argv: readonly string[]): StreamArguments | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        dialect: { type: 'string' },
        port: { type: 'string' },
        baud: { type: 'string' },
        window: { type: 'string' },
        model: { type: 'string' },
        kind: { type: 'string' },
        json: { type: 'boolean', default: false },
        'allow-constant-power': { type: 'boolean', default: false },
        home: { type: 'boolean', default: false },
        unlock: { type: 'boolean', default: false },
        'answer-seconds': { type: 'string' },
      },
    })
    const [file, surplus] = positionals
    if (file === undefined) return 'Say which FILE to stream.'
    if (surplus !== undefined) return `One file at a time, please: "${surplus}" is one too many.`
    const { dialect, port, kind } = values
    if (dialect !== 'grbl' && dialect !== 'marlin') return `--dialect is grbl or marlin, not ${said(dialect)}.`
    if (port === undefined) return 'Say where the machine is: --port tcp://HOST:PORT or --port /dev/….'
    if (!port.startsWith('/') && !port.startsWith('tcp://')) return `--port is tcp://HOST:PORT or /dev/…, not "${port}".`
    if (kind !== undefined && !isKind(kind)) return `--kind is printer, laser or mill, not "${kind}".`
    if (values.home && values.unlock) return 'Choose one of --home and --unlock.'
    const baud = whole(values.baud, 300, 4_000_000)
    if (baud === 'bad') return `--baud is a whole number from 300 to 4000000, not "${values.baud}".`
    const window = whole(values.window, 1, 4)
    if (window === 'bad') return `--window is 1, 2, 3 or 4 lines, not "${values.window}".`
    if (window !== undefined && dialect === 'grbl') return '--window is for Marlin; Grbl is fed by the bytes of its buffer.'
    const answerSeconds = whole(values['answer-seconds'], 1, 600)
    if (answerSeconds === 'bad') return `--answer-seconds is a whole number from 1 to 600, not "${values['answer-seconds']}".`
    return {
      file,
      dialect,
      port,
      baud,
      window,
      model: values.model,
      kind,
      json: values.json,
      allowConstantPower: values['allow-constant-power'],
      first: values.home ? 'home' : values.unlock ? 'unlock' : undefined,
      answerSeconds: answerSeconds ?? 30,
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function said(value: string | undefined): string {
  return value === undefined ? 'left out' : `"${value}"`
}

function isKind(text: string): text is MachineKind {
  return text === 'printer' || text === 'laser' || text === 'mill'
}

function whole(text: string | undefined, least: number, most: number): number | 'bad' | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  return /^\d+$/.test(text) && value >= least && value <= most ? value : 'bad'
}
