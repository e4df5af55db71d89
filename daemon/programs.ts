// Programs of the school: a file that is here and analysed for this school's machines as they are now.
import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import type { Job } from '../protocols/contract/job.ts'
import type { Finding, Program, Suitability } from '../protocols/contract/program.ts'
import type { Progress } from '../protocols/contract/screen.ts'
import type { Denial, Sentence } from '../protocols/contract/words.ts'
import type { MachineFacts } from '../protocols/gcode/analyse.ts'
import type { Analysed } from './analyse-file.ts'
import { type Analyse, AnalysisError } from './analyst.ts'
import type { Files } from './files.ts'
import type { Store } from './store.ts'
import { deny } from './words.ts'

export type KnownProgram = Pick<Analysed, 'timeMaps' | 'layers' | 'plain'> & { readonly program: Program }

/** A file as somebody asks for it. */
export type Wanted = { readonly sha256: string; readonly name: string; readonly size: number }

export type ProgramsOptions = {
  readonly files: Files
  readonly store: Store
  readonly analyse: Analyse
  /** What the analysis must know of each machine, now. */
  readonly facts: () => MachineFacts[]
  /** Brings a file that is not here; absent in a school without a city. */
  readonly fetch?: (wanted: Wanted, signal: AbortSignal) => Promise<Denial | undefined>
  readonly nowMs: () => number
}

/** Each may hold ten megabytes in a school of thirty machines. */
const recentMost = 3

/** Bump when the analysis learns something: stored results of an older one are made again. */
const analysisVersion = 4

export class Programs {
  readonly #options: ProgramsOptions
  readonly #underWay = new Map<string, Promise<KnownProgram | { denial: Denial }>>()
  /** Thirty time maps are megabytes of text: a class that sends one file to thirty machines must not have it read thirty times. */
  readonly #recent = new Map<string, { facts: string; known: KnownProgram }>()
  readonly #progress = new Map<string, Progress>()

  constructor(options: ProgramsOptions) {
    this.#options = options
  }

  /**
   * Makes sure that the file is here and analysed. Denials: empty-file, file-missing, file-unreachable, file-damaged, file-too-large, disk-full, analysis-failed.
   * Two who ask for the same file wait for the same work.
   */
  async obtain(wanted: Wanted, signal: AbortSignal): Promise<{ known: KnownProgram } | { denial: Denial }> {
    const facts = this.#options.facts()
    const key = factsKey(facts)
    const stored = this.stored(wanted.sha256, key)
    if (stored && this.#options.files.path(wanted.sha256)) return { known: named(stored, wanted.name) }
    const together = `${wanted.sha256} ${wanted.size} ${key}`
    let work = this.#underWay.get(together)
    if (work === undefined) {
      work = this.#make(wanted, facts, key, signal).finally(() => this.#underWay.delete(together))
      this.#underWay.set(together, work)
    }
    const made = await work
    return 'denial' in made ? made : { known: named(made, wanted.name) }
  }

  isHere(sha256: string): boolean {
    return this.#options.files.path(sha256) !== undefined
  }

  /** How far the work on a file is that is being fetched, unpacked or analysed now. */
  progress(sha256: string): Progress | undefined {
    return this.#progress.get(sha256)
  }

  /** The file that a machine gets: the stored one, or what was unpacked from it. Undefined where it is not here (any more). */
  runnable(sha256: string): { path: string; size?: number; sha256: string } | undefined {
    const { files } = this.#options
    const plain = this.stored(sha256)?.plain
    const path = plain === undefined ? files.path(sha256) : files.plainPath(sha256)
    return path === undefined ? undefined : { path, sha256, ...plain }
  }

  /** What is stored of a program: with `key`, only if it was analysed with those facts. */
  stored(sha256: string, key?: string): KnownProgram | undefined {
    const cached = this.#recent.get(sha256)
    if (cached !== undefined) return key === undefined || cached.facts === key ? cached.known : undefined
    const row = this.#options.store.program(sha256)
    if (row === undefined) return undefined
    const known: KnownProgram = JSON.parse(row.body)
    this.#remember(sha256, row.facts, known)
    return key === undefined || row.facts === key ? known : undefined
  }

  /**
   * Forgets what was found in files that are here no more, unless `needed`: each may be ten megabytes, and a file that comes again is looked at
   * again, for its pictures and what was unpacked went with it. Answers how many. Rejects when the signal aborts.
   */
  async forgetGone(needed: ReadonlySet<string>, signal: AbortSignal): Promise<number> {
    const { files, store } = this.#options
    let gone = 0
    for (const sha256 of store.programHashes()) {
      // One at a time: nobody's stop waits for a hundred such rows.
      await setImmediate(undefined, { signal })
      if (needed.has(sha256) || files.path(sha256) !== undefined) continue
      store.forgetProgram(sha256)
      this.#recent.delete(sha256)
      gone++
    }
    return gone
  }

  #remember(sha256: string, facts: string, known: KnownProgram): void {
    this.#recent.delete(sha256)
    this.#recent.set(sha256, { facts, known })
    const [oldest] = this.#recent.keys()
    if (this.#recent.size > recentMost && oldest !== undefined) this.#recent.delete(oldest)
  }

  async #make(wanted: Wanted, facts: MachineFacts[], key: string, signal: AbortSignal): Promise<KnownProgram | { denial: Denial }> {
    const { files, store, fetch, analyse, nowMs } = this.#options
    const { sha256, size } = wanted
    if (size === 0) return { denial: deny('empty-file') }
    if (!files.path(sha256)) {
      const denial = fetch === undefined ? deny('file-missing') : await fetch(wanted, signal)
      if (denial) return { denial }
    }
    const path = files.path(sha256)
    if (path === undefined) return { denial: deny('file-missing') }
    const parts = { preview: files.freshPart(), picture: files.freshPart(), path: files.freshPart(), plain: files.freshPart() }
    this.#progress.set(sha256, { stage: 'waiting' })
    try {
      const { pictures, ...analysed } = await analyse(
        { path, request: { name: wanted.name, size, machines: facts }, parts, plainBytesMax: await files.plainBytesMax() },
        progress => this.#progress.set(sha256, progress),
      )
      for (const what of pictures) await files.keepPicture(parts[what], sha256, what)
      if (analysed.plain !== undefined) await files.keepPlain(parts.plain, sha256)
      const known: KnownProgram = { ...analysed, program: { sha256, ...analysed.program } }
      store.putProgram(sha256, nowMs(), { facts: key, body: JSON.stringify(known) }, pictures)
      this.#remember(sha256, key, known)
      return known
    } catch (error) {
      const reason = error instanceof AnalysisError ? error.reason : 'failed'
      if (reason !== 'failed') return { denial: deny(reason) }
      return { denial: deny('analysis-failed', { detail: error instanceof Error ? error.message : String(error) }) }
    } finally {
      this.#progress.delete(sha256)
      for (const part of Object.values(parts)) await rm(part, { force: true })
    }
  }
}

/** The finding that a technician's leave for constant power answers (protocols/gcode, checks and gate). */
const constantPower = 'constant-power'

/** The finding that forbids this program on this machine, if one does, whoever asks. */
export function stopFinding(suitability: Suitability, allowConstantPower: boolean): Finding | undefined {
  return suitability.findings.find(finding => finding.severity === 'stop' && !(allowConstantPower && finding.code === constantPower))
}

/**
 * Machines that may run the program, and where there is none (or not the wanted one) the reason:
 * the finding that stops it, as a denial with the finding's own code and sentence.
 */
export function machinesFor(
  program: Program,
  wanted: string | undefined,
  allowConstantPower: boolean,
): { suitable: string[]; denial?: Denial } {
  const global = program.findings.find(finding => finding.severity === 'stop')
  if (global) return { suitable: [], denial: denialOf(global) }
  const judged = program.machines.map(one => {
    const stop = stopFinding(one, allowConstantPower)
    const waived = allowConstantPower && one.findings.some(finding => finding.code === constantPower)
    return { machine: one.machine, stop, can: stop === undefined && (one.fits || waived) }
  })
  const suitable = judged.filter(one => one.can).map(one => one.machine)
  if (wanted === undefined ? suitable.length > 0 : suitable.includes(wanted)) return { suitable }
  const reason = judged.find(one => (wanted === undefined || one.machine === wanted) && one.stop !== undefined)?.stop
  // One machine has one reason; of several the sentence says that none fits, and the first reason is the detail.
  if (reason && (wanted !== undefined || judged.length === 1)) return { suitable, denial: denialOf(reason) }
  return { suitable, denial: deny('no-machine-fits', { name: program.name, ...(reason ? { detail: reason.text.en } : {}) }) }
}

/** A row in a list has room for so many; the rest is read in the check itself. */
const asksMax = 6

/** What a teacher has to decide before it runs on one of these machines, each said once. */
export function asksOf(program: Program, machines: readonly string[]): Sentence[] {
  const findings = [...program.findings, ...program.machines.filter(one => machines.includes(one.machine)).flatMap(one => one.findings)]
  const asks = new Map(findings.filter(({ severity }) => severity === 'ask').map(({ code, text }) => [code, text]))
  return [...asks.values()].slice(0, asksMax)
}

/** Seconds on the machine asked for, or the least of those that can. */
export function estimateFor(program: Program, job: Pick<Job, 'suitable' | 'wanted'>): number | undefined {
  const seconds = program.machines
    .filter(one => (job.wanted === undefined ? job.suitable.includes(one.machine) : one.machine === job.wanted))
    .flatMap(one => one.estimatedSeconds ?? [])
  return seconds.length === 0 ? undefined : Math.min(...seconds)
}

function denialOf(finding: Finding): Denial {
  return { code: finding.code, text: finding.text, ...(finding.line === undefined ? {} : { line: finding.line }) }
}

function named(known: KnownProgram, name: string): KnownProgram {
  return { ...known, program: { ...known.program, name } }
}

/** The same for facts that judge alike. How a machine warms is learned print by print: it sharpens the next forecast, and changes no judgement. */
export function factsKey(facts: readonly MachineFacts[]): string {
  const judging = facts.map(({ heating: _, ...rest }) => rest)
  return createHash('sha256')
    .update(JSON.stringify([analysisVersion, judging]))
    .digest('base64url')
}
