// Photos of work orders on the disk, named by their SHA-256: in the city's folder and in a school's. Cleaned before they come here.
import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { open, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { PhotoShelf } from '../workplace.ts'
import { denial } from './denials.ts'

/** Left free for the store, whatever people photograph. */
const freeBytesMin = 256 * 1_048_576
/** A photo is sent before the order that shows it: so long it may stand alone. */
const aloneMs = 24 * 3_600_000

export type PhotoFiles = PhotoShelf & {
  /** Deletes photos that no order shows any more. Answers how many. */
  prune(shown: ReadonlySet<string>, nowMs: number): Promise<number>
}

/** Opens the folder, making it where it is missing. */
export function openPhotoFiles(folder: string): PhotoFiles {
  mkdirSync(folder, { recursive: true })
  const here = new Set<string>()
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.part')) rmSync(join(folder, name), { force: true })
    else here.add(name)
  }
  return {
    put: async bytes => {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      if (here.has(sha256)) return { sha256 }
      const { bavail, bsize } = await statfs(folder)
      if (bavail * bsize < freeBytesMin) return { denial: denial('disk-full') }
      const part = join(folder, `${randomUUID()}.part`)
      try {
        const file = await open(part, 'wx')
        try {
          await file.writeFile(bytes)
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(part, join(folder, sha256))
      } catch (error) {
        await rm(part, { force: true })
        if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return { denial: denial('disk-full') }
        throw error
      }
      here.add(sha256)
      return { sha256 }
    },
    path: sha256 => (here.has(sha256) ? join(folder, sha256) : undefined),
    prune: async (shown, nowMs) => {
      let gone = 0
      for (const sha256 of [...here]) {
        if (shown.has(sha256)) continue
        const path = join(folder, sha256)
        if (nowMs - (await stat(path)).mtimeMs < aloneMs) continue
        here.delete(sha256)
        await rm(path, { force: true })
        gone += 1
      }
      return gone
    },
  }
}
