// Notices to the telephone that asked for them: the ticket was approved, sent back, or is ready. Web push; nobody's name in any of them.
import { createECDH } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Language } from '../../protocols/contract/words.ts'
import type { PushShelf, Workplace } from '../workplace.ts'
import { type FoundTicket, type Phase, viewTicket } from './view.ts'
import { pageWords } from './words.ts'

export type PushKeys = { publicKey: string; privateKey: string }

/** Sends one encrypted notice; answers the service's status. Handed in, so that a test needs no service. */
export type PushSender = (subscription: Subscription, payload: string, keys: PushKeys) => Promise<number>

export type PushPost = {
  readonly publicKey: string
  /** Remembers a device for a ticket; false when its address is none of a push service, or there are too many. */
  subscribe(ticket: FoundTicket, body: unknown, language: Language): boolean
  close(): void
}

/**
 * Where browsers let themselves be told: Chrome and most others, Firefox, Edge, Safari. An address elsewhere could be anything in our own network.
 * Sources: the services' own documentation (Firebase Cloud Messaging, autopush, WNS, APNs for web push).
 */
const services: readonly RegExp[] = [
  /^fcm\.googleapis\.com$/,
  /^(?:[a-z0-9-]+\.)*push\.services\.mozilla\.com$/,
  /^(?:[a-z0-9-]+\.)+notify\.windows\.com$/,
  /^(?:[a-z0-9-]+\.)*push\.apple\.com$/,
]
/** RFC 8291: a P-256 point and 16 bytes, base64url. */
const subscriptionSchema = z.object({
  endpoint: z.string().max(1_000).refine(isPushService),
  keys: z.object({ p256dh: z.string().regex(/^[\w-]{80,100}=*$/), auth: z.string().regex(/^[\w-]{20,32}=*$/) }),
})
export type Subscription = z.infer<typeof subscriptionSchema>

const keptSchema = z.object({
  subscription: subscriptionSchema,
  site: z.string(),
  ticket: z.number(),
  path: z.string(),
  language: z.enum(['ru', 'en']),
  /** What the device was told last, or what was so when it asked. */
  told: z.string(),
  at: z.number(),
})
type Kept = z.infer<typeof keptSchema>

const devicesPerTicketMax = 5
const devicesMax = 20_000
const keptMs = 60 * 24 * 3_600_000
/** A picture that changes many times a second is looked at now and then. */
const settleMs = 1_000
const timeoutMs = 10_000
const lifeSeconds = 12 * 3_600

/** True for an https address at one of the browsers' push services. */
export function isPushService(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false
  const { protocol, hostname, port, username, password } = new URL(endpoint)
  return protocol === 'https:' && port === '' && username === '' && password === '' && services.some(service => service.test(hostname))
}

/** The keys at `path`, made at the first start; readable by our own user only. */
export function pushKeys(path: string): PushKeys {
  if (!existsSync(path)) {
    // Beside it first: a power cut in the middle must not leave half a key.
    writeFileSync(`${path}.new`, JSON.stringify(freshKeys()), { mode: 0o600, flush: true })
    renameSync(`${path}.new`, path)
  }
  return z.object({ publicKey: z.string(), privateKey: z.string() }).parse(JSON.parse(readFileSync(path, 'utf8')))
}

/** A P-256 pair as RFC 8292 §3.2 writes it: the point uncompressed, the number in 32 bytes, both in base64url. */
function freshKeys(): PushKeys {
  const pair = createECDH('prime256v1')
  const publicKey = pair.generateKeys().toString('base64url')
  const number = pair.getPrivateKey()
  return { publicKey, privateKey: Buffer.concat([Buffer.alloc(32 - number.length), number]).toString('base64url') }
}

/** `contact`: an address of whoever runs this place, told to the push service (RFC 8292 §2.1). */
export function pushSender(contact: string): PushSender {
  return async (subscription, payload, { publicKey, privateKey }) => {
    // 14 MB that a school which sends no notices need not carry.
    const { default: webPush } = await import('web-push')
    const vapidDetails = { subject: contact, publicKey, privateKey }
    try {
      const { statusCode } = await webPush.sendNotification(subscription, payload, {
        vapidDetails,
        TTL: lifeSeconds,
        timeout: timeoutMs,
        urgency: 'normal',
      })
      return statusCode
    } catch (error) {
      if (error instanceof webPush.WebPushError) return error.statusCode
      throw error
    }
  }
}

type PushOptions = {
  workplace: Pick<Workplace, 'fleet'>
  shelf: PushShelf
  keys: PushKeys
  send: PushSender
  log: Logger
  clock: () => number
}

/** Watches the picture and tells the devices of a ticket what became of it. Each thing once, over restarts too. */
export function startPush({ workplace, shelf, keys, send, log, clock }: PushOptions): PushPost {
  const { fleet } = workplace
  const devices = new Map<string, Kept>()
  for (const body of shelf.all()) {
    const kept = keptSchema.safeParse(JSON.parse(body))
    if (kept.success) devices.set(keyOf(kept.data), kept.data)
  }
  const dirty = new Set<string>()
  let timer: NodeJS.Timeout | undefined

  const keep = (kept: Kept) => {
    devices.set(keyOf(kept), kept)
    shelf.put(kept.subscription.endpoint, `${kept.site}/${kept.ticket}`, JSON.stringify(kept))
  }
  const drop = (kept: Kept) => {
    devices.delete(keyOf(kept))
    shelf.remove(kept.subscription.endpoint, `${kept.site}/${kept.ticket}`)
  }

  const look = () => {
    timer = undefined
    const sites = new Set(dirty)
    dirty.clear()
    for (const kept of devices.values()) {
      if (!sites.has(kept.site)) continue
      const picture = fleet.site(kept.site)
      // What left the picture a day ago has no news.
      const jobs = Object.values(picture?.jobs ?? {}).filter(job => job.ticket === kept.ticket)
      const view =
        picture &&
        viewTicket(
          jobs.sort((a, b) => a.copy - b.copy),
          picture,
          clock(),
        )
      if (view === undefined || view.phase === kept.told) continue
      const news = newsOf(kept.told, view.phase)
      // Told is noted before it is sent: a notice lost is better than one a minute.
      keep({ ...kept, told: view.phase })
      if (news !== undefined) void tell({ ...kept, told: view.phase }, pageWords[kept.language].push[news](kept.ticket))
    }
  }

  async function tell(kept: Kept, title: string): Promise<void> {
    try {
      const status = await send(kept.subscription, JSON.stringify({ title, path: kept.path }), keys)
      // The browser has gone, or took its leave back (RFC 8030 §7.3).
      if (status === 404 || status === 410) drop(kept)
      log.info({ site: kept.site, ticket: kept.ticket, status }, 'notice sent')
    } catch (error) {
      log.warn({ site: kept.site, ticket: kept.ticket, error: error instanceof Error ? error.message : String(error) }, 'notice not sent')
    }
  }

  const unsubscribe = fleet.onChange(site => {
    dirty.add(site)
    timer ??= setTimeout(look, settleMs).unref()
  })

  return {
    publicKey: keys.publicKey,
    subscribe: ({ view, path }, body, language) => {
      const subscription = subscriptionSchema.safeParse(body)
      if (!subscription.success) return false
      const now = clock()
      for (const kept of devices.values()) if (now - kept.at > keptMs) drop(kept)
      const others = [...devices.values()].filter(
        ({ site, ticket, subscription: { endpoint } }) =>
          site === view.site && ticket === view.ticket && endpoint !== subscription.data.endpoint,
      )
      if (others.length >= devicesPerTicketMax || devices.size >= devicesMax) return false
      keep({ subscription: subscription.data, site: view.site, ticket: view.ticket, path, language, told: view.phase, at: now })
      return true
    },
    close: () => {
      unsubscribe()
      clearTimeout(timer)
    },
  }
}

function keyOf({ subscription, site, ticket }: Kept): string {
  return `${site}/${ticket}/${subscription.endpoint}`
}

function newsOf(before: string, now: Phase): 'approved' | 'returned' | 'ready' | undefined {
  if (now === 'returned' || now === 'ready') return now
  return before === 'checking' && now !== 'denied' && now !== 'cancelled' ? 'approved' : undefined
}
