// One run of `tsekh stream`, from the file on disk to the machine's evidence.
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { JobEnd } from '../../protocols/contract/job.ts'
import type { Firmware, MachineKind } from '../../protocols/contract/machine.ts'
import type { Model } from '../../protocols/contract/model.ts'
import type { Fault } from '../../protocols/contract/words.ts'
import { createGate, type GateRules } from '../../protocols/gcode/gate.ts'
import type { SessionReport } from '../../protocols/session.ts'
import { openProgram, type ProgramFile } from '../program.ts'
import { ProgressMeter } from '../progress.ts'
import { gateRules } from '../setup.ts'
import { faults } from '../words.ts'
import type { StreamArguments } from './arguments.ts'
import { checkProgram, type Forecast, forecast } from './check.ts'
import { Contact } from './contact.ts'
import { genericModel } from './generic.ts'
import { duration, type Show } from './show.ts'
import { says, streamFaults } from './words.ts'

/** The object that `--json` prints. */
export type StreamSummary = {
  readonly outcome: JobEnd['outcome']
  /** What the end was said on. */
  readonly evidence?: string
  /** Program lines acknowledged, and bytes of the file up to the last of them. */
  readonly lines: number
  readonly bytes: number
  readonly seconds: number
  readonly resends: number
  readonly linesPerSecond: number
  readonly firmware: string | null
  readonly fault?: Fault
}

export const nothingDone: StreamSummary = {
  outcome: 'failed',
  lines: 0,
  bytes: 0,
  seconds: 0,
  resends: 0,
  linesPerSecond: 0,
  firmware: null,
}

export type Models = () => ReadonlyMap<string, Model>

const job = 'stream-by-hand'
const redrawMs = 100

type Ending = Partial<StreamSummary> & Pick<StreamSummary, 'outcome'>
type Prepared = { readonly file: ProgramFile; readonly rules: GateRules; readonly lines: number; readonly cast: Forecast | undefined }

export class Streaming {
  readonly #args: StreamArguments
  readonly #show: Show
  readonly #models: Models
  #contact: Contact | undefined
  #meter: ProgressMeter | undefined
  #signals = 0
  #finish: (ending: Ending) => void = () => undefined

  constructor(args: StreamArguments, show: Show, models: Models) {
    this.#args = args
    this.#show = show
    this.#models = models
  }

  async run(): Promise<StreamSummary> {
    const ended = new Promise<Ending>(resolve => {
      this.#finish = resolve
    })
    void this.#begin().then(
      fault => {
        if (fault !== undefined) this.#finish({ outcome: 'failed', fault })
      },
      error => this.#finish({ outcome: 'failed', fault: faults.programMissing(String(error)) }),
    )
    const ending = await ended
    const firmware = this.#contact?.firmware?.name ?? null
    await this.#contact?.close()
    return { ...nothingDone, firmware, ...ending }
  }

  /** Ctrl-C or SIGTERM: first an orderly cancel, then a stop, then we leave. */
  signal(): void {
    this.#signals++
    const meter = this.#meter
    if (meter === undefined) {
      this.#finish({ outcome: 'cancelled' })
      return
    }
    if (this.#signals > 2) {
      const { lines, bytes } = meter
      this.#finish({ outcome: 'interrupted', lines, bytes, fault: streamFaults.given(this.#signals) })
      return
    }
    this.#show.say(this.#signals === 1 ? says.cancelling : says.stopping)
    this.#contact?.deed({ kind: this.#signals === 1 ? 'cancel' : 'stop' })
  }

  /** Answers with what prevented the start; from the start on, the end is told to `#finish`. */
  async #begin(): Promise<Fault | undefined> {
    const file = await fileOf(this.#args.file)
    if ('code' in file) return file
    const named = this.#args.model === undefined ? undefined : this.#namedModel(this.#args.model)
    if (named !== undefined && 'code' in named) return named
    const model = this.#model(named)
    this.#show.say(says.connecting, this.#args.port)
    const contact = new Contact(this.#args, model)
    this.#contact = contact
    const inTheWay = await contact.becomeReady()
    if (inTheWay !== undefined || this.#signals > 0) return inTheWay

    const prepared = await this.#prepare(file, model, contact.firmware, named === undefined)
    if ('code' in prepared) return prepared
    return this.#signals > 0 ? undefined : this.#stream(contact, prepared)
  }

  #namedModel(name: string): Model | Fault {
    const models = this.#models()
    return models.get(name) ?? streamFaults.unknownModel(name, [...models.keys()])
  }

  #model(named: Model | undefined): Model {
    const { dialect, port, window } = this.#args
    const kind: MachineKind = this.#args.kind ?? named?.kind ?? (dialect === 'marlin' ? 'printer' : 'mill')
    const model = named ?? genericModel(dialect, kind, port)
    return { ...model, kind, stream: { ...model.stream, ...(window === undefined ? {} : { windowLines: window }) } }
  }

  async #prepare(file: ProgramFile, given: Model, firmware: Firmware | undefined, guessed: boolean): Promise<Prepared | Fault> {
    const isLaser = guessed && this.#args.kind === undefined && firmware?.settings?.$32 === '1'
    const model: Model = isLaser ? { ...given, kind: 'laser' } : given
    const { dialect, allowConstantPower } = this.#args
    const rules = gateRules({ dialect, kind: model.kind, model }, firmware, allowConstantPower)
    this.#show.say(says.checking, basename(file.path))
    const checked = await checkProgram(file, rules)
    if ('fault' in checked) return checked.fault
    const [bad, ...others] = checked.faults
    if (bad !== undefined) {
      for (const fault of others) this.#show.fault(fault)
      return streamFaults.badLines(bad, checked.faultCount)
    }
    if (checked.lines === 0) return streamFaults.programEmpty(basename(file.path))
    const cast = await forecast(file, model, firmware)
    if (cast !== undefined) this.#show.say(says.forecast, duration(cast.estimatedSeconds))
    return { file, rules, lines: checked.lines, cast }
  }

  async #stream(contact: Contact, { file, rules, lines, cast }: Prepared): Promise<Fault | undefined> {
    const cursor = await openProgram(file, createGate(rules), () => contact.more())
    if ('fault' in cursor) return cursor.fault
    const { clock } = contact
    const meter = new ProgressMeter({ size: file.size, ...cast }, clock.now())
    this.#meter = meter
    const bar = setInterval(() => this.#show.progress(meter.read(clock.now()), lines, performance.now()), redrawMs)
    contact.listen(report => {
      this.#follow(report, meter, clock.now())
      if (report.kind !== 'job-ended') return
      clearInterval(bar)
      void cursor.close()
      this.#finish(endingOf(report.end))
    })
    this.#show.say(says.streaming, `${lines}`)
    const fault = contact.run(job, cursor)
    if (fault === undefined) return undefined
    clearInterval(bar)
    await cursor.close()
    return fault
  }

  #follow(report: SessionReport, meter: ProgressMeter, nowMs: number): void {
    if (report.kind === 'progress') meter.acknowledged(report.lines, report.endByte, nowMs)
    if (report.kind === 'job-paused') meter.paused(nowMs)
    if (report.kind === 'job-resumed') meter.resumed(nowMs)
    if (report.kind === 'state') meter.follow(report.state.state, nowMs)
    if (report.kind === 'fault') this.#show.fault(report.fault)
    // A machine that waits for a person (filament, a door) says so where the person looks.
    if (report.kind === 'state' && report.state.state === 'attention' && report.state.fault !== undefined)
      this.#show.fault(report.state.fault)
  }
}

function endingOf(end: JobEnd): Ending {
  const { outcome, evidence, lines, bytes, resends, fault } = end
  const seconds = Math.round(end.seconds * 1000) / 1000
  const linesPerSecond = seconds > 0 ? Math.round((lines / seconds) * 10) / 10 : 0
  return { outcome, evidence, lines, bytes, seconds, resends, linesPerSecond, ...(fault === undefined ? {} : { fault }) }
}

async function fileOf(path: string): Promise<ProgramFile | Fault> {
  try {
    const found = await stat(path)
    if (!found.isFile()) return faults.programMissing(`${path} is not a file`)
    return found.size === 0 ? streamFaults.programEmpty(basename(path)) : { path, size: found.size }
  } catch (error) {
    return faults.programMissing(String(error))
  }
}
