// Every bound of the broker in one place, each beside its reason. Tests tighten them; the city runs on these.

export type BrokerLimits = {
  /** A CONNECT has names, a will and a password; ten sockets that announced 256 MB held 200 MB of an Aedes as it comes. */
  loginFrameBytes: number
  /** A batch of events from a school that was cut off for days. */
  frameBytes: number
  /** How long a socket may stay without a CONNECT. */
  connectTimeoutMs: number
  /** 200 sites, each a few times over while its line flaps, and those who watch. */
  connectionsMax: number
  /** Seconds. A client that promises no sign of life would be carried for ever. */
  keepaliveLimitSeconds: number
  /** `tsekh/v1/{site}/machines/{machine}/telemetry` has six; Aedes' matcher throws at a hundred. */
  topicLevelsMax: number
  /** Packets that may wait for CONNACK. */
  queueLimit: number
  /** QoS 2 messages half-way in, and topics one site may hold retained. */
  inboundInFlightMax: number
  machinesPerSiteMax: number
  /** Sessions that outlive their connection: how many a site, how many messages wait in each, and for how long. */
  sessionsPerSiteMax: number
  sessionQueueMax: number
  sessionExpiryMs: number
  /** What may wait unread for one subscriber: above the first mark it loses QoS 0, above the second the connection. */
  slowBytes: number
  frozenBytes: number
  /** A subscriber above the first mark for so long is cut off, too. */
  stallMs: number
  /** A school of a hundred machines at 1 Hz says a hundred messages a second; a burst is its return after a cut. */
  publishPerSecond: number
  publishBurst: number
  bytesPerSecond: number
  bytesBurst: number
  /** Whoever presses against the rate without a pause for so long is not a school. */
  floodMs: number
}

export const brokerLimits: BrokerLimits = {
  loginFrameBytes: 4_096,
  frameBytes: 1_048_576,
  connectTimeoutMs: 5_000,
  connectionsMax: 1_000,
  keepaliveLimitSeconds: 600,
  topicLevelsMax: 8,
  queueLimit: 42,
  inboundInFlightMax: 100,
  machinesPerSiteMax: 250,
  sessionsPerSiteMax: 8,
  sessionQueueMax: 500,
  sessionExpiryMs: 3_600_000,
  slowBytes: 262_144,
  frozenBytes: 1_048_576,
  stallMs: 10_000,
  publishPerSecond: 500,
  publishBurst: 5_000,
  bytesPerSecond: 2 * 1_048_576,
  bytesBurst: 16 * 1_048_576,
  floodMs: 30_000,
}

/**
 * A bucket that may go into debt: `takeMs` answers how long the taker must wait before it goes on.
 * Waiting holds the sender's TCP connection back, which costs nobody else anything.
 */
export type Bucket = { takeMs(amount: number, nowMs: number): number }

export function createBucket(perSecond: number, burst: number): Bucket {
  let level = burst
  let at = Number.NEGATIVE_INFINITY
  return {
    takeMs: (amount, nowMs) => {
      level = at === Number.NEGATIVE_INFINITY ? burst : Math.min(burst, level + ((nowMs - at) / 1000) * perSecond)
      at = nowMs
      level -= amount
      return level >= 0 ? 0 : (-level / perSecond) * 1000
    },
  }
}
