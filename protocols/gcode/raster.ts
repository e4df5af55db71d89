// What speed an engraving row by row really reaches, and what holds it back.
import type { Finding } from '../contract/program.ts'
import type { Sentence } from '../contract/words.ts'
import { finding } from './check-words.ts'
import type { MachineFacts } from './facts.ts'
import type { GrblProgram } from './grbl-program.ts'
import type { Path } from './path.ts'
import { grblMotion } from './plans.ts'

/** A raster whose rows are made of so many short moves that the planner's sight or the controller's pace limits the speed. */
export function checkRaster(facts: MachineFacts, { grbl, grblPath }: { grbl: GrblProgram; grblPath: Path }): Finding[] {
  const moves = grblPath.preview.segments
  if (moves < 200 || grbl.feedMax === 0) return []
  const motion = grblMotion(facts)
  const segment = grblPath.feedMm / Math.max(1, grbl.feedMoves)
  if (segment <= 0 || segment > 1) return []
  const asked = grbl.feedMax / 60
  const { blocks, bytesPerSecond, lineSeconds } = motion.queue
  // It must be able to stop within what it sees: v = √(2·a·N·segment).
  const bySight = Math.sqrt(2 * motion.acceleration[0] * (blocks - 1) * segment)
  // No block is done before the next line has come down the wire, and has been read and planned.
  const byWire = (segment * bytesPerSecond) / (grbl.feedBytes / Math.max(1, grbl.feedMoves))
  const byPace = lineSeconds > 0 ? segment / lineSeconds : Number.POSITIVE_INFINITY
  const reached = Math.min(bySight, byWire, byPace, motion.rate[0])
  if (reached >= asked * 0.9) return []
  const why = reached === bySight ? 'sight' : reached === byWire ? 'wire' : reached === byPace ? 'pace' : 'rate'
  return [
    finding('impossible-raster', { value: asked, limit: Math.round(reached), text: segment.toFixed(2), more: rasterWords[why](blocks) }),
  ]
}

/** What holds a raster back. `blocks`: moves the controller looks ahead. */
const rasterWords = {
  sight: (blocks: number): Sentence => ({
    ru: `Контроллер видит вперёд только ${blocks} движений и должен успеть остановиться.`,
    en: `The controller looks only ${blocks} moves ahead and must be able to stop within them.`,
  }),
  wire: (): Sentence => ({
    ru: 'Быстрее строки не проходят по кабелю.',
    en: 'Lines do not come down the cable any faster.',
  }),
  pace: (): Sentence => ({
    ru: 'Быстрее контроллер не разбирает строки.',
    en: 'The controller does not read lines any faster.',
  }),
  rate: (): Sentence => ({ ru: 'Это предел скорости станка.', en: 'This is the machine’s own limit of speed.' }),
}
