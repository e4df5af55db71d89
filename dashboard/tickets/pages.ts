// The ticket's page at /t/{number}-{secret}: no sign-in, the address is the key. Served in the city and on the school's own screen alike.
import { createHash, randomUUID } from 'node:crypto'
import type { Express, Request, Response } from 'express'
import express from 'express'
import { homeZone } from '../../protocols/contract/calendar.ts'
import { tokenSchema } from '../../protocols/contract/ids.ts'
import type { Denial } from '../../protocols/contract/words.ts'
import { createRate } from '../accounts/throttle.ts'
import { own } from '../fleet/picture.ts'
import type { WebContext } from '../server/context.ts'
import { comesFromUs } from '../server/people.ts'
import { lifetimeMs } from '../server/rights.ts'
import { addMend } from './mend.ts'
import { html, qr, sendPaper } from './paper.ts'
import { createTicketPrograms } from './programs.ts'
import type { PushPost } from './push.ts'
import { type TicketPage, ticketPart, ticketWhole } from './render.ts'
import { ticketScript, worker } from './script.ts'
import { readTicketPath, sameSecret, ticketSecret } from './secret.ts'
import { type FoundTicket, viewTicket } from './view.ts'
import { languageOf, pageWords, sentElsewhere } from './words.ts'

/**
 * A whole school behind one address looks at its tickets each 8 s. Whoever tries secrets at this pace needs a thousand million years for 59 bits,
 * so wrong ones are not counted apart: a class must not be shut out by one of its pupils.
 */
const looks = { perSecond: 40, burst: 400 }
/** Without script the page asks for itself anew. */
const refreshSeconds = 30
/** How long a button waits for the school's word before the page says "asked". */
const answerWithinMs = 5_000
const cancelLifeMs = 10 * 60_000
/** Of one ticket: a person presses twice, a prankster for ever. The school counts on its own as well. */
const calls = { perSecond: 1 / 60, burst: 3 }
const saids = ['cancelled', 'refused', 'sent', 'mended', 'called'] as const
const subscriptionBytesMax = 4_096
const tooOften: Denial = { code: 'too-fast', text: { ru: pageWords.ru.slow, en: pageWords.en.slow } }

export function addTickets(app: Express, context: WebContext, push?: PushPost): void {
  const { workplace, log, clock } = context
  const within = createRate(looks)
  const script = ticketScript(push?.publicKey ?? '')
  const programs = createTicketPrograms(workplace, clock)
  const mayHelp = createRate(calls)
  const languageFor = (request: Request) => languageOf(request.query.lang, request.headers['accept-language'])

  const refused = (request: Request, response: Response, what: 'missing' | 'slow') => {
    const language = languageFor(request)
    const words = pageWords[language]
    const main = html`<h1>${words[what]}</h1>${what === 'missing' ? html`<p>${words.missingHelp}</p>` : ''}<p><a href="/">${words.home}</a></p>`
    sendPaper(response, { language, title: words[what], main }, what === 'missing' ? 404 : 429)
  }

  /** The ticket of this address, or undefined when it was refused. */
  const found = (request: Request, response: Response): FoundTicket | undefined => {
    const address = request.ip ?? ''
    if (!within(address, clock())) {
      refused(request, response, 'slow')
      return undefined
    }
    const ticket = findTicket(workplace, String(request.params.ticket), clock())
    if (ticket === undefined) refused(request, response, 'missing')
    return ticket
  }

  const addressOf = (request: Request, { path }: FoundTicket) =>
    `${context.origins[0] ?? `${request.protocol}://${request.get('host')}`}${path}`

  /** What became of a mended file whose check took longer than its sender waited. */
  const wordOn = (site: string, asked: unknown): { said?: 'mended' | 'mendsent'; denial?: Denial } | undefined => {
    const id = tokenSchema.safeParse(asked)
    if (!id.success) return undefined
    const reply = workplace.reply(site, id.data)
    if (reply?.outcome === 'refused') return { denial: reply.denial }
    return { said: reply?.outcome === 'done' ? 'mended' : 'mendsent' }
  }

  const pageOf = async (request: Request, ticket: FoundTicket, denied?: Denial): Promise<TicketPage> => {
    const { view, path } = ticket
    const language = languageFor(request)
    const word = wordOn(view.site, request.query.asked)
    const said = word?.said ?? saids.find(one => one === request.query.said)
    const no = denied ?? word?.denial
    const layers = view.result === undefined ? undefined : await programs.layers(view.sha256)
    return {
      view,
      language,
      words: pageWords[language],
      nowMs: clock(),
      zone: workplace.fleet.timeZone(view.site) ?? homeZone,
      path,
      address: addressOf(request, ticket),
      uploadLimitBytes: context.uploadLimitBytes,
      ...(layers === undefined ? {} : { layers }),
      ...(workplace.picturePath(view.sha256, 'preview') === undefined ? {} : { plan: `${path}/plan` }),
      ...(workplace.picturePath(view.sha256, 'picture') === undefined ? {} : { picture: `${path}/picture` }),
      ...(request.query.ask === 'cancel' ? { asking: 'cancel' as const } : {}),
      ...(said === undefined || no !== undefined ? {} : { said }),
      ...(no === undefined ? {} : { denial: no }),
    }
  }

  app.get('/t/worker.js', (_request, response) => {
    response.set({ 'Cache-Control': 'no-cache', 'Service-Worker-Allowed': '/t/' }).type('text/javascript; charset=utf-8').send(worker)
  })

  const show = async (request: Request, response: Response, ticket: FoundTicket, denied?: Denial, status = 200) => {
    const page = await pageOf(request, ticket, denied)
    const { main, footer } = ticketWhole(page)
    const title = `№ ${page.view.ticket}: ${page.words.phase[page.view.phase]}`
    // A page that asked for itself anew would lose what is being answered or chosen on it.
    const stays = page.asking !== undefined || denied !== undefined || (page.view.mend !== undefined && page.said !== 'mendsent')
    sendPaper(response, { language: page.language, title, main, footer, script, ...(stays ? {} : { refreshSeconds }) }, status)
  }

  app.get('/t/:ticket', async (request, response) => {
    const ticket = found(request, response)
    if (ticket !== undefined) await show(request, response, ticket)
  })

  addMend(app, context, { found, languageFor, refuse: show })

  app.get('/t/:ticket/live', async (request, response) => {
    const ticket = found(request, response)
    if (ticket === undefined) return
    const text = ticketPart(await pageOf(request, ticket)).html
    const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 16)}"`
    response.set({ 'Cache-Control': 'no-store', ETag: tag, Vary: 'Accept-Language' })
    if (request.headers['if-none-match'] === tag) response.status(304).end()
    else response.type('text/html; charset=utf-8').send(text)
  })

  app.get('/t/:ticket/qr', (request, response) => {
    const ticket = found(request, response)
    if (ticket === undefined) return
    response
      .set('Cache-Control', 'private, max-age=3600')
      .type('image/svg+xml')
      .send(qr(addressOf(request, ticket)).html)
  })

  app.get('/t/:ticket/picture', (request, response) => {
    const ticket = found(request, response)
    if (ticket === undefined) return
    const path = workplace.picturePath(ticket.view.sha256, 'picture')
    if (path === undefined) return refused(request, response, 'missing')
    response.set('Cache-Control', 'private, max-age=86400').type('image/png')
    response.sendFile(path, { dotfiles: 'allow', cacheControl: false }, error => {
      if (error !== undefined && !response.headersSent) refused(request, response, 'missing')
    })
  })

  app.get('/t/:ticket/plan', async (request, response) => {
    const ticket = found(request, response)
    if (ticket === undefined) return
    const mark = ticket.view.problem?.mark
    const plan = mark && (await programs.plan(ticket.view.sha256, mark))
    if (plan === undefined) return refused(request, response, 'missing')
    response.set('Cache-Control', 'private, max-age=60').type('image/svg+xml').send(plan)
  })

  app.post('/t/:ticket/help', async (request, response) => {
    const ticket = found(request, response)
    if (ticket === undefined) return
    if (!comesFromUs(request.headers, context.origins)) return show(request, response, ticket, sentElsewhere, 403)
    const { view, path } = ticket
    const author = workplace.tickets?.jobs(view.site, view.ticket)[0]?.author
    if (view.help === undefined || author === undefined) return response.redirect(303, path)
    if (!mayHelp(path, clock())) return show(request, response, ticket, tooOften, 429)
    const issuedAt = clock()
    const ask = { kind: 'machine.help' as const, machine: view.help.machine }
    const command = { id: randomUUID(), author, issuedAt, expiresAt: issuedAt + lifetimeMs(ask.kind), ask }
    const reply = await workplace.command(view.site, command, AbortSignal.any([AbortSignal.timeout(answerWithinMs), context.closing]))
    log.info({ site: view.site, ticket: view.ticket, outcome: reply?.outcome }, 'help called from the ticket')
    if (reply?.outcome === 'refused') return show(request, response, ticket, reply.denial, 409)
    response.redirect(303, `${path}?said=${reply?.outcome === 'done' ? 'called' : 'sent'}&lang=${languageFor(request)}`)
  })

  app.post('/t/:ticket/cancel', async (request, response) => {
    const ticket = found(request, response)
    if (ticket === undefined) return
    if (!comesFromUs(request.headers, context.origins)) return show(request, response, ticket, sentElsewhere, 403)
    const said = await cancel(ticket)
    const language = languageFor(request)
    response.redirect(303, `${ticket.path}?said=${said}&lang=${language}`)
  })

  app.post('/t/:ticket/push', express.json({ limit: subscriptionBytesMax, type: 'application/json' }), (request, response) => {
    const ticket = found(request, response)
    if (ticket === undefined) return
    const language = languageFor(request)
    const taken = comesFromUs(request.headers, context.origins) && push?.subscribe(ticket, request.body, language)
    response.status(taken === true ? 204 : 400).end()
  })

  // Of a refused deed the browser keeps the address, and asks for it again on reload or as a tab it brings back.
  app.get(['/t/:ticket/mend', '/t/:ticket/help', '/t/:ticket/cancel'], (request, response) => {
    const ticket = found(request, response)
    if (ticket !== undefined) response.redirect(303, `${ticket.path}?lang=${languageFor(request)}`)
  })

  // Behind these stand the staff's screens, which would answer whatever is left with a sign-in.
  app.get('/t/:ticket/*rest', (request, response) => {
    if (found(request, response) !== undefined) refused(request, response, 'missing')
  })

  /** Cancels every copy that can still be, as its author would. */
  async function cancel({ view, path }: FoundTicket): Promise<'cancelled' | 'refused' | 'sent'> {
    const at = clock()
    const replies = await Promise.all(
      view.cancellable.map(job => {
        const author = workplace.tickets?.jobs(view.site, view.ticket).find(({ id }) => id === job)?.author
        if (author === undefined) return undefined
        const command = { id: randomUUID(), author, issuedAt: at, expiresAt: at + cancelLifeMs, ask: { kind: 'job.cancel' as const, job } }
        return workplace.command(view.site, command, AbortSignal.any([AbortSignal.timeout(answerWithinMs), context.closing]))
      }),
    )
    log.info(
      { site: view.site, ticket: view.ticket, path: path.split('-')[0], outcomes: replies.map(reply => reply?.outcome) },
      'cancelled from the ticket',
    )
    if (replies.some(reply => reply?.outcome === 'done')) return 'cancelled'
    return replies.length > 0 && replies.every(reply => reply === undefined) ? 'sent' : 'refused'
  }
}

/** The ticket behind `{number}-{secret}`, at whichever site it is. */
export function findTicket(
  { fleet, tickets }: Pick<WebContext['workplace'], 'fleet' | 'tickets'>,
  text: string,
  nowMs: number,
): FoundTicket | undefined {
  const read = readTicketPath(text)
  if (read === undefined || tickets === undefined) return undefined
  for (const { id: site } of fleet.sites()) {
    const jobs = tickets.jobs(site, read.ticket)
    const [first] = jobs
    if (first === undefined || !tickets.keys(site).some(key => sameSecret(read.secret, ticketSecret(key, first)))) continue
    const picture = fleet.site(site)
    // What the live picture has is newer than what a store gave.
    const view =
      picture &&
      viewTicket(
        jobs.map(job => own(picture.jobs, job.id) ?? job),
        picture,
        nowMs,
      )
    if (view !== undefined) return { view, jobs: jobs.map(({ id }) => id), path: `/t/${text}` }
  }
  return undefined
}
