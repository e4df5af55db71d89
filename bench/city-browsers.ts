// A process of `npm run bench -- city`: browsers that look. Counts what each is sent, byte by byte, and how old a figure is when it arrives.
import { readFileSync } from 'node:fs'
import { Agent, request as ask } from 'node:http'
import type { Socket as TcpSocket } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectAsync } from 'mqtt'
import { io, type Socket } from 'socket.io-client'
import type { Frame, View, ViewSnapshot } from '../protocols/contract/screen.ts'
import { topicOf } from '../protocols/contract/wire.ts'
import type { Denial } from '../protocols/contract/words.ts'
import { type Counts, Histogram } from './city-figures.ts'
import { stampParser } from './city-naive-frame.ts'
import { type PageKind, type PagePlan, password } from './city-plan.ts'

/** `naive`: every page gets the whole state, whatever it shows. `listeners`: subscribers of the broker instead of pages. */
export type BrowsersOrder =
  | { url: string; plan: string; from: number; upTo: number; naive?: true }
  | { brokerUrl: string; listeners: number }
export type Measured = { what: string; counts: Counts }
export type PageBytes = { kind: PageKind; bytes: number; asks: number }
export type BrowsersWord =
  | { kind: 'open'; pages: number }
  | { kind: 'figures'; measured: Measured[]; bytes: PageBytes[]; frames: number; lost: number; loopMs: number }

/** As their own scripts do (dashboard/tv/client.ts, dashboard/tickets/script.ts). */
const askEveryMs = { tv: 2_000, ticket: 8_000 } as const
const atOnce = 8

type Page = { kind: PageKind; bytes: () => number; bytesBefore: number; asks: number }
const pages: Page[] = []
let histograms = new Map<string, Histogram>()
let frames = 0
let lost = 0
const loop = monitorEventLoopDelay({ resolution: 5 })
loop.enable()

process.on('message', (message: BrowsersOrder | 'begin' | 'figures' | 'end') => {
  switch (message) {
    case 'end':
      return process.exit(0)
    case 'begin':
      histograms = new Map()
      frames = 0
      lost = 0
      loop.reset()
      for (const page of pages) Object.assign(page, { bytesBefore: page.bytes(), asks: 0 })
      return
    case 'figures': {
      const measured = [...histograms].map(([what, histogram]) => ({ what, counts: histogram.counts() }))
      const bytes = pages.map(page => ({ kind: page.kind, bytes: page.bytes() - page.bytesBefore, asks: page.asks }))
      process.send?.({ kind: 'figures', measured, bytes, frames, lost, loopMs: loop.percentile(99) / 1e6 } satisfies BrowsersWord)
      return
    }
    default:
      void open(message)
  }
})

function note(what: string, sentAt: number): void {
  const histogram = histograms.get(what) ?? new Histogram()
  histograms.set(what, histogram)
  histogram.add(Date.now() - sentAt)
}

async function open(order: BrowsersOrder): Promise<void> {
  if ('listeners' in order) for (let at = 0; at < order.listeners; at++) await listen(order.brokerUrl)
  else await openPages(order)
  process.send?.({ kind: 'open', pages: pages.length } satisfies BrowsersWord)
}

async function openPages({ url, plan, from, upTo, naive }: Exclude<BrowsersOrder, { listeners: number }>): Promise<void> {
  const mine: PagePlan[] = JSON.parse(readFileSync(plan, 'utf8')).pages.slice(from, upTo)
  const cookies = new Map<string, Promise<string>>()
  const cookieOf = (login: string) => {
    const known = cookies.get(login) ?? signIn(url, login)
    cookies.set(login, known)
    return known
  }
  for (let at = 0; at < mine.length; at += atOnce) await Promise.all(mine.slice(at, at + atOnce).map(openPage))

  async function openPage(page: PagePlan): Promise<void> {
    if (naive) return openNaive(url, page)
    if (page.kind === 'ticket') return poll(page.kind, url, `${page.path}/live`, '')
    if (page.kind === 'tv')
      return poll(page.kind, url, `/tv/${page.site}/data`, await wallCookie(url, page.site, await cookieOf('technician-0')))
    await watch(url, page, await cookieOf(page.login))
  }
}

async function watch(url: string, page: Extract<PagePlan, { login: string }>, cookie: string): Promise<void> {
  const socket = connect(url, { extraHeaders: { cookie } })
  await opened(socket)
  const { login: _, ...view } = page
  const answer: ViewSnapshot | { denial: Denial } = await socket.timeout(20_000).emitWithAck('watch', view satisfies View)
  if ('denial' in answer) throw new Error(`${page.kind}: ${answer.denial.code}`)
  const seen = new Set(answer.kind === 'city' ? wantsOf(answer.sites) : [])
  add(page.kind, socket)
  socket.on('frame', (frame: Frame) => {
    frames += 1
    for (const figures of Object.values(frame.telemetry ?? {})) if (figures?.at) note(`${page.kind} page: figures`, figures.at)
    for (const machine of Object.values(frame.machines ?? {})) if (machine?.at) note(`${page.kind} page: states`, machine.at)
    for (const want of wantsOf(frame.sites ?? {})) {
      if (seen.has(want)) continue
      seen.add(want)
      note('city wall: who wants a person', want)
    }
  })
}

/** When each began to want somebody: an instant that comes through unchanged. */
function wantsOf(sites: NonNullable<Frame['sites']>): number[] {
  return Object.values(sites).flatMap(row => row?.wants?.map(({ since }) => since) ?? [])
}

async function openNaive(url: string, page: PagePlan): Promise<void> {
  const socket = connect(url, { parser: stampParser })
  await opened(socket)
  add(page.kind, socket)
  let before = 0
  socket.on('update', (stamp: number) => {
    frames += 1
    if (stamp !== before) note('naive: figures', stamp)
    before = stamp
  })
}

function connect(url: string, more: object): Socket {
  return io(url, { transports: ['websocket'], reconnection: false, forceNew: true, ...more })
}

async function opened(socket: Socket): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  socket.on('disconnect', () => {
    lost += 1
  })
}

/** Counts at the socket's own TCP connection: frames and their headers, as they come. */
function add(kind: PageKind, socket: Socket): void {
  const { transport } = socket.io.engine as unknown as { transport: { ws: { _socket: TcpSocket } } }
  const wire = transport.ws._socket
  pages.push({ kind, bytes: () => wire.bytesRead, bytesBefore: wire.bytesRead, asks: 0 })
}

/** A page that asks again and again over one kept connection. */
function poll(kind: 'tv' | 'ticket', url: string, path: string, cookie: string): void {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const sockets = new Set<TcpSocket>()
  const page: Page = { kind, bytes: () => [...sockets].reduce((sum, socket) => sum + socket.bytesRead, 0), bytesBefore: 0, asks: 0 }
  pages.push(page)
  let tag = ''
  const once = () => {
    const askedAt = Date.now()
    const asking = ask(`${url}${path}`, { agent, headers: { cookie, ...(tag && { 'if-none-match': tag }) } }, response => {
      if (response.statusCode !== 200 && response.statusCode !== 304) lost += 1
      tag = response.headers.etag ?? tag
      response.resume()
      response.on('end', () => {
        page.asks += 1
        note(`${kind === 'tv' ? 'TV' : 'ticket'}: an answer`, askedAt)
      })
    })
    asking.on('socket', socket => sockets.add(socket))
    asking.on('error', () => {
      lost += 1
    })
    asking.end()
  }
  setTimeout(() => setInterval(once, askEveryMs[kind]), Math.random() * askEveryMs[kind])
}

async function signIn(url: string, login: string): Promise<string> {
  // The city checks two passwords at a time and lets sixty wait; we are not here to measure that.
  for (let attempt = 0; attempt < 20; attempt++) {
    const response = await post(`${url}/api/v1/login`, '', { login, password })
    if (response.ok) return cookieIn(response)
    await sleep(500)
  }
  throw new Error(`the city did not let ${login} in`)
}

async function wallCookie(url: string, site: string, cookie: string): Promise<string> {
  const made = await post(`${url}/api/v1/tv`, cookie, { site, name: 'Стена', days: 1 })
  const { path } = (await made.json()) as { path: string }
  return cookieIn(await fetch(url + path, { redirect: 'manual' }))
}

function post(address: string, cookie: string, body: object): Promise<Response> {
  return fetch(address, { method: 'POST', headers: { 'content-type': 'application/json', cookie }, body: JSON.stringify(body) })
}

function cookieIn(response: Response): string {
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

/** The floor: what the broker alone takes from a machine's word to whoever subscribed. */
async function listen(brokerUrl: string): Promise<void> {
  const client = await connectAsync(brokerUrl, { username: 'observer', password, reconnectPeriod: 0 })
  await client.subscribeAsync(topicOf('telemetry', '+'), { qos: 0 })
  client.on('message', (_topic, payload) => {
    frames += 1
    note('broker alone: figures', (JSON.parse(payload.toString()) as { at: number }).at)
  })
}
