// What the page asks of its server over HTTP (protocols/contract/screen.ts): every answer is a value, trouble included.
import type { Ask, Reply } from '../../../protocols/contract/command.ts'
import type { TvScreen } from '../../../protocols/contract/condition.ts'
import type { CommandBody, KeyBody, Me, Preview, Progress, SlicerKey, Upload } from '../../../protocols/contract/screen.ts'
import { readToolpath, type Toolpath } from '../../../protocols/contract/toolpath.ts'
import type { Event } from '../../../protocols/contract/wire.ts'
import type { Denial } from '../../../protocols/contract/words.ts'

/** Trouble on the way: `denial` has the server's own sentence, the others get ours. */
export type Trouble = { trouble: 'offline' } | { trouble: 'server' } | { trouble: 'signed-out' } | { trouble: 'denied'; denial: Denial }

export async function readMe(): Promise<Me | Trouble> {
  return read<Me>(await send('/api/v1/me'))
}

export async function signIn(login: string, password: string): Promise<Me | Trouble> {
  return read<Me>(await send('/api/v1/login', { login, password }))
}

export async function signOut(): Promise<void> {
  await send('/api/v1/logout', {})
}

/** done and refused are the school's word; waiting: it has not answered yet and will, through the socket or when asked again. */
export type Asked = { outcome: 'replied'; reply: Reply } | { outcome: 'waiting'; command: string } | ({ outcome: 'failed' } & Trouble)

/** Sends one command to a school. The id makes it safe to send again: a school runs an id once. */
export async function ask(site: string, what: Ask, id: string = freshToken()): Promise<Asked> {
  const body: CommandBody = { id, ask: what }
  return asked(
    await read<{ reply: Reply } | { command: string }>(await send(`/api/v1/sites/${encodeURIComponent(site)}/commands`, body)),
    id,
  )
}

/** Asks again for the answer to an earlier command. */
export async function askAgain(site: string, id: string): Promise<Asked> {
  return asked(await read(await send(`/api/v1/sites/${encodeURIComponent(site)}/commands/${encodeURIComponent(id)}`)), id)
}

export async function readKeys(): Promise<{ keys: SlicerKey[] } | Trouble> {
  return read<{ keys: SlicerKey[] }>(await send('/api/v1/keys'))
}

/** The secret is told this once. */
export async function makeKey(body: KeyBody): Promise<{ key: SlicerKey; secret: string } | Trouble> {
  return read<{ key: SlicerKey; secret: string }>(await send('/api/v1/keys', body))
}

/** Undefined: the key is gone. */
export async function endKey(id: string): Promise<Trouble | undefined> {
  const answer = await send(`/api/v1/keys/${encodeURIComponent(id)}`, undefined, 'DELETE')
  if (answer?.status === 204) return undefined
  const told = read<object>(answer)
  return 'trouble' in told ? told : { trouble: 'server' }
}

export type ConditionDeed =
  | { kind: 'acknowledge'; reason: string }
  | { kind: 'approve'; reason: string; machine?: string }
  | { kind: 'shelve'; reason: string; until: number }
  | { kind: 'unshelve' }

export async function readScreens(): Promise<{ screens: TvScreen[] } | Trouble> {
  return read<{ screens: TvScreen[] }>(await send('/api/v1/tv'))
}

/** The path opens the wall's page once for good; it is told this once. */
export async function makeScreen(body: {
  site: string
  name: string
  days: number
}): Promise<{ screen: TvScreen; path: string } | Trouble> {
  return read<{ screen: TvScreen; path: string }>(await send('/api/v1/tv', body))
}

/** Undefined: the screen is shut out. */
export async function endScreen(id: string): Promise<Trouble | undefined> {
  const answer = await send(`/api/v1/tv/${encodeURIComponent(id)}`, undefined, 'DELETE')
  if (answer?.status === 204) return undefined
  const told = read<object>(answer)
  return 'trouble' in told ? told : { trouble: 'server' }
}

export async function readConditionEvents(id: string): Promise<{ events: Event[] } | Trouble> {
  return read<{ events: Event[] }>(await send(`/api/v1/conditions/${encodeURIComponent(id)}/events`))
}

/** Undefined: it is done and noted. */
export async function settleCondition(id: string, { kind, ...body }: ConditionDeed): Promise<Trouble | undefined> {
  const answer = await send(`/api/v1/conditions/${encodeURIComponent(id)}/${kind}`, body)
  if (answer?.status === 204) return undefined
  const told = read<object>(answer)
  return 'trouble' in told ? told : { trouble: 'server' }
}

export async function readPreview(sha256: string): Promise<Preview | undefined> {
  const answer = await read<Preview>(await send(`/api/v1/programs/${sha256}/preview`))
  return 'trouble' in answer ? undefined : answer
}

/** The tool path for a graphics card; undefined where there is none (yet). */
export async function readPath(sha256: string): Promise<Toolpath | undefined> {
  try {
    const response = await fetch(`/api/v1/programs/${sha256}/path`, { credentials: 'same-origin' })
    return response.ok ? readToolpath(await response.arrayBuffer()) : undefined
  } catch {
    return undefined
  }
}

/** How far the school is with a file, where this is the school's own screen. */
export async function readProgress(sha256: string): Promise<Progress | undefined> {
  const answer = await send(`/api/v1/programs/${sha256}/progress`)
  if (answer?.status !== 200) return undefined
  const progress = read<Progress>(answer)
  return 'trouble' in progress ? undefined : progress
}

/** Sends a file with its progress; aborting the signal stops it and leaves nothing behind. */
export function upload(file: File, progressed: (sentBytes: number) => void, signal: AbortSignal): Promise<Upload | Trouble> {
  return new Promise(resolve => {
    // fetch cannot tell how much of a body has gone out; XMLHttpRequest can.
    const request = new XMLHttpRequest()
    request.open('POST', `/api/v1/files?name=${encodeURIComponent(file.name)}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.onprogress = event => progressed(event.loaded)
    request.onload = () => resolve(read<Upload>({ status: request.status, text: request.responseText }))
    request.onerror = () => resolve({ trouble: 'offline' })
    request.onabort = () => resolve({ trouble: 'offline' })
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}

/** A token of the contract's shape. Not randomUUID: a school's own screen is plain HTTP, where browsers withhold it. */
export function freshToken(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('')
}

export type Answer = { status: number; text: string } | undefined

/** GET, POST where there is a body, or `method`; undefined where no server answered. */
export async function send(path: string, body?: object, method?: string): Promise<Answer> {
  try {
    const response = await fetch(path, {
      credentials: 'same-origin',
      ...(body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      ...(method !== undefined && { method }),
    })
    return { status: response.status, text: await response.text() }
  } catch {
    return undefined
  }
}

/** Our own server, of the same version as this page, is believed in its bodies; a proxy's error page is not. */
export function read<T extends object>(answer: Answer): T | Trouble {
  if (answer === undefined) return { trouble: 'offline' }
  const body = parse(answer.text)
  if (answer.status >= 200 && answer.status < 300) return body === undefined ? { trouble: 'server' } : (body as T)
  if (answer.status === 401) return { trouble: 'signed-out' }
  if (body !== undefined && 'denial' in body) return { trouble: 'denied', denial: (body as { denial: Denial }).denial }
  return { trouble: answer.status >= 502 && answer.status <= 504 ? 'offline' : 'server' }
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function asked(answer: { reply: Reply } | { command: string } | Trouble, id: string): Asked {
  if ('trouble' in answer) return { outcome: 'failed', ...answer }
  if ('reply' in answer) return { outcome: 'replied', reply: answer.reply }
  return { outcome: 'waiting', command: id }
}
