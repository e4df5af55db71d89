// The machine's own page at /m/{site}/{machine}-{secret}, behind the QR code on it: no sign-in. In the city and on the school's own screen alike.
import { createHash, randomUUID } from 'node:crypto'
import type { Express, Request, Response } from 'express'
import { z } from 'zod'
import type { Ask, Reply } from '../../protocols/contract/command.ts'
import { problems, someoneAt } from '../../protocols/contract/floor.ts'
import { siteIdSchema } from '../../protocols/contract/ids.ts'
import type { Denial } from '../../protocols/contract/words.ts'
import { createRate } from '../accounts/throttle.ts'
import { own } from '../fleet/picture.ts'
import type { WebContext } from '../server/context.ts'
import { denial, statusOf } from '../server/denials.ts'
import { authorOf, comesFromUs, visitorOf } from '../server/people.ts'
import { isStaff, judge, lifetimeMs, maySeeSite } from '../server/rights.ts'
import { formReader } from '../tickets/form.ts'
import { html, qr, sendPaper } from '../tickets/paper.ts'
import { liveScript } from '../tickets/script.ts'
import { ticketPath } from '../tickets/secret.ts'
import { languageOf, sentElsewhere } from '../tickets/words.ts'
import type { Account } from '../workplace.ts'
import { askings, type FloorPage, floorPart, floorStyle, floorWhole } from './render.ts'
import { machinePath, readMachinePath } from './secret.ts'
import { addStickers } from './stickers.ts'
import { type FloorReader, type FloorView, viewMachine } from './view.ts'
import { floorWords, type Said } from './words.ts'

/** A whole school behind one address looks at its machines each 8 s. */
const looks = { perSecond: 40, burst: 400 }
/** Without sign-in, of one word from one address: a person presses twice, a prankster for ever. The school counts on its own as well. */
const callsFromAddress = { perSecond: 1 / 60, burst: 3 }
/** Of all words at one machine from everywhere. */
const callsAtMachine = { perSecond: 1 / 15, burst: 15 }
const deedsOfStaff = { perSecond: 2, burst: 30 }
const refreshSeconds = 30
/** How long a button waits for the school's word before the page says "sent". */
const answerWithinMs = 5_000
const formBytesMax = 4_096

const reportSchema = z.object({ problem: z.enum(problems), text: z.string().trim().max(400).optional() })
const clearSchema = z.object({ quality: z.enum(['ok', 'partial', 'failed']), cause: z.string().trim().max(200).optional() })
const settleSchema = z.object({ fault: z.enum(['help-called', 'problem-reported']) })
const saids: readonly Said[] = ['called', 'reported', 'cleared', 'paused', 'resumed', 'settled', 'sent']

/** A page that was found by its address, and who reads it. */
type Found = { view: FloorView; path: string; reader: FloorReader; account?: Account }

export function addFloor(app: Express, context: WebContext): void {
  const { workplace, log, clock, shelf } = context
  const within = createRate(looks)
  const fromAddress = createRate(callsFromAddress)
  const atMachine = createRate(callsAtMachine)
  const ofStaff = createRate(deedsOfStaff)
  const readForm = formReader(formBytesMax)
  const languageFor = (request: Request) => languageOf(request.query.lang, request.headers['accept-language'])

  const refused = (request: Request, response: Response, what: 'missing' | 'slow') => {
    const language = languageFor(request)
    const words = floorWords[language]
    const main = html`<h1>${words[what]}</h1>${what === 'missing' ? html`<p>${words.missingHelp}</p>` : ''}`
    sendPaper(response, { language, title: words[what], main }, what === 'missing' ? 404 : 429)
  }

  /** Somebody signed in who may see this school; anybody else is one of those who stand at the machine. */
  const readerOf = (request: Request, site: string): { reader: FloorReader; account?: Account } => {
    const account = visitorOf(request.headers.cookie, workplace, shelf, clock())?.account
    if (account === undefined || !maySeeSite(account, site)) return { reader: { who: 'anybody' } }
    return { reader: { who: isStaff(account) ? 'staff' : 'pupil', author: authorOf(account) }, account }
  }

  /** To whom signing in would help, and to whom not: a pupil is signed in, another school's teacher too. */
  const notStaff = (request: Request, { who }: FloorReader): Denial => {
    if (who === 'pupil') return denial('no-right')
    return denial(visitorOf(request.headers.cookie, workplace, shelf, clock()) === undefined ? 'not-signed-in' : 'other-site')
  }

  /** The page of this address, or undefined when it was refused. */
  const found = (request: Request, response: Response): Found | undefined => {
    if (!within(request.ip ?? '', clock())) {
      refused(request, response, 'slow')
      return undefined
    }
    const site = siteIdSchema.safeParse(request.params.site)
    const place = String(request.params.machine)
    const machine = site.success ? readMachinePath(workplace.tickets?.keys(site.data) ?? [], site.data, place) : undefined
    const picture = site.success && machine !== undefined ? workplace.fleet.site(site.data) : undefined
    if (picture === undefined || machine === undefined) {
      refused(request, response, 'missing')
      return undefined
    }
    const who = readerOf(request, picture.site)
    const view = viewMachine(picture, machine, who.reader, workplace.scope, clock())
    if (view === undefined) {
      refused(request, response, 'missing')
      return undefined
    }
    return { view, path: `/m/${picture.site}/${place}`, ...who }
  }

  const pageOf = (request: Request, { view, path }: Found, denied?: Denial): FloorPage => {
    const language = languageFor(request)
    const asking = askings.find(one => one === request.query.ask)
    const said = saids.find(one => one === request.query.said)
    return {
      view,
      path,
      language,
      words: floorWords[language],
      ...(asking === undefined ? {} : { asking }),
      ...(said === undefined || denied !== undefined ? {} : { said }),
      ...(denied === undefined ? {} : { denial: denied }),
    }
  }

  const send = (request: Request, response: Response, place: Found, denied?: Denial, status = 200) => {
    const page = pageOf(request, place, denied)
    const { main, footer } = floorWhole(page)
    const stays = page.asking !== undefined || denied !== undefined
    sendPaper(
      response,
      {
        language: page.language,
        title: `${page.view.tile.name}: ${page.words.look[page.view.tile.look]}`,
        main,
        footer,
        style: floorStyle,
        script: liveScript,
        ...(stays ? {} : { refreshSeconds }),
      },
      status,
    )
  }

  addStickers(app, context)

  app.get('/m/:site/:machine', (request, response) => {
    const { site, machine } = request.params
    const { account } = readerOf(request, site)
    const [key] = workplace.tickets?.keys(site) ?? []
    // From a staff page, which knows the machine and not its secret.
    if (account !== undefined && isStaff(account) && key && own(workplace.fleet.site(site)?.machines ?? {}, machine) !== undefined) {
      return response.redirect(303, machinePath(key, site, machine))
    }
    const place = found(request, response)
    if (place !== undefined) send(request, response, place)
  })

  app.get('/m/:site/:machine/live', (request, response) => {
    const place = found(request, response)
    if (place === undefined) return
    const text = floorPart(pageOf(request, place)).html
    const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 16)}"`
    response.set({ 'Cache-Control': 'no-store', ETag: tag, Vary: 'Accept-Language' })
    if (request.headers['if-none-match'] === tag) response.status(304).end()
    else response.type('text/html; charset=utf-8').send(text)
  })

  app.get('/m/:site/:machine/qr', (request, response) => {
    const place = found(request, response)
    if (place === undefined) return
    const address = `${context.origins[0] ?? `${request.protocol}://${request.get('host')}`}${place.path}`
    response.set('Cache-Control', 'private, max-age=3600').type('image/svg+xml').send(qr(address).html)
  })

  /** The reader's own ticket: the way there is made only for its owner. */
  app.get('/m/:site/:machine/ticket', (request, response) => {
    const place = found(request, response)
    if (place === undefined) return
    const { site, tickets } = place.view
    const mine = tickets.find(({ ticket }) => ticket === Number(request.query.number))
    const [key] = workplace.tickets?.keys(site) ?? []
    const [first] = mine === undefined ? [] : (workplace.tickets?.jobs(site, mine.ticket) ?? [])
    if (key === undefined || first === undefined) return refused(request, response, 'missing')
    response.redirect(303, ticketPath(key, first))
  })

  /** A button: judged, asked of the school, answered by the page itself with what came of it. */
  const deed = (name: string, said: Said, read: (machine: string, body: unknown) => Ask | undefined, staffOnly: boolean) => {
    // Of a refused deed the browser keeps the address, and asks for it again on reload or as a tab it brings back.
    app.get(`/m/:site/:machine/${name}`, (request, response) => {
      const place = found(request, response)
      if (place !== undefined) response.redirect(303, `${place.path}?lang=${languageFor(request)}`)
    })
    app.post(`/m/:site/:machine/${name}`, async (request, response) => {
      const place = found(request, response)
      if (place === undefined) return
      if (!comesFromUs(request.headers, context.origins)) return send(request, response, place, sentElsewhere, 403)
      const { view, reader, account, path } = place
      if (staffOnly && reader.who !== 'staff') {
        const no = notStaff(request, reader)
        return send(request, response, place, no, statusOf(no))
      }
      const unread = await readForm(request, response)
      if (unread !== undefined) return send(request, response, place, sentence('unread'), unread)
      const ask = read(view.machine, request.body)
      if (ask === undefined) return send(request, response, place, sentence('choose'), 400)
      if (!mayCall(request, place, ask)) return send(request, response, place, sentence('tooFast'), 429)
      const picture = workplace.fleet.site(view.site)
      const author = reader.who === 'anybody' ? someoneAt(view.machine) : reader.author
      const no = picture === undefined ? denial('not-found') : judge(author, ask, picture, workplace.scope)
      if (no !== undefined) return send(request, response, place, no, 403)
      const issuedAt = clock()
      const command = { id: randomUUID(), author, issuedAt, expiresAt: issuedAt + lifetimeMs(ask.kind), ask }
      const signal = AbortSignal.any([AbortSignal.timeout(answerWithinMs), context.closing])
      const reply: Reply | undefined = await workplace.command(view.site, command, signal)
      log.info(
        { site: view.site, machine: view.machine, ask: ask.kind, account: account?.id, outcome: reply?.outcome, address: request.ip },
        'asked at the machine',
      )
      if (reply?.outcome === 'refused') return send(request, response, place, reply.denial, 409)
      response.redirect(303, `${path}?said=${reply?.outcome === 'done' ? said : 'sent'}&lang=${languageFor(request)}`)
    })
  }

  /** Who is not staff is counted by the word, the machine and the address: a loud corner cannot silence another. */
  const mayCall = (request: Request, { view, reader, account }: Found, ask: Ask): boolean => {
    const now = clock()
    if (reader.who === 'staff') return ofStaff(account?.login ?? '', now)
    const word = ask.kind === 'machine.report' ? ask.problem : ask.kind
    const at = `${view.site}/${view.machine}/${word}`
    return fromAddress(`${at}|${request.ip ?? ''}`, now) && atMachine(at, now)
  }

  deed('help', 'called', machine => ({ kind: 'machine.help', machine }), false)
  deed(
    'report',
    'reported',
    (machine, body) => {
      const read = reportSchema.safeParse(body)
      if (!read.success) return undefined
      const { problem, text = '' } = read.data
      return { kind: 'machine.report', machine, problem, ...(text === '' ? {} : { text }) }
    },
    false,
  )
  deed(
    'clear',
    'cleared',
    (machine, body) => {
      const read = clearSchema.safeParse(body)
      if (!read.success) return undefined
      const { quality, cause = '' } = read.data
      return { kind: 'machine.clear', machine, quality, ...(cause === '' || quality === 'ok' ? {} : { cause }) }
    },
    true,
  )
  deed('pause', 'paused', machine => ({ kind: 'machine.pause', machine }), true)
  deed('resume', 'resumed', machine => ({ kind: 'machine.resume', machine }), true)
  deed(
    'settle',
    'settled',
    (machine, body) => {
      const read = settleSchema.safeParse(body)
      return read.success ? { kind: 'machine.settle', machine, ...read.data } : undefined
    },
    true,
  )

  // Behind these stand the staff's screens, which would answer whatever is left with a sign-in.
  app.get('/m/:site/:machine/*rest', (request, response) => {
    if (found(request, response) !== undefined) refused(request, response, 'missing')
  })
}

function sentence(which: 'choose' | 'unread' | 'tooFast'): Denial {
  return { code: which === 'tooFast' ? 'too-fast' : 'bad-request', text: { ru: floorWords.ru[which], en: floorWords.en[which] } }
}
