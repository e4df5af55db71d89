// Where unpacked bytes go: a file that is bounded in size and in time, and hashed on the way.
import { createHash } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'

/** Thrown into whatever unpacks, to end it at once. */
export class Overflow extends Error {}

export class Outlet implements Disposable {
  readonly #file: number
  readonly #hash = createHash('sha256')
  readonly #bytesMax: number
  readonly #deadline: number
  size = 0

  /** Throws Overflow from write() when more than `bytesMax` bytes come, or any after `patienceMs`. */
  constructor(path: string, bytesMax: number, patienceMs: number) {
    this.#file = openSync(path, 'w')
    this.#bytesMax = bytesMax
    this.#deadline = performance.now() + patienceMs
  }

  write(bytes: Uint8Array): void {
    this.size += bytes.length
    if (this.size > this.#bytesMax || performance.now() > this.#deadline) throw new Overflow()
    this.#hash.update(bytes)
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at)
  }

  sha256(): string {
    return this.#hash.digest('hex')
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
  }
}
