// A port of this computer that nobody uses: the one that is wanted, or else any.
import { createServer } from 'node:net'

/** `wanted` if it is free on loopback, otherwise one the system gives. Ports in `taken` are ours already. */
export async function freePort(wanted: number, taken: Set<number>): Promise<number> {
  const port = taken.has(wanted) ? await listenOn(0) : ((await listenOn(wanted)) ?? (await listenOn(0)))
  if (port === undefined) throw new Error('this computer gave no free port on 127.0.0.1')
  taken.add(port)
  return port
}

function listenOn(port: number): Promise<number | undefined> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined))
    })
  })
}
