// The line between a school and its city: a TCP passage that can be cut in mid-word and mended.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type Line = AsyncDisposable & {
  readonly port: number
  /** Everything under way ends, and nothing new comes through. */
  cut(): void
  mend(): void
}

/** A passage on a free port of loopback to the given one. */
export async function openLine(toPort: number): Promise<Line> {
  const open = new Set<Socket>()
  let whole = true
  const server = createServer(near => {
    if (!whole) return void near.destroy()
    const far = connect(toPort, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    whole = false
    for (const socket of open) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    mend: () => {
      whole = true
    },
    [Symbol.asyncDispose]: async () => {
      cut()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
