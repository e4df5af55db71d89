// Reads a program once, as it streams by, and says what it is, where it may run, how long it takes and what it looks like.
import type { Finding, Program, Suitability } from '../contract/program.ts'
import type { Preview } from '../contract/screen.ts'
import type { Toolpath } from '../contract/toolpath.ts'
import { checkMachine, checkProgram, kindOf, type Read } from './checks.ts'
import { fileKind, headBytes } from './containers.ts'
import { drawPreview } from './drawing.ts'
import type { MachineFacts } from './facts.ts'
import { createGate, type Gate } from './gate.ts'
import { marlinFrameChars } from './gate-marlin.ts'
import { GrblProgram } from './grbl-program.ts'
import { Ledger } from './ledger.ts'
import { MarlinProgram } from './marlin-program.ts'
import { MetadataReader } from './metadata.ts'
import { type Box, type Fence, Path } from './path.ts'
import { GrblPlan, grblMotion, isLaserMode, MarlinPlan, marlinMotion } from './plans.ts'
import { type Line, LineReader } from './reader.ts'
import type { Picture } from './thumbnail.ts'

export type { MachineFacts } from './facts.ts'

export type AnalysisRequest = {
  /** As the person named the file. */
  readonly name: string
  /** Bytes. */
  readonly size: number
  readonly machines: readonly MachineFacts[]
  /** Of a file that was unpacked before: what was found then; `refused` where it could not be, and then no bytes follow. */
  readonly unpacked?: { readonly findings: readonly Finding[]; readonly refused: boolean }
}

export type Analysis = {
  program: Omit<Program, 'sha256'>
  /** By machine: byte offset → seconds since the start, rising, from [0, 0] to [size, estimatedSeconds]; at most 4096 points. */
  timeMaps: Record<string, [number, number][]>
  /** Byte offsets at which layers begin. */
  layers: number[]
  preview: Preview
  /** The same, as fine as a graphics card can show it. */
  toolpath: Toolpath
  picture?: Picture
}

export interface Analyser {
  push(chunk: Uint8Array): void
  finish(): Analysis
}

/** One gate for all machines whose rules are alike. */
type Guard = {
  dialect: 'grbl' | 'marlin'
  lengthMax: number
  gate: Gate
  machines: Set<string>
  ledger: Ledger
  faults: Map<string, Finding>
}

type Seat = { facts: MachineFacts; fence: Fence; guard: Guard; plan: GrblPlan | MarlinPlan }

/** mm by which a move may leave an area unnoticed: rounding, not work. */
const fenceSlackMm = 0.05

/**
 * Memory does not grow with the file; about a microsecond a line for one machine. Machines that move alike share one plan.
 */
export function createAnalyser(request: AnalysisRequest): Analyser {
  return new ProgramAnalyser(request)
}

class ProgramAnalyser implements Analyser {
  private readonly request: AnalysisRequest
  private readonly reader: LineReader
  private readonly seats: Seat[] = []
  private readonly guards: Guard[] = []
  private readonly metadata = new MetadataReader()
  private readonly grblLedger = new Ledger()
  private readonly marlinLedger = new Ledger()
  private readonly grblPath: Path
  private readonly marlinPath: Path
  private readonly grbl: GrblProgram
  private readonly marlin: MarlinProgram
  /** Which readings still make sense: a print is no Grbl program, a cut is no print. */
  private readGrbl = true
  private readMarlin = true
  private plainKeptMax = Number.POSITIVE_INFINITY
  private readonly head = new Uint8Array(headBytes)
  private headLength = 0
  private moved = false
  private commands = 0
  private oddLines = 0
  private nuls = 0
  private bytes = 0

  constructor(request: AnalysisRequest) {
    this.request = request
    const grblPlans = new Map<string, GrblPlan>()
    const marlinPlans = new Map<string, MarlinPlan>()
    for (const facts of request.machines) this.seats.push(this.seat(facts, grblPlans, marlinPlans))
    const fences = (dialect: string) => this.seats.filter(seat => seat.facts.dialect === dialect).map(seat => seat.fence)
    this.grblPath = new Path(fences('grbl'))
    this.marlinPath = new Path(fences('marlin'))
    this.grbl = new GrblProgram([...grblPlans.values()], this.grblPath, this.grblLedger)
    this.marlin = new MarlinProgram([...marlinPlans.values()], this.marlinPath, this.marlinLedger)
    this.reader = new LineReader(line => this.line(line))
  }

  push(chunk: Uint8Array): void {
    if (this.headLength < headBytes) {
      const taken = chunk.subarray(0, headBytes - this.headLength)
      this.head.set(taken, this.headLength)
      this.headLength += taken.length
    }
    this.bytes += chunk.length
    this.reader.push(chunk)
  }

  private seat(facts: MachineFacts, grblPlans: Map<string, GrblPlan>, marlinPlans: Map<string, MarlinPlan>): Seat {
    const { area, stream } = facts.model
    const s = fenceSlackMm
    // A print's zero is the bed; a cut's zero in Z is the stock, wherever it lies.
    const [low, high] = facts.kind === 'printer' ? area.z : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    const fence: Fence = {
      min: [area.x[0] - s, area.y[0] - s, low - s],
      max: [area.x[1] + s, area.y[1] + s, high + s],
      anyLine: 0,
      workLine: 0,
    }
    let plan: GrblPlan | MarlinPlan
    if (facts.dialect === 'grbl') {
      const motion = grblMotion(facts)
      const laser = isLaserMode(facts)
      plan = shared(grblPlans, JSON.stringify([motion, laser]), () => new GrblPlan(motion, laser))
    } else {
      const motion = marlinMotion(facts)
      plan = shared(marlinPlans, JSON.stringify([motion, facts.heating]), () => new MarlinPlan(motion, facts.heating))
    }
    let guard = this.guards.find(other => other.dialect === facts.dialect && other.lengthMax === stream.lineLengthMax)
    if (guard === undefined) {
      guard = {
        dialect: facts.dialect,
        lengthMax: stream.lineLengthMax,
        // M3 is judged machine by machine in the checks: a laser refuses it, a mill needs it.
        gate: createGate({
          dialect: facts.dialect,
          lineLengthMax: stream.lineLengthMax,
          machineKind: facts.kind,
          constantPowerAllowed: true,
        }),
        machines: new Set(),
        ledger: new Ledger(),
        faults: new Map(),
      }
      this.guards.push(guard)
      const plain = facts.dialect === 'marlin' ? stream.lineLengthMax - marlinFrameChars : stream.lineLengthMax
      this.plainKeptMax = Math.min(this.plainKeptMax, plain)
    }
    guard.machines.add(facts.machine)
    return { facts, fence, guard, plan }
  }

  private line(line: Line): void {
    if (line.commentStart >= 0) {
      const meaning = this.metadata.take(line.bytes, line.commentStart, line.commentEnd)
      if (meaning === 'layer') {
        if (this.readMarlin) this.marlinPath.markLayer(line.endByte)
        if (this.readGrbl) this.grblPath.markLayer(line.endByte)
      }
    }
    if (line.count === 0 && !line.odd) return
    if (!line.plain || line.length > this.plainKeptMax || !this.moved) {
      if (!this.look(line)) return
    }
    if (line.count === 0) return
    this.commands++
    if (this.readGrbl) this.grbl.line(line)
    if (this.readMarlin) this.marlin.line(line)
  }

  /** A line that is more than a move, through the gates of all machines. False where it means nothing to anybody. */
  private look(line: Line): boolean {
    if (line.odd) {
      this.oddLines++
      const { bytes, start, end } = line
      if (bytes.subarray(start, end).includes(0)) this.nuls++
    }
    let raw: string | undefined
    for (const guard of this.guards) {
      if (guard.dialect === 'grbl' ? !this.readGrbl : !this.readMarlin) continue
      raw ??= line.raw()
      const out = guard.gate.line(line.overlong ? overlongText : raw, line.number)
      if (out === 'skip' || 'send' in out) continue
      guard.ledger.note(out.fault.code, line.number)
      if (guard.faults.has(out.fault.code)) continue
      const found: Finding = { code: out.fault.code, severity: 'stop', text: out.fault.text, line: line.number }
      if (out.fault.detail !== undefined) found.technical = { ru: out.fault.detail, en: out.fault.detail }
      guard.faults.set(out.fault.code, found)
    }
    // The gates have seen that the program moves: a tool word from here on is a change.
    this.moved ||= line.plain && (line.has(88) || line.has(89) || line.has(90))
    this.decide(line)
    return !line.odd || line.letters[0] === 77 || line.letters[0] === 78 || line.letters[0] === 71
  }

  /** A command that only one kind of machine has ends the other reading: half the work, and no false findings. */
  private decide(line: Line): void {
    if (line.letters[0] !== 77 || !(this.readGrbl && this.readMarlin)) return
    const code = line.values[0] ?? 0
    if (code === 104 || code === 109 || code === 140 || code === 190) this.readGrbl = false
    // Lasers and mills with Marlin are the exception that keeps its reading alive.
    else if ((code === 3 || code === 4) && this.seats.every(seat => seat.facts.dialect === 'grbl' || seat.facts.kind === 'printer')) {
      this.readMarlin = false
    }
  }

  finish(): Analysis {
    this.reader.finish()
    const { request, metadata } = this
    const size = Math.max(request.size, this.bytes)
    const read: Read = {
      // The name is the container's, the bytes are the program's.
      file: fileKind(this.head.subarray(0, this.headLength), request.unpacked === undefined ? request.name : ''),
      unpacked: request.unpacked ?? { findings: [], refused: false },
      lines: this.reader.lines,
      commands: this.commands,
      oddLines: this.oddLines,
      nuls: this.nuls,
      metadata: metadata.found,
      grbl: this.grbl,
      marlin: this.marlin,
      grblPath: this.grblPath,
      marlinPath: this.marlinPath,
      grblLedger: this.grblLedger,
      marlinLedger: this.marlinLedger,
      reads: { grbl: this.readGrbl, marlin: this.readMarlin },
      printer: !this.readGrbl || this.marlin.totals.extrusions > 0,
    }
    const kind = kindOf(read)
    const asMarlin =
      kind === 'printer' || (kind !== 'laser' && kind !== 'mill' && this.seats.every(seat => seat.facts.dialect === 'marlin'))
    const path = asMarlin ? this.marlinPath : this.grblPath
    const program: Analysis['program'] = {
      name: request.name.slice(0, 200) || 'program',
      size: request.size,
      kind,
      lines: this.reader.lines,
      findings: checkProgram(read, kind),
      machines: [],
    }
    const box = !path.making.empty ? path.making : path.feeding
    if (!box.empty) program.bounds = boundsOf(box)
    const { found } = metadata
    if (found.slicer !== undefined) program.slicer = found.slicer
    const layers = path.layerCount > 0 ? path.layerCount : 0
    if (kind === 'printer' && layers > 0) program.layers = layers
    const seconds = found.seconds ?? (this.marlin.totals.slicerMinutes > 0 ? this.marlin.totals.slicerMinutes * 60 : undefined)
    if (seconds !== undefined) program.slicerSeconds = seconds
    if (kind === 'printer') {
      const filament: NonNullable<Program['filament']> = {}
      const mm = found.filamentMm ?? (this.marlin.totals.extrudedMm > 0 ? Math.round(this.marlin.totals.extrudedMm) : undefined)
      if (mm !== undefined) filament.mm = mm
      if (found.filamentGrams !== undefined) filament.grams = found.filamentGrams
      if (found.material !== undefined) filament.material = found.material
      if (Object.keys(filament).length > 0) program.filament = filament
    }
    const timeMaps: Analysis['timeMaps'] = {}
    let mapForPicture: [number, number][] = []
    for (const seat of this.seats) {
      const suitability = this.judge(seat, read, kind)
      program.machines.push(suitability)
      if (suitability.estimatedSeconds === undefined) continue
      const map = seat.plan.timeline.points(size, suitability.estimatedSeconds)
      timeMaps[seat.facts.machine] = map
      if (mapForPicture.length === 0 || (suitability.fits && mapForPicture.length === 0)) mapForPicture = map
    }
    // What is made fills the view; where the machine parks does not.
    const shown = previewBounds(box.empty ? path.all : box)
    const toolpath = path.preview.path(kind, shown, mapForPicture, size)
    const preview = path.preview.preview(kind, shown, mapForPicture, size)
    const analysis: Analysis = { program, timeMaps, layers: kind === 'printer' ? path.layers : [], preview, toolpath }
    const picture = metadata.thumbnails.picture()
    if (picture !== undefined) analysis.picture = picture
    else {
      const bytes = drawPreview(analysis.preview)
      if (bytes !== undefined) analysis.picture = { type: 'image/png', bytes }
    }
    return analysis
  }

  private judge(seat: Seat, read: Read, kind: Program['kind']): Suitability {
    const { facts, guard } = seat
    const findings: Finding[] = []
    const matches = (kind === 'unknown' || kind === facts.kind) && read.reads[facts.dialect]
    if (matches) {
      for (const [code, fault] of guard.faults) findings.push({ ...fault, count: guard.ledger.get(code)?.count ?? 1 })
    }
    findings.push(...checkMachine(facts, seat.fence, read, kind))
    const suitability: Suitability = {
      machine: facts.machine,
      fits: !findings.some(found => found.severity === 'stop') && !checkProgram(read, kind).some(found => found.severity === 'stop'),
      findings,
    }
    if (!matches) return suitability
    seat.plan.sync()
    const total = seat.plan.planner.queue.end
    if (total > 0) {
      const waits = seat.plan instanceof MarlinPlan ? seat.plan.waitSeconds : 0
      suitability.estimatedSeconds = round(total)
      suitability.motionSeconds = round(Math.max(0, total - waits))
    }
    return suitability
  }
}

/** Stands for a line that is too long to be read. */
const overlongText = 'X'.repeat(5000)

function shared<Plan>(plans: Map<string, Plan>, key: string, make: () => Plan): Plan {
  let plan = plans.get(key)
  if (plan === undefined) {
    plan = make()
    plans.set(key, plan)
  }
  return plan
}

function boundsOf(box: Box): NonNullable<Program['bounds']> {
  return {
    min: { x: round(box.minX), y: round(box.minY), z: round(box.minZ) },
    max: { x: round(box.maxX), y: round(box.maxY), z: round(box.maxZ) },
  }
}

function previewBounds(box: Box): Preview['bounds'] {
  if (box.empty) return { min: [0, 0, 0], max: [0, 0, 0] }
  const { min, max } = boundsOf(box)
  return { min: [min.x, min.y, min.z], max: [max.x, max.y, max.z] }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
