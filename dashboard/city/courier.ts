// Carries commands to schools: sent at once, again with growing pauses and at every birth, until answered or expired.
import type { Logger } from 'pino'
import type { Command, Reply } from '../../protocols/contract/command.ts'
import { denial } from '../server/denials.ts'
import type { CommandStore, KeptCommand } from '../store/commands.ts'

const firstPauseMs = 3_000
const longestPauseMs = 60_000
const lookEveryMs = 1_000
/** A school away for days and a teacher who goes on clicking. */
const openPerSiteMax = 500
/** NTP keeps clocks closer than this; more is a Raspberry Pi without a battery. */
const driftSmallMs = 2_000
const forgetAfterMs = 30 * 24 * 3_600_000

export type CourierOptions = {
  commands: CommandStore
  sites: readonly string[]
  publish(site: string, command: Command): void
  online(site: string): boolean
  log: Logger
  clock: () => number
}

export type Courier = {
  /** Keeps and sends a command; resolves with the last word, or undefined when there is none by the signal. */
  deliver(site: string, command: Command, signal: AbortSignal): Promise<Reply | undefined>
  /** The school's word so far; after the expiry, that there was none. */
  reply(site: string, id: string): Reply | undefined
  answered(site: string, reply: Reply): void
  /** Sends everything open at once. `driftMs`: the school's clock minus ours. */
  born(site: string, driftMs: number): void
  close(): void
}

type Due = { kept: KeptCommand; at: number; pauseMs: number }

export function createCourier({ commands, sites, publish, online, log, clock }: CourierOptions): Courier {
  const due = new Map<string, Due>()
  const waiters = new Map<string, Set<(reply: Reply) => void>>()
  const drifts = new Map<string, number>()

  // What was open when the city ended is open still.
  for (const site of sites) {
    for (const kept of commands.open(site)) due.set(kept.command.id, { kept, at: clock(), pauseMs: firstPauseMs })
  }

  const send = (one: Due) => {
    const { site, command } = one.kept
    one.at = clock() + one.pauseMs
    one.pauseMs = Math.min(longestPauseMs, one.pauseMs * 2)
    const driftMs = drifts.get(site) ?? 0
    // A school judges lateness by its own clock: what we say is by its clock, too.
    const shiftMs = Math.abs(driftMs) > driftSmallMs ? Math.round(driftMs) : 0
    publish(site, { ...command, issuedAt: command.issuedAt + shiftMs, expiresAt: command.expiresAt + shiftMs })
  }

  const settle = (reply: Reply) => {
    due.delete(reply.command)
    for (const resolve of waiters.get(reply.command) ?? []) resolve(reply)
    waiters.delete(reply.command)
  }

  const look = () => {
    const now = clock()
    for (const id of commands.expire(now)) {
      log.warn({ command: id, site: due.get(id)?.kept.site }, 'command expired without a last word')
      settle(refused(id, 'no-answer', now))
    }
    for (const one of due.values()) {
      if (one.at <= now && online(one.kept.site)) send(one)
    }
  }
  const careful = (work: () => void) => () => {
    try {
      work()
    } catch (error) {
      log.error({ err: error }, 'commands could not be looked through')
    }
  }
  const looking = setInterval(careful(look), lookEveryMs)
  const forgetting = setInterval(
    careful(() => commands.forgetOlderThan(forgetAfterMs, clock())),
    3_600_000,
  )

  return {
    deliver: async (site, command, signal) => {
      const open = [...due.values()].filter(({ kept }) => kept.site === site).length
      if (open >= openPerSiteMax && !due.has(command.id)) return refused(command.id, 'too-many-waiting', clock())
      if (!commands.keep(site, command)) return refused(command.id, 'id-taken', clock())
      const kept = commands.get(command.id)
      if (kept === undefined) throw new Error(`command ${command.id} was kept and is not there`)
      const known = lastWord(kept, clock())
      if (known !== undefined) return known
      if (!due.has(command.id)) {
        const one = { kept, at: clock(), pauseMs: firstPauseMs }
        due.set(command.id, one)
        if (online(site)) send(one)
      }
      if (signal.aborted) return undefined
      return await new Promise<Reply | undefined>(resolve => {
        const waiting = waiters.get(command.id) ?? new Set()
        waiters.set(command.id, waiting)
        const answer = (reply: Reply) => {
          signal.removeEventListener('abort', give)
          resolve(reply)
        }
        const give = () => {
          waiting.delete(answer)
          if (waiting.size === 0) waiters.delete(command.id)
          resolve(undefined)
        }
        waiting.add(answer)
        signal.addEventListener('abort', give, { once: true })
      })
    },
    reply: (site, id) => {
      const kept = commands.get(id)
      return kept === undefined || kept.site !== site ? undefined : (lastWord(kept, clock()) ?? kept.reply)
    },
    answered: (site, reply) => {
      const kept = commands.answer(site, reply)
      if (kept === undefined) {
        log.warn({ site, command: reply.command }, 'reply to a command we did not give')
        return
      }
      if (kept.state === 'answered') settle(kept.reply ?? reply)
      else {
        const one = due.get(reply.command)
        // The school has it; only its restart, or a lost last word, is a reason to say it again.
        if (one !== undefined) Object.assign(one, { kept, at: clock() + longestPauseMs, pauseMs: longestPauseMs })
      }
    },
    born: (site, driftMs) => {
      drifts.set(site, driftMs)
      if (Math.abs(driftMs) > 60_000) log.warn({ site, driftMs: Math.round(driftMs) }, "the school's clock is wrong")
      for (const one of due.values()) {
        if (one.kept.site !== site) continue
        one.pauseMs = firstPauseMs
        send(one)
      }
    },
    close: () => {
      clearInterval(looking)
      clearInterval(forgetting)
    },
  }
}

function lastWord({ state, reply, command }: KeptCommand, nowMs: number): Reply | undefined {
  if (state === 'answered') return reply
  return state === 'expired' ? refused(command.id, 'no-answer', nowMs) : undefined
}

function refused(command: string, code: 'no-answer' | 'id-taken' | 'too-many-waiting', at: number): Reply {
  return { outcome: 'refused', command, at, denial: denial(code) }
}
