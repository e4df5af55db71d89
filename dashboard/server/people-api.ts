// PINs, the roster and the way to a ticket's page: what the staff's screens ask about people.
import type { Request, Response, Router } from 'express'
import { tokenSchema } from '../../protocols/contract/ids.ts'
import { confirmationBodySchema, pinBodySchema, pinLoginSchema } from '../../protocols/contract/screen.ts'
import { checkNobody, checkPassword } from '../accounts/password.ts'
import { createThrottle } from '../accounts/throttle.ts'
import { own } from '../fleet/picture.ts'
import { ticketPath } from '../tickets/secret.ts'
import type { Asked, WebContext } from './context.ts'
import { statusOf } from './denials.ts'
import { beginSession, meOf, refuse } from './people.ts'
import { isStaff, judge, maySeeSite } from './rights.ts'

/** PINs have a throttle of their own for each person (the school's); these are for one who tries many people. */
const addressTries = { tries: 40, windowMs: 5 * 60_000 }
const passwordTries = { tries: 8, windowMs: 5 * 60_000 }

export function addPeople(router: Router, context: WebContext, asked: Asked): void {
  const { workplace, log, clock } = context
  const addresses = createThrottle(addressTries)
  const passwords = createThrottle(passwordTries)

  /** The staff member who asks about a site, or undefined when it was refused. */
  const staffOf = (request: Request, response: Response) => {
    const visitor = asked(request, response)
    if (visitor === undefined) return undefined
    const { site } = request.params
    if (!isStaff(visitor.account)) refuse(response, 'no-right')
    else if (site !== undefined && !maySeeSite(visitor.account, String(site))) refuse(response, 'other-site')
    else return visitor
    return undefined
  }

  router.post('/login/pin', async (request, response) => {
    const check = workplace.pins?.check
    if (check === undefined) return refuse(response, 'not-found')
    const body = pinLoginSchema.safeParse(request.body)
    if (!body.success) return refuse(response, 'bad-request')
    const address = request.ip ?? ''
    if (addresses.waitMs(address, clock()) > 0) return refuse(response, 'too-many-tries')
    // Counted before the check: a hundred guesses at once are a hundred guesses.
    addresses.failed(address, clock())
    const account = workplace.account(body.data.login)
    // Somebody without a PIN, a pupil and nobody at all are answered alike.
    const known = account !== undefined && isStaff(account) && workplace.pins?.has(account) ? account : undefined
    const denial = known === undefined ? await checkNobody(body.data.pin) : await check(known, body.data.pin)
    if (known === undefined || denial !== undefined) {
      log.warn({ login: body.data.login, address, code: known && denial ? denial.code : 'nobody' }, 'sign-in by PIN refused')
      if (known && denial && denial.code === 'pin-wait') return void response.status(429).json({ denial })
      return refuse(response, 'wrong-pin')
    }
    addresses.succeeded(address)
    beginSession(context, request, response, known)
    response.json(meOf(workplace, known))
  })

  router.post('/pin', async (request, response) => {
    const visitor = staffOf(request, response)
    if (visitor === undefined) return
    const { account } = visitor
    const body = pinBodySchema.safeParse(request.body)
    if (!body.success || workplace.pins === undefined) return refuse(response, 'bad-request')
    if (passwords.waitMs(account.login, clock()) > 0) return refuse(response, 'too-many-tries')
    passwords.failed(account.login, clock())
    // A screen left open must not give its finder a way to start lasers.
    if (!(await checkPassword(body.data.password, account.passwordHash))) return refuse(response, 'wrong-password')
    passwords.succeeded(account.login)
    const denial = await workplace.pins.set(account, body.data.pin)
    if (denial !== undefined) return void response.status(400).json({ denial })
    log.info({ account: account.id }, 'PIN set')
    response.status(204).end()
  })

  router.post('/sites/:site/confirmations', async (request, response) => {
    const visitor = staffOf(request, response)
    if (visitor === undefined) return
    const confirm = workplace.pins?.confirm
    const body = confirmationBodySchema.safeParse(request.body)
    const picture = workplace.fleet.site(request.params.site)
    if (!body.success) return refuse(response, 'bad-request')
    if (picture === undefined || confirm === undefined) return refuse(response, 'not-found')
    const { job, machine } = body.data
    const no = judge(visitor.account, { kind: 'job.start', job, machine }, picture, workplace.scope)
    if (no !== undefined) return void response.status(statusOf(no)).json({ denial: no })
    const denial = await confirm(visitor.account, body.data)
    if (denial === undefined) return void response.status(204).end()
    log.warn({ account: visitor.account.id, machine, job, code: denial.code }, 'a start was not confirmed')
    response.status(denial.code === 'pin-wait' ? 429 : 403).json({ denial })
  })

  router.get('/sites/:site/roster', (request, response) => {
    if (staffOf(request, response) === undefined) return
    const roster = workplace.roster?.(request.params.site)
    if (roster === undefined) refuse(response, 'not-found')
    else response.json(roster)
  })

  router.get('/sites/:site/tickets/:job', (request, response) => {
    const visitor = asked(request, response)
    if (visitor === undefined) return
    const { site } = request.params
    const id = tokenSchema.safeParse(request.params.job)
    const { account } = visitor
    if (!maySeeSite(account, site)) return refuse(response, 'other-site')
    const job = id.success ? own(workplace.fleet.site(site)?.jobs ?? {}, id.data) : undefined
    const [key] = workplace.tickets?.keys(site) ?? []
    if (job === undefined || key === undefined || (!isStaff(account) && job.author.id !== account.id)) return refuse(response, 'not-found')
    const [first] = workplace.tickets?.jobs(site, job.ticket) ?? []
    response.json({ path: ticketPath(key, first ?? job) })
  })
}
