// Files named by their SHA-256: written beside, made durable, then renamed, so that a file is there whole or not at all.
import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { open, rename, rm, stat, statfs, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { sha256Schema } from '../../protocols/contract/ids.ts'
import type { PictureKind, Upload } from '../../protocols/contract/screen.ts'
import type { Denial } from '../../protocols/contract/words.ts'
import { denial } from './denials.ts'

/** Left free for the store and the system, whatever people upload. */
const freeBytesMin = 256 * 1_048_576

export interface FileStore {
  /** Stores the bytes under their hash. A body that breaks off rejects and leaves nothing. */
  receive(name: string, body: Readable): Promise<Upload | { denial: Denial }>
  path(sha256: string): string | undefined
  picturePath(sha256: string, what: PictureKind): string | undefined
  storePicture(sha256: string, what: PictureKind, body: Readable): Promise<void>
  /** Deletes files nobody has used for so long; the schools keep their own. Answers how many. */
  forgetOlderThan(ageMs: number, nowMs: number): Promise<number>
}

/** Opens the store in `folder`, making it where it is missing; what an earlier life left half-written is removed. */
export function openFileStore(folder: string): FileStore {
  const folders = {
    file: join(folder, 'files'),
    preview: join(folder, 'previews'),
    picture: join(folder, 'pictures'),
    path: join(folder, 'paths'),
  }
  const incoming = join(folder, 'incoming')
  rmSync(incoming, { recursive: true, force: true })
  for (const path of [...Object.values(folders), incoming]) mkdirSync(path, { recursive: true })
  // One look at start: afterwards presence is known without touching the disk.
  const here = {
    file: new Set(readdirSync(folders.file)),
    preview: new Set(readdirSync(folders.preview)),
    picture: new Set(readdirSync(folders.picture)),
    path: new Set(readdirSync(folders.path)),
  }

  const pathIn = (kind: keyof typeof folders, sha256: string) => {
    if (!sha256Schema.safeParse(sha256).success || !here[kind].has(sha256)) return undefined
    return join(folders[kind], sha256)
  }

  const keep = async (kind: keyof typeof folders, sha256: string, temporary: string) => {
    await rename(temporary, join(folders[kind], sha256))
    await syncFolder(folders[kind])
    here[kind].add(sha256)
  }

  return {
    receive: async (name, body) => {
      const { bavail, bsize } = await statfs(folder)
      if (bavail * bsize < freeBytesMin) {
        body.destroy()
        return { denial: denial('disk-full') }
      }
      const temporary = join(incoming, randomUUID())
      try {
        const { sha256, size } = await writeDurably(body, temporary)
        if (size === 0) return { denial: denial('empty-file') }
        await keep('file', sha256, temporary)
        return { sha256, name, size }
      } catch (error) {
        if (isCode(error, 'ENOSPC')) return { denial: denial('disk-full') }
        throw error
      } finally {
        await rm(temporary, { force: true })
      }
    },
    path: sha256 => {
      const path = pathIn('file', sha256)
      // Used is not old: what is fetched or queued again stays another term. Nobody waits for it.
      if (path !== undefined) utimes(path, new Date(), new Date()).catch(() => undefined)
      return path
    },
    picturePath: (sha256, what) => pathIn(what, sha256),
    storePicture: async (sha256, what, body) => {
      sha256Schema.parse(sha256)
      const temporary = join(incoming, randomUUID())
      try {
        await writeDurably(body, temporary)
        await keep(what, sha256, temporary)
      } finally {
        await rm(temporary, { force: true })
      }
    },
    forgetOlderThan: async (ageMs, nowMs) => {
      let gone = 0
      // A file sent at a school is there; here are its pictures alone.
      for (const sha256 of new Set(Object.values(here).flatMap(names => [...names]))) {
        const kind = (['file', 'path', 'preview', 'picture'] as const).find(one => here[one].has(sha256)) ?? 'file'
        const found = await stat(join(folders[kind], sha256)).catch(() => undefined)
        if (found !== undefined && nowMs - found.mtimeMs <= ageMs) continue
        for (const kind of ['file', 'preview', 'picture', 'path'] as const) {
          here[kind].delete(sha256)
          await rm(join(folders[kind], sha256), { force: true })
        }
        gone += 1
      }
      return gone
    },
  }
}

/** Streams a body to `path`, hashing on the way, and returns once the disk has it. */
async function writeDurably(body: Readable, path: string): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256')
  let size = 0
  const file = await open(path, 'wx')
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      hash.update(chunk)
      size += chunk.length
      await file.writeFile(chunk)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return { sha256: hash.digest('hex'), size }
}

/** A rename is on the disk only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
