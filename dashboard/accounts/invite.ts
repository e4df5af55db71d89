// The page behind an invitation, at /invite/{token}: the person chooses a password and is in. Needs no script.
import type { Express, Request, Response } from 'express'
import { z } from 'zod'
import { passwordLengthMin } from '../../protocols/contract/staff.ts'
import type { Denial, Language } from '../../protocols/contract/words.ts'
import type { WebContext } from '../server/context.ts'
import { denial } from '../server/denials.ts'
import { beginSession, comesFromUs } from '../server/people.ts'
import { formReader } from '../tickets/form.ts'
import { html, sendPaper } from '../tickets/paper.ts'
import { languageOf } from '../tickets/words.ts'
import { createThrottle } from './throttle.ts'

/** 192 bits cannot be guessed; whoever tries all the same is not served for ever. */
const addressTries = { tries: 60, windowMs: 5 * 60_000 }
const formBytesMax = 2_048
const formSchema = z.object({ password: z.string().max(256), again: z.string().max(256) })

const inviteWords = {
  ru: {
    title: (name: string) => `Здравствуйте, ${name}!`,
    intro: 'Придумайте пароль, чтобы войти в «Цех».',
    login: 'Имя для входа',
    password: 'Пароль',
    hint: `Не короче ${passwordLengthMin} знаков. Лучше всего — несколько слов подряд.`,
    again: 'Пароль ещё раз',
    enter: 'Сохранить и войти',
    gone: 'Приглашение не действует',
    goneHelp: 'Им уже воспользовались, или прошло больше трёх дней. Попросите у администратора новое.',
    home: 'На главную',
  },
  en: {
    title: (name: string) => `Hello, ${name}!`,
    intro: 'Choose a password to sign in to Tsekh.',
    login: 'Name to sign in with',
    password: 'Password',
    hint: `At least ${passwordLengthMin} characters. A few words in a row are best.`,
    again: 'The password once more',
    enter: 'Save and sign in',
    gone: 'This invitation is not valid',
    goneHelp: 'It has been used, or more than three days have passed. Ask the administrator for a new one.',
    home: 'Home',
  },
} as const satisfies Record<Language, unknown>

export function addInvitations(app: Express, context: WebContext): void {
  const { staff } = context.workplace
  if (staff === undefined) return
  const addresses = createThrottle(addressTries)
  const readForm = formReader(formBytesMax)

  /** Whom the invitation is for, or undefined when the visitor was told that it is not valid. */
  const invited = (request: Request, response: Response): { login: string; name: string } | undefined => {
    const address = request.ip ?? ''
    const slow = addresses.waitMs(address, context.clock()) > 0
    const found = slow ? undefined : staff.invited(String(request.params.token))
    if (found !== undefined) return found
    addresses.failed(address, context.clock())
    const language = languageOf(request.query.lang, request.headers['accept-language'])
    const words = inviteWords[language]
    const main = html`<div class="panel"><h1>${words.gone}</h1><p>${words.goneHelp}</p></div><p><a href="/">${words.home}</a></p>`
    sendPaper(response, { language, title: words.gone, main }, slow ? 429 : 404)
    return undefined
  }
  const send = (request: Request, response: Response, who: { login: string; name: string }, status: number, said?: Denial) => {
    const language = languageOf(request.query.lang, request.headers['accept-language'])
    const words = inviteWords[language]
    const main = html`<h1>${words.title(who.name)}</h1><p class="quiet">${words.intro}</p>${
      said === undefined ? '' : html`<p class="panel mark mark-fault" role="alert">${said.text[language]}</p>`
    }<form class="panel" method="post" action="/invite/${String(request.params.token)}?lang=${language}">
<label for="login">${words.login}</label><input id="login" name="login" value="${who.login}" readonly autocomplete="username">
<label for="password">${words.password}</label><input id="password" name="password" type="password" required minlength="${passwordLengthMin}" maxlength="256" autocomplete="new-password" aria-describedby="hint">
<p id="hint" class="small quiet">${words.hint}</p>
<label for="again">${words.again}</label><input id="again" name="again" type="password" required maxlength="256" autocomplete="new-password">
<div class="row"><button class="main">${words.enter}</button></div></form>`
    sendPaper(response, { language, title: words.title(who.name), main }, status)
  }

  app.get('/invite/:token', (request, response) => {
    const who = invited(request, response)
    if (who !== undefined) send(request, response, who, 200)
  })

  app.post('/invite/:token', async (request, response) => {
    const who = invited(request, response)
    if (who === undefined) return
    if (!comesFromUs(request.headers, context.origins)) return send(request, response, who, 403, denial('wrong-page'))
    const unread = await readForm(request, response)
    const body = formSchema.safeParse(request.body)
    if (unread !== undefined || !body.success) return send(request, response, who, unread ?? 400, denial('bad-request'))
    if (body.data.password !== body.data.again) return send(request, response, who, 400, denial('passwords-differ'))
    const accepted = await staff.accept(String(request.params.token), body.data.password)
    if ('denial' in accepted) return send(request, response, who, 400, accepted.denial)
    // Whoever was signed in with an older password is not any more.
    context.shelf.deleteOf?.(accepted.account.login)
    beginSession(context, request, response, accepted.account)
    response.redirect(303, '/')
  })
}
