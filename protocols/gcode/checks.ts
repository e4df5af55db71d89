// What is wrong with a program: for itself, and for one machine.
import type { Model } from '../contract/model.ts'
import type { Finding, Program } from '../contract/program.ts'
import { type CheckCode, type FindingFacts, finding } from './check-words.ts'
import type { FileKind } from './containers.ts'
import type { MachineFacts } from './facts.ts'
import type { GrblProgram } from './grbl-program.ts'
import type { Entry, Ledger } from './ledger.ts'
import type { MarlinProgram } from './marlin-program.ts'
import type { Metadata } from './metadata.ts'
import type { Box, Fence, Path } from './path.ts'
import { grblMotion, grblSetting, marlinMotion } from './plans.ts'
import { checkRaster } from './raster.ts'

/** All that was read of a program. */
export type Read = {
  file: FileKind
  /** Findings of whoever unpacked the file; with `refused` there is nothing else to judge. */
  unpacked: { readonly findings: readonly Finding[]; readonly refused: boolean }
  lines: number
  commands: number
  oddLines: number
  nuls: number
  metadata: Metadata
  grbl: GrblProgram
  marlin: MarlinProgram
  grblPath: Path
  marlinPath: Path
  grblLedger: Ledger
  marlinLedger: Ledger
  /** Which dialects the program can still be, by the commands only one of them has. */
  reads: { grbl: boolean; marlin: boolean }
  /** Heats or extrudes. */
  printer: boolean
}

/** Rides of power and switchings of the beam from which a program is an engraver's beyond doubt. */
const beamSignsMin = 3

/**
 * What kind of machine a program was made for. Laser and mill speak the same words (`M3 S800`, `G1 X10`), so either is said
 * only on strong evidence, because the other is then refused; without it the answer is 'unknown' and a person looks.
 */
export function kindOf(read: Read): Program['kind'] {
  const { grbl, metadata } = read
  if (read.printer) return 'printer'
  if (metadata.kind !== undefined && metadata.kind !== 'printer') return metadata.kind
  if (grbl.feedMoves === 0) return 'unknown'
  // A beam changes its focus a few times at most.
  const flat = grbl.zMoves < grbl.feedMoves / 20 + 4
  // Dynamic power that follows the moves is a laser's only (Grbl 1.1, laser_mode.md, "M4").
  if (flat && grbl.dynamicPowerEver && grbl.powerRides > 0) return 'laser'
  const enters = grbl.plunges > 0 && grbl.depthMin < 0
  if (flat && !enters && (grbl.powerRides >= beamSignsMin || grbl.starts >= beamSignsMin)) return 'laser'
  if (enters || grbl.plunges >= 2 || read.grblLedger.has('tool-word')) return 'mill'
  return 'unknown'
}

/** Findings that hold for every machine. */
export function checkProgram(read: Read, kind: Program['kind']): Finding[] {
  if (read.unpacked.refused) return [...read.unpacked.findings]
  const found: Finding[] = [...read.unpacked.findings]
  const ledger = kind === 'printer' ? read.marlinLedger : read.grblLedger
  const path = kind === 'printer' ? read.marlinPath : read.grblPath
  if (read.file.kind === 'foreign') found.push(finding('model-file', { text: read.file.what }))
  else if (read.file.kind !== 'gcode') found.push(finding('container', { text: read.file.kind }))
  else if (read.nuls > 0 || read.oddLines > 20 + read.commands) found.push(finding('binary', { value: Math.max(read.nuls, read.oddLines) }))
  else if (path.all.empty) found.push(finding('empty', { value: read.lines }))
  say(found, ledger, 'absurd-number')
  say(found, ledger, 'bad-arc')
  if (kind !== 'printer') say(found, ledger, 'no-feed')
  say(found, ledger, 'waits')
  const box = path.making.empty ? path.feeding : path.making
  if (!box.empty) {
    const size = Math.max(box.maxX - box.minX, box.maxY - box.minY)
    if (size < 2) found.push(finding('tiny-part', { value: size }))
  }
  return found
}

/** Findings of one machine. */
export function checkMachine(facts: MachineFacts, fence: Fence, read: Read, kind: Program['kind']): Finding[] {
  const found: Finding[] = []
  // Machine by machine there is nothing to say of a file that is no program.
  if (read.unpacked.refused || read.file.kind === 'foreign') return found
  if ((kind !== 'unknown' && kind !== facts.kind) || !read.reads[facts.dialect]) {
    found.push(finding('wrong-kind', { text: kind, limit: facts.kind }))
    return found
  }
  if (kind === 'unknown') found.push(finding(read.grbl.spindleEver ? 'laser-or-mill' : 'kind-unknown'))
  const marlin = facts.dialect === 'marlin'
  const path = marlin ? read.marlinPath : read.grblPath
  const ledger = marlin ? read.marlinLedger : read.grblLedger
  checkArea(found, facts, fence, path)
  if (facts.kind === 'printer') checkPrint(found, facts, read)
  else if (facts.kind === 'laser') checkLaser(found, facts, read)
  else checkMill(found, facts, read)
  checkFeed(found, facts, read)
  if (marlin) {
    say(found, ledger, 'unknown-command', 'ignored-command')
    say(found, ledger, 'bare-words')
    say(found, ledger, 'home-offset')
    say(found, ledger, 'endstops-off')
    say(found, ledger, 'cold-extrusion-allowed')
  } else {
    // grblHAL and FluidNC know more words than Grbl 1.1, each others.
    const grbl = facts.family === undefined || facts.family === 'grbl' || facts.family === 'unknown-grbl'
    say(found, ledger, 'unknown-command', 'unknown-command', grbl ? 'stop' : 'ask')
    say(found, ledger, 'extruder-word', 'unknown-command', 'stop')
    say(found, ledger, 'other-zero')
    say(found, ledger, 'machine-coordinates')
    say(found, ledger, 'goes-home')
    say(found, ledger, 'probing')
  }
  return found
}

function say(found: Finding[], ledger: Ledger, noted: string, code = noted as CheckCode, severity?: Finding['severity']): void {
  const entry = ledger.get(noted)
  if (entry !== undefined) found.push(finding(code, of(entry, severity === undefined ? {} : { severity })))
}

function of(entry: Entry, more: FindingFacts = {}): FindingFacts {
  return { line: entry.line, count: entry.count, value: entry.value, text: entry.text === '' ? '?' : entry.text, ...more }
}

function checkArea(found: Finding[], facts: MachineFacts, fence: Fence, path: Path): void {
  const { area } = facts.model
  const making = path.making.empty ? path.feeding : path.making
  const limit = `X ${span(area.x)} · Y ${span(area.y)} · Z ${span(area.z)}`
  const larger = (box: Box) => box.maxX - box.minX > area.x[1] - area.x[0] + 0.1 || box.maxY - box.minY > area.y[1] - area.y[0] + 0.1
  const workLine = path.making.empty ? fence.anyLine : fence.workLine
  if (!making.empty && larger(making)) {
    found.push(finding('too-large', { line: workLine, text: boxText(making), limit }))
    return
  }
  if (facts.kind === 'printer') {
    if (fence.workLine > 0) found.push(finding('outside-area', { line: fence.workLine, text: boxText(path.making), limit }))
    else if (fence.anyLine > 0) found.push(finding('travel-outside', { line: fence.anyLine, text: boxText(path.all), limit }))
    return
  }
  // A laser's or mill's zero is where a person sets it: X and Y are judged by the declared origin, Z by the travel alone.
  const flat = (box: Box) => box.minX < fence.min[0] || box.maxX > fence.max[0] || box.minY < fence.min[1] || box.maxY > fence.max[1]
  if (!making.empty && flat(making)) {
    found.push(finding('outside-area', { line: workLine, text: boxText(making), limit, severity: facts.kind === 'mill' ? 'ask' : 'stop' }))
  } else if (!path.all.empty && flat(path.all))
    found.push(finding('travel-outside', { line: fence.anyLine, text: boxText(path.all), limit }))
}

function span([from, to]: readonly [number, number]): string {
  return `${round(from)}…${round(to)}`
}

function boxText(box: Box): string {
  return `X ${span([box.minX, box.maxX])} · Y ${span([box.minY, box.maxY])} · Z ${span([box.minZ, box.maxZ])}`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** The hottest a nozzle is commonly set for a plastic, °C. */
const plastics: Record<string, number> = {
  PLA: 240,
  PETG: 265,
  PET: 265,
  TPU: 250,
  TPE: 250,
  FLEX: 250,
  ABS: 275,
  ASA: 280,
  PVA: 225,
  HIPS: 255,
}

function checkPrint(found: Finding[], facts: MachineFacts, read: Read): void {
  const { metadata } = read
  const marlin = read.marlin.totals
  const { limits, nozzleMm } = facts.model
  const above = (code: CheckCode, value: number, line: number, limit: number | undefined) => {
    if (limit !== undefined && value > limit) found.push(finding(code, { value, limit, line }))
  }
  above('nozzle-too-hot', marlin.nozzleMax, marlin.nozzleMaxLine, limits.nozzleMaxC)
  above('bed-too-hot', marlin.bedMax, marlin.bedMaxLine, limits.bedMaxC)
  above('chamber-too-hot', marlin.chamberMax, marlin.chamberMaxLine, limits.chamberMaxC)
  const material = (metadata.material ?? '').split(', ').map(name => name.toUpperCase())
  const coolest = Math.min(...material.map(name => plastics[name] ?? Number.POSITIVE_INFINITY))
  if (marlin.nozzleMax > coolest) {
    found.push(
      finding('material-too-hot', { value: marlin.nozzleMax, limit: coolest, line: marlin.nozzleMaxLine, text: metadata.material ?? '' }),
    )
  }
  if (marlin.extrusions > 0) {
    if (marlin.coldLine > 0)
      found.push(finding('nozzle-never-heated', { line: marlin.coldLine, severity: marlin.nozzleMax < 150 ? 'stop' : 'ask' }))
    if (marlin.bedMax === 0 && limits.bedMaxC !== undefined) found.push(finding('bed-never-heated'))
    if (!marlin.homed) found.push(finding('never-homed'))
    if (marlin.nozzleTarget > 0 || marlin.bedTarget > 0) {
      found.push(finding('heaters-left-on', { value: marlin.nozzleTarget, limit: marlin.bedTarget }))
    }
  }
  if (
    metadata.flavour !== undefined &&
    /klipper|reprapfirmware|makerware|mach3|smoothie|bfb|griffin|ultigcode|teacup|sailfish/.test(metadata.flavour)
  ) {
    // Klipper understands Marlin's moves; its start macros Marlin does not.
    found.push(
      finding('wrong-flavour', {
        text: metadata.flavour,
        severity: /klipper|reprapfirmware|smoothie/.test(metadata.flavour) ? 'ask' : 'stop',
      }),
    )
  }
  if (metadata.printer !== undefined && !samePrinter(metadata.printer, facts.model)) {
    found.push(finding('wrong-machine', { text: metadata.printer, limit: facts.model.name }))
  }
  if (metadata.nozzleMm !== undefined && nozzleMm !== undefined && Math.abs(metadata.nozzleMm - nozzleMm) > 0.01) {
    found.push(finding('nozzle-size', { value: metadata.nozzleMm, limit: nozzleMm }))
  }
}

/** `MK3S` in the file, `Prusa i3 MK3S+` here: the same words in other company. Generic names fit everywhere. */
function samePrinter(said: string, model: Model): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9а-яё]/g, '')
  const theirs = plain(said)
  if (theirs === '' || /generic|custom|marlin|unknown|my?printer|^reprap|fff|fdm/.test(theirs)) return true
  const ours = plain(`${model.name} ${model.id}`)
  if (ours.includes(theirs) || theirs.includes(plain(model.name)) || theirs.includes(plain(model.id))) return true
  // The makers' own abbreviations: every part of the file's name with a digit in it must be ours too.
  const parts = said
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(part => /\d/.test(part))
  return parts.length > 0 && parts.every(part => ours.includes(part))
}

function checkLaser(found: Finding[], facts: MachineFacts, read: Read): void {
  const { limits } = facts.model
  const marlin = facts.dialect === 'marlin'
  const ledger = marlin ? read.marlinLedger : read.grblLedger
  const source = marlin ? read.marlin.totals : read.grbl
  const m3 = ledger.get('m3')
  if (m3 !== undefined) found.push(finding('constant-power', of(m3)))
  say(found, ledger, 'burning-dwell')
  if (!marlin && grblSetting(facts.settings, 32) === 0) found.push(finding('laser-mode-off'))
  const full = marlin ? limits.powerFull : (grblSetting(facts.settings, 30) ?? limits.powerFull)
  const limit = limits.powerMax ?? full
  const power = marlin ? read.marlin.totals.powerMax : read.grbl.speedMax
  const line = marlin ? read.marlin.totals.powerMaxLine : read.grbl.speedMaxLine
  if (limit !== undefined && power > limit) found.push(finding('power-too-high', { value: power, limit, line }))
  if (!source.spindleEver || power === 0) found.push(finding('no-beam'))
  if (!marlin && read.grbl.spindleOpen) found.push(finding('beam-left-on'))
  if (!marlin) found.push(...checkRaster(facts, read))
}

function checkMill(found: Finding[], facts: MachineFacts, read: Read): void {
  const { grbl } = read
  const { limits, area } = facts.model
  const full = grblSetting(facts.settings, 30) ?? limits.powerFull
  const limit = limits.powerMax ?? full
  if (limit !== undefined && grbl.speedMax > limit)
    found.push(finding('speed-too-high', { value: grbl.speedMax, limit, line: grbl.speedMaxLine }))
  if (!grbl.spindleEver) found.push(finding('spindle-never-started'))
  else if (grbl.spindleOpen) found.push(finding('spindle-left-on'))
  const travel = area.z[1] - area.z[0]
  if (grbl.depthMin < 0 && travel > 0 && -grbl.depthMin > travel) {
    found.push(finding('too-deep', { value: grbl.depthMin, limit: travel, line: grbl.depthLine }))
  }
  say(found, read.grblLedger, 'rapid-into-stock')
}

function checkFeed(found: Finding[], facts: MachineFacts, read: Read): void {
  const rate = facts.dialect === 'marlin' ? marlinMotion(facts).rate : grblMotion(facts).rate
  const fastest = Math.max(rate[0], rate[1]) * 60
  const source = facts.dialect === 'marlin' ? read.marlin.totals : read.grbl
  if (source.feedMax > fastest * 1.001) {
    found.push(finding('feed-above-machine', { value: source.feedMax, limit: Math.round(fastest), line: source.feedMaxLine }))
  }
}
