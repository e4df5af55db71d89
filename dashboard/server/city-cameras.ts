// The city's cameras: it asks a school while somebody looks, and remembers the last picture of a machine, in memory, for a day at most.
import { randomUUID } from 'node:crypto'
import { keepHoursMax, lookEveryMs, type Picture } from '../../protocols/contract/camera.ts'
import type { Command, Reply } from '../../protocols/contract/command.ts'
import type { Denial } from '../../protocols/contract/words.ts'
import type { Account, CameraDesk } from '../workplace.ts'
import { authorOf } from './people.ts'

export type CityCamerasOptions = {
  readonly deliver: (site: string, command: Command, signal: AbortSignal) => Promise<Reply | undefined>
  readonly online: (site: string) => boolean
  readonly clock: () => number
}

/** A camera that wakes from its sleep, a school on a slow line. */
const waitMs = 6_000
const lifetimeMs = 15_000
/** A picture nobody asked for is not taken. */
const welcomeMs = 60_000
/** As long as the school notes a person's look once (daemon/camera/cameras.ts): the first look of each is asked in that person's name. */
const noteMs = 10 * 60_000
const maxAgeMs = keepHoursMax * 3_600_000
/** Of all machines together; the ones looked at longest ago go first. */
const bytesMax = 96 * 1_048_576

type Held = { picture?: Picture; askedAt: number; asking?: Promise<Denial | undefined>; noted: Map<string, number>; fresh: Set<() => void> }

export function createCityCameras({ deliver, online, clock }: CityCamerasOptions): CameraDesk & { bytes(): number } {
  const held = new Map<string, Held>()

  const ask = (site: string, machine: string, by: Account, one: Held): Promise<Denial | undefined> => {
    const issuedAt = clock()
    one.askedAt = issuedAt
    one.noted.set(by.id, issuedAt)
    for (const [id, at] of one.noted) if (issuedAt - at >= noteMs) one.noted.delete(id)
    const command: Command = {
      id: randomUUID(),
      author: authorOf(by),
      issuedAt,
      expiresAt: issuedAt + lifetimeMs,
      ask: { kind: 'machine.look', machine },
    }
    const asking = deliver(site, command, AbortSignal.timeout(lifetimeMs)).then(
      reply => (reply?.outcome === 'refused' ? reply.denial : undefined),
      () => undefined,
    )
    one.asking = asking
    void asking.then(() => {
      if (one.asking === asking) delete one.asking
    })
    return asking
  }

  const tidy = () => {
    const now = clock()
    let bytes = 0
    for (const one of held.values()) {
      if (one.picture !== undefined && now - one.picture.at > maxAgeMs) delete one.picture
      bytes += one.picture?.bytes.length ?? 0
    }
    for (const [key, one] of held) {
      if (bytes <= bytesMax && now - one.askedAt < maxAgeMs) break
      bytes -= one.picture?.bytes.length ?? 0
      held.delete(key)
    }
  }

  return {
    async look(site, machine, by) {
      tidy()
      const key = `${site}/${machine}`
      const one: Held = held.get(key) ?? { askedAt: Number.NEGATIVE_INFINITY, noted: new Map(), fresh: new Set() }
      // The map's order is that of the last looks.
      held.delete(key)
      held.set(key, one)
      if (!online(site)) return one.picture === undefined ? {} : { picture: one.picture }
      const now = clock()
      const paced = now - one.askedAt < lookEveryMs
      const unknown = now - (one.noted.get(by.id) ?? Number.NEGATIVE_INFINITY) >= noteMs
      const young = one.picture !== undefined && now - one.picture.at < lookEveryMs
      const asking = !paced || unknown ? ask(site, machine, by, one) : one.asking
      if (young || asking === undefined) return one.picture === undefined ? {} : { picture: one.picture }
      let denial: Denial | undefined
      await new Promise<void>(resolve => {
        const timer = setTimeout(done, waitMs)
        function done(): void {
          clearTimeout(timer)
          one.fresh.delete(done)
          resolve()
        }
        one.fresh.add(done)
        void asking.then(said => {
          denial = said
          done()
        })
      })
      if (one.picture !== undefined) return { picture: one.picture }
      return denial === undefined ? {} : { denial }
    },
    receive(site, machine, picture) {
      const one = held.get(`${site}/${machine}`)
      if (one === undefined || clock() - one.askedAt > welcomeMs) return false
      one.picture = picture
      for (const wake of one.fresh) wake()
      return true
    },
    bytes: () => [...held.values()].reduce((sum, { picture }) => sum + (picture?.bytes.length ?? 0), 0),
  }
}
