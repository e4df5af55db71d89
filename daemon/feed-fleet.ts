// The picture of the school's own screen, fed from memory instead of from the wire.
import type { MachineMessage, Telemetry } from '../protocols/contract/machine.ts'
import type { Event, Status } from '../protocols/contract/wire.ts'
import type { SchoolConfig } from './config.ts'
import { toldHours } from './forecast/hours-file.ts'
import type { Machines } from './machines.ts'
import type { People } from './people.ts'
import type { Store } from './store.ts'
import { Thinner } from './thinner.ts'

/** As much of the fleet as is told here; the composition root hands in the real one. */
export type FedFleet = {
  apply(
    site: string,
    message:
      | { name: 'status'; payload: Status }
      | { name: 'machine'; machine: string; payload: MachineMessage }
      | { name: 'telemetry'; machine: string; payload: Telemetry }
      | { name: 'events'; events: readonly Event[] }
      | { name: 'heard' },
  ): void
}

export type Feed = {
  readonly config: Pick<SchoolConfig, 'site' | 'hours'>
  readonly session: string
  readonly version: string
  readonly store: Store
  readonly machines: Machines
  readonly people: Pick<People, 'shown'>
  readonly nowMs: () => number
}

const dayMs = 24 * 3_600_000
/** The school's own screen may see twice what the city gets, and more. */
const screenTelemetryGapMs = 250
/** The school's picture is its own: it is always heard from. */
const aliveMs = 10_000

/** Tells the fleet what is known now, and from then on what changes, until `open` is closed. */
export function feedFleet(
  fleet: FedFleet,
  { config, session, version, store, machines, people, nowMs }: Feed,
  open: AsyncDisposableStack,
): void {
  const site = config.site.id
  const birth = {
    status: 'online' as const,
    site,
    name: config.site.name,
    session,
    version,
    clock: nowMs(),
    hours: toldHours(config.hours),
    machines: machines.ids,
    lastEvent: store.lastNumber,
  }
  fleet.apply(site, { name: 'status', payload: birth })
  // Here, and only here, a pupil is shown by the nickname: the events themselves know none.
  const shown = <E extends Event>(event: E): E =>
    event.kind === 'job' ? { ...event, job: { ...event.job, author: people.shown(event.job.author) } } : event
  const at = nowMs()
  const jobs = [...store.openJobs(), ...store.endedSince(at - dayMs)]
  const faults = machines.ids.flatMap(machine => store.machine(machine).faults.map(fault => ({ machine, fault })))
  const lessons = store.records.comingLessons(at)
  fleet.apply(site, {
    name: 'events',
    events: [
      ...jobs.map(job => shown({ kind: 'job' as const, number: 1, at, change: 'known', job })),
      ...faults.map(({ machine, fault }) => ({ kind: 'fault' as const, number: 1, at, machine, change: 'raised' as const, fault })),
      ...lessons.map(lesson => ({ kind: 'lesson' as const, number: 1, at, change: 'booked' as const, lesson, by: lesson.by })),
    ],
  })
  const thinner = new Thinner(screenTelemetryGapMs, (machine, payload) => fleet.apply(site, { name: 'telemetry', machine, payload }))
  open.defer(() => thinner.close())
  open.defer(store.watch(events => fleet.apply(site, { name: 'events', events: events.map(shown) })))
  open.defer(
    machines.watch({
      machine: (machine, payload) => {
        if (payload.state.state === 'offline') thinner.forget(machine)
        fleet.apply(site, { name: 'machine', machine, payload })
      },
      telemetry: (machine, payload) => thinner.offer(machine, payload),
    }),
  )
  const alive = setInterval(() => fleet.apply(site, { name: 'heard' }), aliveMs).unref()
  open.defer(() => clearInterval(alive))
}
