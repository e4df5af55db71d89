// Commands until they are answered or expired: what was asked of a school outlives the city's restart (DESIGN §5).
import { type Command, commandSchema, type Reply, replySchema } from '../../protocols/contract/command.ts'
import type { Store } from './store.ts'

/** waiting: no word yet. accepted: the school has it. answered: refused or done. expired: no last word in time. */
type CommandState = 'waiting' | 'accepted' | 'answered' | 'expired'
export type KeptCommand = { command: Command; site: string; state: CommandState; reply: Reply | undefined }

/** A school may take a command in its last second and say so a little later. */
const waitingGraceMs = 15_000
/** What it has taken it may work on for longer than it might have waited: the analysis of a large file. */
const acceptedGraceMs = 10 * 60_000

/** A page that looks through a camera asks every three seconds: nobody will want to know of that later. The school notes who looked. */
const lookKeptMs = 3_600_000

type Row = { site: string; state: CommandState; json: string; reply: string | null }

export interface CommandStore {
  /** Keeps a command. False when the id is already taken by another one; the same one again is fine. */
  keep(site: string, command: Command): boolean
  get(id: string): KeptCommand | undefined
  /** Notes a school's word; a last word is never taken back. Answers what is known afterwards, or undefined when it is no command of that site. */
  answer(site: string, reply: Reply): KeptCommand | undefined
  /** Those a site has not given its last word on. */
  open(site: string): KeptCommand[]
  /** Marks those past their time; answers their ids. */
  expire(nowMs: number): string[]
  forgetOlderThan(ageMs: number, nowMs: number): void
}

export function createCommandStore(store: Store): CommandStore {
  const insert = store.prepare(
    `INSERT INTO commands (id, site, author, issued_at, expires_at, state, json) VALUES (?, ?, ?, ?, ?, 'waiting', ?) ON CONFLICT DO NOTHING`,
  )
  const read = store.prepare<[string], Row>('SELECT site, state, json, reply FROM commands WHERE id = ?')
  const write = store.prepare('UPDATE commands SET state = ?, reply = ? WHERE id = ?')
  const readOpen = store.prepare<[string], Row>(
    `SELECT site, state, json, reply FROM commands WHERE site = ? AND state IN ('waiting', 'accepted') ORDER BY issued_at`,
  )
  const late = store.prepare<[number, number], { id: string }>(
    `UPDATE commands SET state = 'expired' WHERE (state = 'waiting' AND expires_at < ?) OR (state = 'accepted' AND expires_at < ?) RETURNING id`,
  )
  const forget = store.prepare(
    `DELETE FROM commands WHERE state IN ('answered', 'expired') AND (issued_at < ? OR (issued_at < ? AND json ->> '$.ask.kind' = 'machine.look'))`,
  )

  const toKept = ({ site, state, json, reply }: Row): KeptCommand => ({
    site,
    state,
    command: commandSchema.parse(JSON.parse(json)),
    reply: reply === null ? undefined : replySchema.parse(JSON.parse(reply)),
  })
  const get = (id: string) => {
    const row = read.get(id)
    return row === undefined ? undefined : toKept(row)
  }

  return {
    keep: (site, command) => {
      const { id, author, issuedAt, expiresAt, ask } = command
      if (insert.run(id, site, author.id, issuedAt, expiresAt, JSON.stringify(command)).changes > 0) return true
      const known = get(id)
      return known?.site === site && known.command.author.id === author.id && JSON.stringify(known.command.ask) === JSON.stringify(ask)
    },
    get,
    answer: (site, reply) => {
      const known = get(reply.command)
      if (known === undefined || known.site !== site) return undefined
      if (known.state === 'answered') return known
      const state = reply.outcome === 'accepted' ? (known.state === 'expired' ? 'expired' : 'accepted') : 'answered'
      write.run(state, JSON.stringify(reply), reply.command)
      return { ...known, state, reply }
    },
    open: site => readOpen.all(site).map(toKept),
    expire: nowMs => late.all(nowMs - waitingGraceMs, nowMs - acceptedGraceMs).map(({ id }) => id),
    forgetOlderThan: (ageMs, nowMs) => void forget.run(nowMs - ageMs, nowMs - lookKeptMs),
  }
}
