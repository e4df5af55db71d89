// Prints what the bench of the city found, side by side with the budgets, the naive broadcast and the broker alone.

import type { Run } from './city.ts'
import { Histogram } from './city-figures.ts'
import { type PageKind, pageKinds } from './city-plan.ts'

export type KneeRow = { machines: number; pages: number; p50: number; p99: number; run: Run }

/** kbit/s to one browser (DESIGN §3). */
const budgets: Partial<Record<PageKind, number>> = { site: 40, ticket: 15 }

export function printCity(city: Run, naive: (Run & { broadcastBytes: number }) | undefined, floor: Run | undefined): void {
  const runs = [city, naive, floor].filter(run => run !== undefined)
  console.log('from a machine’s word to the screen, ms')
  console.table(
    Object.fromEntries(
      runs.flatMap(({ measured }) =>
        [...measured]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([what, histogram]) => [what, { ...spread(histogram), samples: histogram.samples }]),
      ),
    ),
  )
  console.log('to one browser, kbit/s on the wire, framing and headers included')
  console.table(
    Object.fromEntries(
      pageKinds.flatMap(kind => {
        const rates = ratesOf(city, kind)
        if (rates.length === 0) return []
        const budget = budgets[kind]
        const beside = naive && {
          naive: round(mean(ratesOf(naive, kind))),
          'naive / ours': round(mean(ratesOf(naive, kind)) / mean(rates)),
        }
        return [
          [kind, { pages: rates.length, mean: round(mean(rates)), most: round(Math.max(...rates)), ...(budget && { budget }), ...beside }],
        ]
      }),
    ),
  )
  console.log('the process')
  console.table({
    city: { ...costs(city), budget: 'p99 ≤ 150 ms, ≤ 40 % of a core, ≤ 250 MB' },
    ...(naive && { naive: costs(naive) }),
    ...(floor && { 'broker alone': costs(floor) }),
  })
  if (naive) {
    const { broadcastBytes, frames, seconds, plan } = naive
    const machines = plan.sites.reduce((sum, site) => sum + site.machines.length, 0)
    const due = 2 * seconds * plan.pages.length
    console.log(
      `the naive broadcast: ${kilobytes(broadcastBytes)} kB each half second, ${(broadcastBytes / machines / 1000).toFixed(2)} kB a machine ` +
        `(FDM Monster's own: 1.56); ${Math.round((100 * frames) / due)} % of the broadcasts due arrived`,
    )
  }
  if (city.behind > 50) console.log(`! ${city.behind} events were not confirmed at the end`)
  for (const run of runs) complain(run)
}

export function printKnee(rows: readonly KneeRow[]): void {
  console.table(
    rows.map(({ machines, pages, p50, p99, run }) => ({
      machines,
      pages,
      'p50 ms': p50,
      'p99 ms': p99,
      'city, % of a core': Math.round(run.cpu * 100),
      MB: Math.round(run.memory),
      'telemetry/s': Math.round(run.telemetryPerSecond),
      'frames/s': Math.round(run.frames / run.seconds),
      lost: run.lost,
      'busiest load process, %': Math.round(run.loadCpu * 100),
    })),
  )
}

function costs(run: Run) {
  const all = new Histogram()
  for (const histogram of run.measured.values()) all.merge(histogram.counts())
  return {
    'p50 ms': all.at(0.5),
    'p99 ms': all.at(0.99),
    '% of a core': Math.round(run.cpu * 100),
    MB: Math.round(run.memory),
    'telemetry/s': Math.round(run.telemetryPerSecond),
    'frames/s': Math.round(run.frames / run.seconds),
  }
}

/** What would make the figures worth less than they look. */
function complain(run: Run): void {
  if (run.lost > 0) console.log(`! ${run.lost} connections were lost or answers refused`)
  if (run.loadCpu > 0.8)
    console.log(`! the load's own busiest process took ${Math.round(run.loadCpu * 100)} % of a core: part of the latency is its`)
  if (run.loadLoopMs > 20)
    console.log(`! the browsers' own event loop was late by ${run.loadLoopMs.toFixed(0)} ms (p99): part of the latency is theirs`)
}

function ratesOf({ bytes, seconds }: Run, kind: PageKind): number[] {
  return bytes.filter(page => page.kind === kind).map(page => (page.bytes * 8) / 1000 / seconds)
}

function spread(histogram: Histogram) {
  return { p50: histogram.at(0.5), p95: histogram.at(0.95), p99: histogram.at(0.99), most: histogram.longest }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function kilobytes(bytes: number): number {
  return Math.round(bytes / 1000)
}
