// How a slicer is answered: in its reader's language, as the plain sentence it shows or as the JSON it asked for.
import type { Request, Response } from 'express'
import type { Denial, Language, Sentence } from '../../protocols/contract/words.ts'
import { statusFor } from './words.ts'

/** After a refusal in mid-body the rest is read and thrown away so that the answer arrives; for this long, ms. */
const drainMs = 10_000

/**
 * Russian unless the reader would rather have English; who asks for neither is taken for a reader of English.
 * Accept-Language: ru-RU,en,*   what Cura sends: the order is meant, though all weigh the same (RFC 9110 §12.5.4 leaves it open)
 */
export function languageOf({ headers }: Pick<Request, 'headers'>): Language {
  const header = headers['accept-language']
  if (header === undefined || header.trim() === '') return 'ru'
  const wanted = header
    .split(',')
    .map(part => {
      const [tag = '', ...parameters] = part.split(';').map(piece => piece.trim().toLowerCase())
      const weight = Number(parameters.find(piece => piece.startsWith('q='))?.slice(2) ?? 1)
      return { language: tag.split('-')[0], weight: Number.isFinite(weight) ? weight : 0 }
    })
    .filter(({ language, weight }) => weight > 0 && (language === 'ru' || language === 'en' || language === '*'))
    .sort((a, b) => b.weight - a.weight)
  const [first] = wanted
  return first === undefined || first.language === 'en' ? 'en' : 'ru'
}

export function say(request: Request, sentence: Sentence): string {
  return sentence[languageOf(request)]
}

/** Refuses. `status` overrides what the code stands for. */
export function refuseSlicer(request: Request, response: Response, reason: Denial & { status?: number }): void {
  const status = reason.status ?? statusFor(reason)
  const text = say(request, reason.text)
  const help = reason.help === undefined ? '' : ` ${say(request, reason.help)}`
  const line = reason.line === undefined ? '' : languageOf(request) === 'ru' ? ` (строка ${reason.line})` : ` (line ${reason.line})`
  leaveBody(request, response)
  response.status(status)
  const accept = request.headers.accept ?? ''
  if (accept.includes('application/json')) {
    // OctoPrint's clients read `error`, PrusaLink's `title` and `text` (Prusa-Link-Web, openapi.yaml, Error).
    response.json({ error: `${text}${line}${help}`, code: reason.code, title: text, text: `${text}${line}${help}` })
    return
  }
  // To the letter `text/plain`, else Cura says "unknown error"; a browser needs to be told the letters.
  response.setHeader('Content-Type', accept.includes('text/html') ? 'text/plain; charset=utf-8' : 'text/plain')
  response.end(`${text}${line}${help}`)
}

/** Requests whose client was told to go on with its body. */
const welcomed = new WeakSet<Request>()

/** A client that waits for leave to send its body (Expect: 100-continue) gets it: everything else was in order. */
export function welcomeBody(request: Request, response: Response): void {
  if (!waitsForLeave(request)) return
  welcomed.add(request)
  response.writeContinue()
}

/** Whether the client holds its body back until it hears from us (RFC 9110 §10.1.1). */
export function waitsForLeave(request: Pick<Request, 'headers'>): boolean {
  return /^100-continue$/i.test(request.headers.expect ?? '')
}

/** The body will not be taken. */
function leaveBody(request: Request, response: Response): void {
  if (request.complete) return
  if (waitsForLeave(request) && !welcomed.has(request)) {
    // The body never comes; on a connection kept open the next request would be taken for it.
    response.setHeader('Connection', 'close')
    return
  }
  // Closing now would throw away the answer together with what is still on its way.
  request.resume()
  const timer = setTimeout(() => request.destroy(), drainMs).unref()
  request.once('end', () => clearTimeout(timer))
}
