// Bounds what Aedes' memory persistence keeps for absent clients: so many sessions a site, so many messages each, and not for ever.
import type { BrokerLimits } from './limits.ts'

type Subscription = { clientId: string }
type Message = { messageId?: number | undefined }

/** The part of the persistence we stand before. */
export type Persistence = {
  outgoingEnqueueCombi(subscriptions: Subscription[], packet: unknown): Promise<void>
  outgoingEnqueue(subscription: Subscription, packet: unknown): Promise<void>
  outgoingClearMessageId(client: { id: string }, packet: Message): Promise<unknown>
  outgoingUpdate(client: { id: string }, packet: Message): Promise<unknown>
  outgoingStream(client: { id: string }): AsyncIterable<Message>
  cleanSubscriptions(client: { id: string }): Promise<void>
}

type Session = { site: string; waiting: number; leftAt: number | undefined }

export type KeptSessions = {
  /** False when the site has as many sessions as it may. */
  joined(clientId: string, site: string, clean: boolean): boolean
  left(clientId: string, nowMs: number): void
  /** Forgets sessions nobody came back for. */
  expire(nowMs: number): Promise<void>
}

/** Takes its place before `persistence`; what does not fit is not kept, since nothing that matters lives only there (DESIGN §5). */
export function boundSessions(persistence: Persistence, limits: BrokerLimits): KeptSessions {
  const sessions = new Map<string, Session>()
  const enqueueCombi = persistence.outgoingEnqueueCombi.bind(persistence)
  const enqueue = persistence.outgoingEnqueue.bind(persistence)
  const clear = persistence.outgoingClearMessageId.bind(persistence)

  const update = persistence.outgoingUpdate.bind(persistence)

  const take = ({ clientId }: Subscription): boolean => {
    const session = sessions.get(clientId)
    // A client without a kept session gets its messages now or never; Aedes would queue them for ever.
    if (session === undefined || session.waiting >= limits.sessionQueueMax) return false
    session.waiting += 1
    return true
  }
  persistence.outgoingEnqueueCombi = (subscriptions, packet) => enqueueCombi(subscriptions.filter(take), packet)
  persistence.outgoingEnqueue = async (subscription, packet) => {
    if (take(subscription)) await enqueue(subscription, packet)
  }
  persistence.outgoingClearMessageId = async (client, packet) => {
    const cleared = await clear(client, packet)
    const session = sessions.get(client.id)
    if (cleared !== undefined && session !== undefined) session.waiting -= 1
    return cleared
  }

  // A message that did not fit is sent all the same to a client that is there; Aedes would close it over the missing entry.
  persistence.outgoingUpdate = (client, packet) => update(client, packet).catch(() => undefined)

  const forget = async (id: string) => {
    sessions.delete(id)
    await persistence.cleanSubscriptions({ id })
    const waiting: Message[] = []
    for await (const packet of persistence.outgoingStream({ id })) waiting.push(packet)
    for (const { messageId } of waiting) await clear({ id }, { messageId })
  }

  return {
    joined: (clientId, site, clean) => {
      if (clean) {
        sessions.delete(clientId)
        return true
      }
      const known = sessions.get(clientId)
      if (known !== undefined) {
        known.leftAt = undefined
        return true
      }
      const ofSite = [...sessions.values()].filter(session => session.site === site).length
      if (ofSite >= limits.sessionsPerSiteMax) return false
      sessions.set(clientId, { site, waiting: 0, leftAt: undefined })
      return true
    },
    left: (clientId, nowMs) => {
      const session = sessions.get(clientId)
      if (session !== undefined) session.leftAt = nowMs
    },
    expire: async nowMs => {
      for (const [id, { leftAt }] of sessions) {
        if (leftAt !== undefined && nowMs - leftAt > limits.sessionExpiryMs) await forget(id)
      }
    },
  }
}
