// Many eyes, one connection: what a camera sends goes to all who watch it, and the slow ones miss what they cannot take.
import type { Picture } from '../../protocols/contract/camera.ts'

/** A workshop has no more screens; a camera's own line has no more to give. */
const viewersMax = 6

type Viewer = { next: Picture | undefined; wake: () => void; ended: boolean }

export class Watching {
  readonly #open: (until: AbortSignal) => AsyncIterable<Picture>
  readonly #viewers = new Set<Viewer>()
  #upstream: AbortController | undefined

  /** `open` begins to receive; it is asked when the first comes, and told to stop when the last has gone. */
  constructor(open: (until: AbortSignal) => AsyncIterable<Picture>) {
    this.#open = open
  }

  get viewers(): number {
    return this.#viewers.size
  }

  /** The newest picture each time the viewer is ready for one; undefined where too many watch already. */
  watch(signal: AbortSignal): AsyncGenerator<Picture> | undefined {
    if (this.#viewers.size >= viewersMax) return undefined
    const viewer: Viewer = { next: undefined, wake: () => undefined, ended: signal.aborted }
    this.#viewers.add(viewer)
    const leave = (): void => {
      viewer.ended = true
      viewer.wake()
      this.#leave(viewer)
    }
    signal.addEventListener('abort', leave, { once: true })
    if (signal.aborted) leave()
    else this.#begin()
    return this.#pictures(viewer, () => {
      signal.removeEventListener('abort', leave)
      leave()
    })
  }

  async *#pictures(viewer: Viewer, left: () => void): AsyncGenerator<Picture> {
    try {
      for (;;) {
        const { next } = viewer
        viewer.next = undefined
        if (next !== undefined) yield next
        else if (viewer.ended) return
        else
          await new Promise<void>(resolve => {
            viewer.wake = resolve
            if (viewer.next !== undefined || viewer.ended) resolve()
          })
      }
    } finally {
      left()
    }
  }

  #begin(): void {
    if (this.#upstream !== undefined) return
    const upstream = new AbortController()
    this.#upstream = upstream
    void this.#receive(upstream)
  }

  async #receive(upstream: AbortController): Promise<void> {
    for await (const picture of this.#open(upstream.signal)) {
      for (const viewer of this.#viewers) {
        // Not queued: who has not taken the one before gets this one instead.
        viewer.next = picture
        viewer.wake()
      }
    }
    if (this.#upstream !== upstream) return
    this.#upstream = undefined
    for (const viewer of this.#viewers) {
      viewer.ended = true
      viewer.wake()
    }
  }

  #leave(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer) || this.#viewers.size > 0) return
    this.#upstream?.abort()
    this.#upstream = undefined
  }
}
