// How a pupil comes in: a group's code and a nickname, or back with the secret words. And the card a teacher prints for the group.
import type { Express, Request, Response } from 'express'
import { z } from 'zod'
import { homeZone } from '../../protocols/contract/calendar.ts'
import { tokenSchema } from '../../protocols/contract/ids.ts'
import type { Denial, Language } from '../../protocols/contract/words.ts'
import { createThrottle } from '../accounts/throttle.ts'
import type { Asked, WebContext } from '../server/context.ts'
import { beginSession, comesFromUs } from '../server/people.ts'
import { isStaff, maySeeSite } from '../server/rights.ts'
import type { Account } from '../workplace.ts'
import { formReader } from './form.ts'
import { type Html, html, qr, sendPaper } from './paper.ts'
import { languageOf, type PageWords, pageWords, sentElsewhere } from './words.ts'

/** A class types a code at one moment, with slips, from one address. */
const addressTries = { tries: 60, windowMs: 5 * 60_000 }
/** Twenty-five bits, eight tries each five minutes. */
const pseudonymTries = { tries: 8, windowMs: 5 * 60_000 }
/** A quarter of school; a group that ends earlier ends it earlier. */
const pupilSessionMs = 100 * 24 * 3_600_000
const formBytesMax = 2_048

const joinSchema = z.object({ code: z.string().max(40), nickname: z.string().max(80) })
const backSchema = z.object({ who: z.string().max(40), words: z.string().max(120) })

type Page = { language: Language; words: PageWords; say: (denial: Denial | undefined) => Html | '' }

export function addJoin(app: Express, context: WebContext, asked: Asked): void {
  const { workplace, clock, log } = context
  const { door } = workplace
  const addresses = createThrottle(addressTries)
  const pseudonyms = createThrottle(pseudonymTries)
  const readForm = formReader(formBytesMax)

  const pageFor = (request: Request): Page => {
    const language = languageOf(request.query.lang, request.headers['accept-language'])
    return {
      language,
      words: pageWords[language],
      say: denial =>
        denial === undefined
          ? ''
          : html`<p class="panel mark mark-fault" role="alert">${denial.text[language]}${denial.help === undefined ? '' : ` ${denial.help[language]}`}</p>`,
    }
  }
  const addressOf = (request: Request) => context.origins[0] ?? `${request.protocol}://${request.get('host')}`

  /** True when this device may try; false when it was refused: what comes from elsewhere with the form itself, empty. */
  const mayTry = (request: Request, response: Response, page: Page, again: (status: number, denial: Denial) => void): boolean => {
    if (addresses.waitMs(request.ip ?? '', clock()) > 0) {
      sendPaper(response, { language: page.language, title: page.words.slow, main: html`<h1>${page.words.slow}</h1>` }, 429)
      return false
    }
    if (comesFromUs(request.headers, context.origins)) return true
    again(403, sentElsewhere)
    return false
  }

  if (door === undefined) {
    app.get(['/join', '/join/back'], (request, response) => {
      const { language, words } = pageFor(request)
      const main = html`<div class="panel"><h1>${words.join.atSchool}</h1><p>${words.join.atSchoolHelp}</p></div>`
      sendPaper(response, { language, title: words.join.atSchool, main })
    })
    addCard(app, context, asked, pageFor, undefined)
    return
  }

  app.get('/join', (request, response) =>
    sendForm(response, pageFor(request), 200, { code: String(request.query.code ?? ''), nickname: '' }),
  )

  app.post('/join', async (request, response) => {
    const page = pageFor(request)
    const again = (status: number, denial: Denial) => sendForm(response, page, status, { code: '', nickname: '' }, denial)
    if (!mayTry(request, response, page, again)) return
    const unread = await readForm(request, response)
    const body = joinSchema.safeParse(request.body)
    if (unread !== undefined || !body.success) return again(unread ?? 400, sentence('fill'))
    // Counted before the answer, given back when it was right.
    addresses.failed(request.ip ?? '', clock())
    const joined = await door.join(body.data.code, body.data.nickname)
    if ('denial' in joined) {
      log.info({ address: request.ip, code: joined.denial.code }, 'joining refused')
      return sendForm(response, page, 400, body.data, joined.denial)
    }
    addresses.succeeded(request.ip ?? '')
    begin(request, response, joined.account)
    sendWelcome(response, page, joined.account, joined.recovery, addressOf(request))
  })

  app.get('/join/back', (request, response) => {
    const filled = { who: String(request.query.who ?? ''), words: String(request.query.words ?? '') }
    sendBack(response, pageFor(request), 200, filled)
  })

  app.post('/join/back', async (request, response) => {
    const page = pageFor(request)
    const again = (status: number, denial: Denial) => sendBack(response, page, status, { who: '', words: '' }, denial)
    if (!mayTry(request, response, page, again)) return
    const unread = await readForm(request, response)
    const body = backSchema.safeParse(request.body)
    if (unread !== undefined || !body.success) return again(unread ?? 400, sentence('fillBack'))
    const key = body.data.who.toUpperCase().replace(/[^\p{L}\d]/gu, '')
    if (pseudonyms.waitMs(key, clock()) > 0) {
      sendPaper(response, { language: page.language, title: page.words.slow, main: html`<h1>${page.words.slow}</h1>` }, 429)
      return
    }
    pseudonyms.failed(key, clock())
    addresses.failed(request.ip ?? '', clock())
    const found = await door.recover(body.data.who, body.data.words)
    if ('denial' in found) return sendBack(response, page, 400, body.data, found.denial)
    pseudonyms.succeeded(key)
    addresses.succeeded(request.ip ?? '')
    begin(request, response, found.account)
    response.redirect(303, '/')
  })

  function begin(request: Request, response: Response, account: Account): void {
    beginSession(context, request, response, account, pupilSessionMs)
  }

  addCard(app, context, asked, pageFor, addressOf)
}

function sentence(which: 'fill' | 'fillBack'): Denial {
  return { code: 'bad-request', text: { ru: pageWords.ru.join[which], en: pageWords.en.join[which] } }
}

function sendForm(response: Response, page: Page, status: number, filled: { code: string; nickname: string }, denial?: Denial): void {
  const { language, words, say } = page
  const { join } = words
  const main = html`<h1>${join.title}</h1><p class="quiet">${join.intro}</p>${say(denial)}
<form class="panel" method="post" action="/join?lang=${language}">
<label for="code">${join.code}</label><input class="code" id="code" name="code" value="${filled.code}" maxlength="12" required autocomplete="off" autocapitalize="characters" spellcheck="false">
<label for="nickname">${join.nickname}</label><input id="nickname" name="nickname" value="${filled.nickname}" maxlength="20" required autocomplete="off" aria-describedby="hint">
<p id="hint" class="small quiet">${join.nicknameHint}</p>
<div class="row"><button class="main">${join.enter}</button></div></form>
<p><a href="/join/back?lang=${language}">${join.again}</a></p>`
  sendPaper(response, { language, title: join.title, main }, status)
}

function sendBack(response: Response, page: Page, status: number, filled: { who: string; words: string }, denial?: Denial): void {
  const { language, words, say } = page
  const { join } = words
  const main = html`<h1>${join.backTitle}</h1>${say(denial)}
<form class="panel" method="post" action="/join/back?lang=${language}">
<label for="who">${join.who}</label><input id="who" name="who" value="${filled.who}" placeholder="П-7F3K" maxlength="12" required autocomplete="off" spellcheck="false">
<label for="words">${join.words}</label><input id="words" name="words" value="${filled.words}" maxlength="60" required autocomplete="off" autocapitalize="none" spellcheck="false">
<div class="row"><button class="main">${join.enter}</button></div></form>
<p><a href="/join?lang=${language}">${join.first}</a></p>`
  sendPaper(response, { language, title: join.backTitle, main }, status)
}

/** The card is the answer to the form and stands at no address: nobody finds it in the history. */
function sendWelcome(response: Response, page: Page, account: Account, recovery: string, address: string): void {
  const { language, words } = page
  const { join } = words
  const back = `${address}/join/back?who=${encodeURIComponent(account.name)}&words=${encodeURIComponent(recovery)}`
  const main = html`<h1>${join.welcome(account.nickname ?? '')}</h1><div class="panel"><p>${join.you}</p><p class="big">${account.name}</p></div>
<div class="panel mark mark-part"><h2>${join.keepTitle}</h2><p class="quiet">${join.words}</p><p class="big">${recovery}</p><div class="qr">${qr(back)}</div><p>${join.keep}</p></div>
<p class="noprint"><a class="button main" href="/">${join.onward}</a></p>`
  sendPaper(response, { language, title: join.keepTitle, main })
}

/** What a teacher prints or shows: the code large, and where to type it. */
function addCard(
  app: Express,
  { workplace, clock }: WebContext,
  asked: Asked,
  pageFor: (request: Request) => Page,
  addressOf: ((request: Request) => string) | undefined,
): void {
  app.get('/groups/:site/:group', (request, response) => {
    const visitor = asked(request, response)
    if (visitor === undefined) return
    const { site } = request.params
    const id = tokenSchema.safeParse(request.params.group)
    const { language, words } = pageFor(request)
    const mine = isStaff(visitor.account) && maySeeSite(visitor.account, site)
    const group = mine && id.success ? workplace.roster?.(site)?.groups.find(one => one.id === id.data) : undefined
    if (group === undefined) {
      sendPaper(response, { language, title: words.missing, main: html`<h1>${words.missing}</h1>` }, 404)
      return
    }
    const address = addressOf === undefined ? undefined : `${addressOf(request)}/join?code=${encodeURIComponent(group.code)}`
    const open = group.closedAt === undefined && clock() < group.endsAt
    const day = new Date(group.endsAt).toLocaleDateString(language === 'ru' ? 'ru-RU' : 'en-GB', {
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      timeZone: workplace.fleet.timeZone(site) ?? homeZone,
    })
    const where = addressOf === undefined ? words.card.atSchool : `${addressOf(request)}/join`
    const main = html`<h1>${words.card.title(group.name)}</h1>${
      open
        ? html`<div class="panel"><p>${words.card.how}</p><p><b>${where}</b></p><p>${words.card.code}</p><p class="number">${group.code}</p>${
            address === undefined ? '' : html`<div class="qr">${qr(address)}</div>`
          }<p class="quiet">${words.card.until(day)}</p><p class="quiet">${words.card.noNames}</p></div><p class="quiet noprint">${words.card.print}</p>`
        : html`<p class="panel">${words.card.closed}</p>`
    }`
    sendPaper(response, { language, title: words.card.title(group.name), main })
  })
}
