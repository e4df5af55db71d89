// The school's files: programs and their pictures named by SHA-256, there whole or not at all.
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { type FileHandle, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { sha256Schema } from '../protocols/contract/ids.ts'
import { type PictureKind, pictureKinds, type Upload } from '../protocols/contract/screen.ts'
import type { Denial } from '../protocols/contract/words.ts'
import { deny } from './words.ts'

/** Left free for the events, whatever people upload: a full disk must stop uploads, not the queue. */
const freeBytesMin = 256 * 1_048_576

/**
 * A commit of the store waits for what the file system has not yet written of other files (ext4, data=ordered): 50 MB of upload in one piece
 * held it for 60 ms, and everything behind it. In small pieces nobody waits long.
 */
const syncEveryBytes = 1_048_576

/** Unpacked G-code may be so many times the largest upload. */
const plainRatio = 4

/** Files in one folder of the school's data. Nothing is held in memory; every step yields to the event loop between chunks. */
export class Files {
  readonly #files: string
  readonly #plain: string
  readonly #pictures: string
  readonly #incoming: string
  readonly #fetching: string
  readonly sizeMax: number

  /** Makes the folders where missing; an upload an earlier life left half-written is removed, a half-done fetch is kept and resumed. */
  constructor(folder: string, sizeMax: number) {
    this.sizeMax = sizeMax
    this.#files = join(folder, 'files')
    this.#plain = join(folder, 'plain')
    this.#pictures = join(folder, 'pictures')
    this.#incoming = join(folder, 'incoming')
    this.#fetching = join(folder, 'fetching')
    rmSync(this.#incoming, { recursive: true, force: true })
    for (const path of [this.#files, this.#plain, this.#pictures, this.#incoming, this.#fetching]) mkdirSync(path, { recursive: true })
  }

  path(sha256: string): string | undefined {
    if (!sha256Schema.safeParse(sha256).success) return undefined
    const path = join(this.#files, sha256)
    return existsSync(path) ? path : undefined
  }

  /** The G-code unpacked from a stored file, under the stored file's hash. */
  plainPath(sha256: string): string | undefined {
    if (!sha256Schema.safeParse(sha256).success) return undefined
    const path = join(this.#plain, sha256)
    return existsSync(path) ? path : undefined
  }

  picturePath(sha256: string, what: PictureKind): string | undefined {
    if (!sha256Schema.safeParse(sha256).success) return undefined
    const path = join(this.#pictures, `${sha256}.${what}`)
    return existsSync(path) ? path : undefined
  }

  /** Where a fetch of this file collects its bytes until they are whole. */
  partPath(sha256: string): string {
    return join(this.#fetching, `${sha256Schema.parse(sha256)}.part`)
  }

  /** Stores an upload under its hash; denials: empty-file, file-too-large, disk-full. A body that breaks off rejects and leaves nothing. */
  async receive(name: string, body: Readable): Promise<Upload | { denial: Denial }> {
    const part = this.freshPart()
    try {
      const full = await this.roomFor(0)
      if (full) {
        body.destroy()
        return { denial: full }
      }
      const handle = await open(part, 'wx')
      const hash = createHash('sha256')
      const write = steadyWriter(handle)
      let size = 0
      try {
        for await (const chunk of body as AsyncIterable<Buffer>) {
          size += chunk.length
          if (size > this.sizeMax) {
            body.destroy()
            return { denial: this.tooLarge() }
          }
          hash.update(chunk)
          await write(chunk)
        }
        await handle.sync()
      } finally {
        await handle.close()
      }
      if (size === 0) return { denial: deny('empty-file') }
      const sha256 = hash.digest('hex')
      await this.keep(part, sha256)
      return { sha256, name, size }
    } catch (error) {
      if (isFull(error)) return { denial: deny('disk-full') }
      throw error
    } finally {
      await rm(part, { force: true })
    }
  }

  /** A path nobody uses yet, for bytes on their way. */
  freshPart(): string {
    return join(this.#incoming, `${randomUUID()}.part`)
  }

  /** Moves whole bytes to their place, durably. */
  async keep(part: string, sha256: string): Promise<void> {
    await rename(part, join(this.#files, sha256))
    await syncFolder(this.#files)
  }

  /** Moves unpacked G-code to its place, durably. A machine that is being fed from an earlier one keeps what it has open. */
  async keepPlain(part: string, sha256: string): Promise<void> {
    const handle = await open(part, 'r+')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(part, join(this.#plain, sha256Schema.parse(sha256)))
    await syncFolder(this.#plain)
  }

  /** Bytes a packed file may become: G-code is several times its zip, and the disk has an end. */
  async plainBytesMax(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#files)
    return Math.max(0, Math.min(this.sizeMax * plainRatio, bavail * bsize - freeBytesMin))
  }

  /** Moves a picture that was written to a fresh part to its place. */
  async keepPicture(part: string, sha256: string, what: PictureKind): Promise<void> {
    await rename(part, join(this.#pictures, `${sha256Schema.parse(sha256)}.${what}`))
  }

  async storePicture(sha256: string, what: PictureKind, body: Readable): Promise<void> {
    sha256Schema.parse(sha256)
    const part = this.freshPart()
    try {
      const handle = await open(part, 'wx')
      try {
        const write = steadyWriter(handle)
        for await (const chunk of body as AsyncIterable<Buffer>) await write(chunk)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await this.keepPicture(part, sha256, what)
    } finally {
      await rm(part, { force: true })
    }
  }

  /** Whether so many more bytes may be written; a denial where not. */
  async roomFor(bytes: number): Promise<Denial | undefined> {
    if (bytes > this.sizeMax) return this.tooLarge()
    const { bavail, bsize } = await statfs(this.#files)
    return bavail * bsize - bytes < freeBytesMin ? deny('disk-full') : undefined
  }

  tooLarge(): Denial {
    return deny('file-too-large', { megabytes: Math.floor(this.sizeMax / 1_048_576) })
  }

  /** Removes programs (and their pictures) untouched since the instant, unless `needed`. Answers how many. */
  async prune(before: number, needed: ReadonlySet<string>): Promise<number> {
    let gone = 0
    for (const name of await readdir(this.#fetching)) {
      const path = join(this.#fetching, name)
      if ((await stat(path)).mtimeMs < before) await rm(path, { force: true })
    }
    for (const sha256 of await readdir(this.#files)) {
      if (needed.has(sha256)) continue
      const path = join(this.#files, sha256)
      const { mtimeMs } = await stat(path)
      if (mtimeMs >= before) continue
      await rm(path, { force: true })
      await rm(join(this.#plain, sha256), { force: true })
      for (const what of pictureKinds) await rm(join(this.#pictures, `${sha256}.${what}`), { force: true })
      gone++
    }
    return gone
  }
}

/** Hash and size of a file on the disk, read in chunks. */
export async function hashFile(path: string): Promise<{ hash: ReturnType<typeof createHash>; size: number }> {
  const hash = createHash('sha256')
  const handle = await open(path, 'r')
  let size = 0
  try {
    for await (const chunk of handle.createReadStream({ autoClose: false })) {
      hash.update(chunk)
      size += chunk.length
    }
  } finally {
    await handle.close()
  }
  return { hash, size }
}

/** Appends chunks whole, and makes them durable in small pieces. */
export function steadyWriter(handle: FileHandle): (chunk: Uint8Array) => Promise<void> {
  let unsynced = 0
  return async chunk => {
    // FileHandle.write may take a part of what it is given.
    for (let at = 0; at < chunk.length; ) at += (await handle.write(chunk, at)).bytesWritten
    unsynced += chunk.length
    if (unsynced < syncEveryBytes) return
    await handle.datasync()
    unsynced = 0
  }
}

/** A rename is on the disk only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}
