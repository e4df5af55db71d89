// What a ticket tells of its program, read once from the stored preview and remembered: how many layers, and the plan of a marked place.
import { readFile, stat } from 'node:fs/promises'
import type { Mark } from '../../protocols/contract/job.ts'
import type { Workplace } from '../workplace.ts'
import { type Drawn, drawPlan } from './plan.ts'

export type TicketPrograms = {
  /** undefined where nothing is known of it, or where it has none. */
  layers(sha256: string): Promise<number | undefined>
  plan(sha256: string, mark: Mark): Promise<string | undefined>
}

/** 60 000 points in JSON are 2 MB; what is larger is no preview of ours. */
const previewBytesMax = 16 * 1_048_576
/** Answers of a few kilobytes. A preview is looked for again a while later: its analysis may be under way. */
const rememberedMax = 200
const absentMs = 30_000

export function createTicketPrograms({ picturePath }: Pick<Workplace, 'picturePath'>, clock: () => number): TicketPrograms {
  const known = new Map<string, { at: number; answer: Promise<unknown> }>()

  const once = <T>(key: string, work: () => Promise<T | undefined>): Promise<T | undefined> => {
    const before = known.get(key)
    if (before !== undefined && clock() - before.at < absentMs) return before.answer as Promise<T | undefined>
    const answer = work()
    known.delete(key)
    known.set(key, { at: clock(), answer })
    // What was found never changes: the program is named by its bytes.
    answer.then(
      found => {
        if (found !== undefined && known.get(key)?.answer === answer) known.set(key, { at: Number.MAX_SAFE_INTEGER, answer })
      },
      () => known.delete(key),
    )
    const oldest = known.keys().next()
    if (known.size > rememberedMax && !oldest.done) known.delete(oldest.value)
    return answer
  }

  const read = async (sha256: string): Promise<Drawn | undefined> => {
    const path = picturePath(sha256, 'preview')
    if (path === undefined) return undefined
    try {
      if ((await stat(path)).size > previewBytesMax) return undefined
      const json: unknown = JSON.parse(await readFile(path, 'utf8'))
      return isDrawn(json) ? json : undefined
    } catch {
      // Removed meanwhile, or not what it should be: then there is no plan.
      return undefined
    }
  }

  return {
    layers: sha256 =>
      once(`layers ${sha256}`, async () => {
        const count = (await read(sha256))?.layers?.length
        return count === 0 ? undefined : count
      }),
    plan: (sha256, mark) =>
      once(`plan ${sha256} ${mark.layer} ${mark.x} ${mark.y}`, async () => {
        const drawn = await read(sha256)
        return drawn && drawPlan(drawn, mark)
      }),
  }
}

/** As much as is read of it; each number is looked at where it is used. */
function isDrawn(json: unknown): json is Drawn {
  if (typeof json !== 'object' || json === null || !('points' in json && 'work' in json && 'bounds' in json)) return false
  const { points, work, bounds } = json
  const layers = 'layers' in json ? json.layers : []
  if (!Array.isArray(points) || !Array.isArray(work) || !Array.isArray(layers)) return false
  if (typeof bounds !== 'object' || bounds === null || !('min' in bounds && 'max' in bounds)) return false
  return [bounds.min, bounds.max].every(corner => Array.isArray(corner) && corner.length === 3 && corner.every(Number.isFinite))
}
