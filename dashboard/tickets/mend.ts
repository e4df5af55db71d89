// The mended file of a ticket that was sent back: a plain form's multipart body, streamed to the store, and job.mend asked as the job's author.
import { randomUUID } from 'node:crypto'
import type { Express, Request, Response } from 'express'
import type { Denial, Language } from '../../protocols/contract/words.ts'
import { createRate } from '../accounts/throttle.ts'
import type { WebContext } from '../server/context.ts'
import { statusOf } from '../server/denials.ts'
import { comesFromUs } from '../server/people.ts'
import { lifetimeMs } from '../server/rights.ts'
import { receiveForm } from '../slicers/receive.ts'
import type { FoundTicket } from './view.ts'
import { type PageWords, pageWords, sentElsewhere } from './words.ts'

/** Of one ticket: whoever mends in haste sends a file three times. */
const mends = { perSecond: 1 / 120, burst: 5 }
/** A class mends at once; more than this at a time fills the line of a school. */
const atOnceMax = 12
/** A large file is analysed in seconds; after this the page says that it is being checked, and goes on asking. */
const answerDefaultMs = 25_000
/** After a refusal in mid-body the rest is read and thrown away so that the answer arrives; for this long, ms. */
const drainMs = 10_000

type Doors = {
  /** The ticket of this address, or undefined when it was refused. */
  found: (request: Request, response: Response) => FoundTicket | undefined
  languageFor: (request: Request) => Language
  /** The ticket's page with the sentence on it. */
  refuse: (request: Request, response: Response, ticket: FoundTicket, denial: Denial, status: number) => Promise<void>
}

export function addMend(app: Express, context: WebContext, { found, languageFor, refuse }: Doors): void {
  const { workplace, log, clock, closing } = context
  const within = createRate(mends)
  const underWay = new Set<string>()

  app.post('/t/:ticket/mend', async (request, response) => {
    const ticket = found(request, response)
    if (ticket === undefined) return leave(request)
    const { view, path } = ticket
    const language = languageFor(request)
    const scripted = (request.headers.accept ?? '').includes('application/json')

    const no = async (denial: Denial, status: number) => {
      leave(request)
      const help = denial.help === undefined ? '' : ` ${denial.help[language]}`
      if (scripted) response.status(status).json({ text: `${denial.text[language]}${help}` })
      else await refuse(request, response, ticket, denial, status)
    }

    if (!comesFromUs(request.headers, context.origins)) return no(sentElsewhere, 403)
    const id = view.mend
    const author = workplace.tickets?.jobs(view.site, view.ticket).find(job => job.id === id)?.author
    if (id === undefined || author === undefined) return no(sentence('notNow'), 409)
    if (underWay.has(path) || underWay.size >= atOnceMax || !within(`${view.site}/${view.ticket}`, clock()))
      return no(sentence('tooOften'), 429)
    underWay.add(path)
    try {
      const received = await receiveForm(request, response, context)
      if ('denial' in received) {
        return await no(forPupils(received.denial, context.uploadLimitBytes), received.denial.status ?? statusOf(received.denial))
      }
      const comment = (received.fields.comment ?? '').trim().slice(0, 1_000)
      const issuedAt = clock()
      const ask = { kind: 'job.mend' as const, job: id, ...received.upload, ...(comment === '' ? {} : { comment }) }
      const command = { id: randomUUID(), author, issuedAt, expiresAt: issuedAt + lifetimeMs(ask.kind), ask }
      const reply = await workplace.command(view.site, command, AbortSignal.any([AbortSignal.timeout(answerDefaultMs), closing]))
      log.info({ site: view.site, ticket: view.ticket, bytes: received.upload.size, outcome: reply?.outcome }, 'mended from the ticket')
      if (reply?.outcome === 'refused') return await no(reply.denial, 409)
      // The school's word may come later: the page asks for it by the command's id.
      const to = `${path}?${reply?.outcome === 'done' ? 'said=mended' : `asked=${command.id}`}&lang=${language}`
      if (scripted) response.json({ path: to })
      else response.redirect(303, to)
    } finally {
      underWay.delete(path)
    }
  })
}

/** A body that will not be taken is still read for a while: a browser hears the answer only after it. */
function leave(request: Request): void {
  if (request.complete) return
  request.resume()
  const timer = setTimeout(() => request.destroy(), drainMs).unref()
  request.once('end', () => clearTimeout(timer))
}

/** Of a form that is not taken the receiver speaks to slicers. */
function forPupils(denial: Denial, limitBytes: number): Denial {
  const say = (words: (mend: PageWords['mend']) => string) => ({
    code: denial.code,
    text: { ru: words(pageWords.ru.mend), en: words(pageWords.en.mend) },
  })
  switch (denial.code) {
    case 'no-file':
    case 'no-name':
      return say(({ noFile }) => noFile)
    case 'not-a-form':
    case 'bad-form':
      return say(({ notForm }) => notForm)
    case 'half-file':
      return say(({ broken }) => broken)
    case 'too-big':
      return say(({ tooBig }) => tooBig(Math.floor(limitBytes / 1_048_576)))
  }
  return denial
}

function sentence(which: 'notNow' | 'tooOften'): Denial {
  const code = which === 'notNow' ? 'not-returned' : 'too-fast'
  return { code, text: { ru: pageWords.ru.mend[which], en: pageWords.en.mend[which] } }
}
