// What the tests of the forecast share: a school at a given moment, and a past that is known exactly.
import type { Distribution } from '../../../daemon/forecast/calibrate.ts'
import type { Past } from '../../../daemon/forecast/history.ts'
import { type Hours, noHours } from '../../../daemon/forecast/hours.ts'
import { readSpans } from '../../../daemon/forecast/hours-file.ts'
import type { ForecastInput, ForecastMachine } from '../../../daemon/forecast/question.ts'
import { createCalendar, type Week } from '../../../protocols/contract/calendar.ts'

/** Monday 12 October 2026, 10:00 in Moscow. */
export const monday10 = Date.parse('2026-10-12T07:00:00Z')
export const minute = 60_000
export const hour = 3_600_000

/** Everything between two values is equally likely. */
export function between(low: number, high: number): Distribution {
  return {
    samples: 100,
    quantile: p => low + (high - low) * p,
    below: value => Math.min(1, Math.max(0, high > low ? (value - low) / (high - low) : value >= low ? 1 : 0)),
  }
}

/** A school where everything always takes what it always took: waits of 5 minutes, forecasts that come true. */
export function evenPast(more: Partial<Past> = {}): Past {
  return {
    run: () => between(1, 1),
    length: () => between(3600, 3600),
    clear: () => between(300, 300),
    start: () => between(300, 300),
    check: () => between(300, 300),
    failing: () => 0,
    ...more,
  }
}

export function aPrinter(more: Partial<ForecastMachine> = {}): ForecastMachine {
  return {
    id: 'printer-1',
    name: 'Принтер 1',
    kind: 'printer',
    state: 'ready',
    inService: false,
    readOnly: false,
    since: monday10 - hour,
    ...more,
  }
}

export function aLaser(more: Partial<ForecastMachine> = {}): ForecastMachine {
  return aPrinter({ id: 'laser-1', name: 'Лазер', kind: 'laser', ...more })
}

/** Open from 8 to 18, supervised from 14 to 16, Monday to Friday. */
export const schoolHours: Hours = {
  timeZone: 'Europe/Moscow',
  open: createCalendar('Europe/Moscow', workdays('08:00-18:00'), []),
  supervised: createCalendar('Europe/Moscow', workdays('14:00-16:00'), []),
}

function workdays(spans: string): Week {
  return Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map(day => [day, readSpans(spans) ?? []]))
}

export function asked(more: Partial<ForecastInput> = {}): ForecastInput {
  return {
    nowMs: monday10,
    machines: [aPrinter()],
    jobs: [],
    seconds: job => job.estimatedSeconds,
    past: evenPast(),
    hours: noHours,
    rules: { autoStartPrinters: true, runPastClosing: true },
    ...more,
  }
}
