// What schools say goes here: into the store first where it must not be lost, then into the picture, then the confirmation back.
import type { Logger } from 'pino'
import type { CarePlans } from '../../protocols/contract/care.ts'
import type { MachineMessage } from '../../protocols/contract/machine.ts'
import type { Event, Status } from '../../protocols/contract/wire.ts'
import type { Heard } from '../broker/door.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { SiteMessage } from '../fleet/fold.ts'
import type { EventStore } from '../store/events.ts'

/** Events of this long share one commit. */
const commitEveryMs = 10
/** Machines' states are kept for the next start only: the broker's retained message is gone with the broker. */
const keepMachinesEveryMs = 5_000
/** A school that has a gap is asked again for what lies in it, so often; after so long it evidently has it no more. */
const askAgainMs = 5_000
const giveUpMs = 10 * 60_000
/** Batches that may wait for one commit; more can only come from a flood, and its sender keeps what we did not confirm. */
const waitingMax = 2_000

export type IntakeOptions = {
  events: EventStore
  fleet: Fleet
  /** Tells a school the highest number stored. */
  confirm(site: string, number: number): void
  /** The maintenance plans of a site. */
  plans?(site: string, plans: CarePlans): void
  /** New events of a site, stored and in the picture. */
  told?(site: string, events: readonly Event[]): void
  /** A daemon is there (again). `driftMs`: its clock minus ours. */
  born(site: string, driftMs: number): void
  log: Logger
  clock: () => number
}

export type Intake = {
  take(site: string, message: Exclude<Heard, { name: 'reply' }>): void
  /** Puts what the store knows into the picture, before anybody has joined. */
  restore(): void
  /** Commits what waits and stops. */
  close(): void
}

export function createIntake({ events, fleet, confirm, plans, told, born, log, clock }: IntakeOptions): Intake {
  let waiting: { site: string; events: readonly Event[] }[] = []
  let committing: NodeJS.Timeout | undefined
  let closed = false
  const machines = new Map<string, [string, MachineMessage]>()
  const gaps = new Map<string, { since: number; askedAt: number }>()

  const commit = () => {
    clearTimeout(committing)
    committing = undefined
    const batches = waiting
    waiting = []
    const sites = new Set(batches.map(({ site }) => site))
    for (const site of sites)
      store(
        site,
        batches.filter(batch => batch.site === site).flatMap(batch => batch.events),
      )
  }

  const store = (site: string, batch: readonly Event[]) => {
    const { site: row, fresh, gap, conflict } = events.add(site, batch)
    if (fresh.length > 0) {
      fleet.apply(site, { name: 'events', events: fresh })
      told?.(site, fresh)
    }
    if (conflict) log.error({ site, numbers: [batch[0]?.number, batch.at(-1)?.number] }, 'a school sent other events under known numbers')
    if (!gap) {
      gaps.delete(site)
      confirm(site, row.contiguous)
      return
    }
    const now = clock()
    const known = gaps.get(site) ?? { since: now, askedAt: Number.NEGATIVE_INFINITY }
    gaps.set(site, known)
    if (now - known.since > giveUpMs) {
      const after = events.skipGap(site)
      gaps.delete(site)
      log.error({ site, missingFrom: row.contiguous + 1, goesOnTo: after.contiguous }, 'events are missing for good')
      confirm(site, after.contiguous)
    } else if (now - known.askedAt > askAgainMs) {
      known.askedAt = now
      log.warn({ site, missingFrom: row.contiguous + 1 }, 'events are missing; asked again')
      confirm(site, row.contiguous)
    }
  }

  const keepMachines = () => {
    if (machines.size === 0) return
    try {
      events.keepMachines(machines.values())
      machines.clear()
    } catch (error) {
      log.error({ err: error }, 'states could not be stored')
    }
  }
  const keeping = setInterval(keepMachines, keepMachinesEveryMs)

  const takeStatus = (site: string, status: Status) => {
    if (status.status === 'online') {
      // Events of the life before belong to its epoch.
      commit()
      const before = events.site(site)
      const row = events.born(site, status)
      if (row.epoch !== before.epoch)
        log.error({ site, had: before.contiguous, has: status.lastEvent }, 'a school has lost its events and starts anew')
      confirm(site, row.contiguous)
    }
    fleet.apply(site, { name: 'status', payload: status })
    if (status.status === 'online') born(site, status.clock - clock())
  }

  return {
    take: (site, message) => {
      // Last wills arrive while the broker closes.
      if (closed) return
      switch (message.name) {
        case 'status':
          return takeStatus(site, message.payload)
        case 'batch':
          if (waiting.length >= waitingMax) return
          waiting.push({ site, events: message.batch.events })
          committing ??= setTimeout(commit, commitEveryMs)
          fleet.apply(site, { name: 'heard' })
          return
        case 'machine':
          machines.set(`${site}/${message.machine}`, [site, message.payload])
          fleet.apply(site, message)
          return
        case 'care':
          plans?.(site, message.payload)
          return
        case 'telemetry':
        case 'queue':
          fleet.apply(site, message)
      }
    },
    restore: () => {
      for (const { id: site } of fleet.sites()) {
        const { birth, machines: known, jobs, faults, lessons } = events.restore(site, clock())
        if (birth === undefined) continue
        const declared = known.filter(({ declaration }) => birth.machines.includes(declaration.id))
        const heardAt = Math.max(birth.clock, ...declared.map(({ at }) => at))
        const messages: SiteMessage[] = [
          { name: 'status', payload: birth },
          ...declared.map(payload => ({ name: 'machine' as const, machine: payload.declaration.id, payload })),
          { name: 'events', events: jobs.map(job => ({ kind: 'job', number: 1, at: job.submittedAt, change: 'restored', job })) },
          {
            name: 'events',
            events: faults.map(({ machine, fault }) => ({ kind: 'fault', number: 1, at: 0, change: 'raised', machine, fault })),
          },
          {
            name: 'events',
            events: lessons.map(lesson => ({ kind: 'lesson', number: 1, at: 0, change: 'booked', lesson, by: lesson.by })),
          },
        ]
        // The school's clock may run ahead of ours; nothing was heard in the future.
        fleet.restore(site, messages, Math.min(heardAt, clock()))
      }
    },
    close: () => {
      closed = true
      clearInterval(keeping)
      commit()
      keepMachines()
    },
  }
}
