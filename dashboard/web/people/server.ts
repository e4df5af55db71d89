// What the screens ask of the server about people: the roster, PINs, the way to a ticket.
import type { Me, Roster } from '../../../protocols/contract/screen.ts'
import { type Answer, read, send, type Trouble } from '../live/server.ts'

export async function readRoster(site: string): Promise<Roster | Trouble> {
  return read<Roster>(await send(`/api/v1/sites/${encodeURIComponent(site)}/roster`))
}

export async function signInByPin(login: string, pin: string): Promise<Me | Trouble> {
  return read<Me>(await send('/api/v1/login/pin', { login, pin }))
}

/** Undefined: it is set. */
export async function setPin(pin: string, password: string): Promise<Trouble | undefined> {
  return nothing(await send('/api/v1/pin', { pin, password }))
}

/** "I stand at this machine and mean this job": undefined when the school believes it, for a minute. */
export async function confirmStart(site: string, job: string, machine: string, pin: string): Promise<Trouble | undefined> {
  return nothing(await send(`/api/v1/sites/${encodeURIComponent(site)}/confirmations`, { job, machine, pin }))
}

/** Path of the job's ticket page; undefined where there is none (yet). */
export async function readTicketPath(site: string, job: string): Promise<string | undefined> {
  const answer = read<{ path: string }>(await send(`/api/v1/sites/${encodeURIComponent(site)}/tickets/${encodeURIComponent(job)}`))
  return 'trouble' in answer ? undefined : answer.path
}

function nothing(answer: Answer): Trouble | undefined {
  if (answer?.status === 204) return undefined
  const told = read<object>(answer)
  return 'trouble' in told ? told : { trouble: 'server' }
}
