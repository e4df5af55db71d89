// What Aedes 1.2 needs before every message goes out: no message lost to its duplicate rule, no frozen reader carried, no QoS above the asked.
import type { Aedes, AedesPublishPacket, Client } from 'aedes'
import type { BrokerLimits } from './limits.ts'
import { matches } from './rights.ts'

/** The parts of an Aedes client its types leave out. */
export type ClientInside = {
  duplicates: Record<string, number>
  subscriptions: Record<string, { qos: number }>
  _parser: { parse(chunk: Buffer): number; packet: { length: number } }
}

export function inside(client: Client): Client & ClientInside {
  return client as Client & ClientInside
}

/** Counters of the messages already forwarded to one client, as far back as two roads through the broker can differ. */
const seenMax = 4_096

export type Delivery = {
  /** To be called when a client joins, before anything is forwarded to it. */
  joined(client: Client): void
  /** Aedes' authorizeForward: the packet as it may go out, or null. */
  forward(client: Client, packet: AedesPublishPacket): AedesPublishPacket | null
}

export function createDelivery(
  broker: Pick<Aedes, 'id'>,
  limits: BrokerLimits,
  cutOff: (client: Client, why: string) => void,
  clock: () => number,
): Delivery {
  const states = new WeakMap<Client, { seen: Set<number>; slowSince: number | undefined }>()

  return {
    joined: client => {
      states.set(client, { seen: new Set(), slowSince: undefined })
      // Aedes takes for a duplicate whatever has a lower counter than the last one seen. A retained or QoS 1 message takes the slower road
      // through persistence, so a plain one published after it arrives first, and the state or the command is thrown away.
      // We take its memory and remember the counters themselves.
      Object.defineProperty(inside(client).duplicates, broker.id, { get: () => 0, set: () => undefined })
    },
    forward: (client, packet) => {
      const state = states.get(client)
      if (state === undefined) return null
      const { writableLength } = client.conn
      // What was retained comes all at once when somebody subscribes; nobody is slow for that.
      const backlogBytes = packet.retain ? writableLength / 8 : writableLength
      if (backlogBytes > limits.frozenBytes) {
        cutOff(client, 'does not read what it subscribed to')
        return null
      }
      if (backlogBytes <= limits.slowBytes) state.slowSince = undefined
      else {
        state.slowSince ??= clock()
        if (clock() - state.slowSince > limits.stallMs) {
          cutOff(client, 'has not read for too long')
          return null
        }
        if (packet.qos === 0) return null
      }
      if (packet.brokerId && !firstTime(state.seen, packet.brokerCounter)) return null
      if (packet.qos > 0) packet.qos = Math.min(packet.qos, granted(inside(client).subscriptions, packet.topic)) as 0 | 1 | 2
      return packet
    },
  }
}

function firstTime(seen: Set<number>, counter: number): boolean {
  if (seen.has(counter)) return false
  seen.add(counter)
  if (seen.size > seenMax) {
    const oldest = seen.values().next()
    if (!oldest.done) seen.delete(oldest.value)
  }
  return true
}

/** The highest QoS among the subscriptions a topic falls under (MQTT 3.1.1, 3.3.5); Aedes looks only for one of the very same name. */
function granted(subscriptions: ClientInside['subscriptions'], topic: string): number {
  let highest = 0
  for (const [filter, { qos }] of Object.entries(subscriptions)) {
    if (qos > highest && matches(filter, topic)) highest = qos
  }
  return highest
}
