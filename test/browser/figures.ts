// Figures and trends to look at: a city where one school is in trouble and one has told no hours; a bed that needs more power by the week.
import { addHeating, addSample, type Bucket, emptyBucket, type Watch } from '../../dashboard/trends/bucket.ts'
import { trendsOf } from '../../dashboard/trends/show.ts'
import { dutyDrifts, heatingDrifts, learn, nothingUsual } from '../../dashboard/trends/usual.ts'
import type { CityFigures, FigureDays, Figures, SiteFigures } from '../../protocols/contract/figures.ts'
import { type Trends, trendBucketMs } from '../../protocols/contract/trends.ts'

const known = (value: number, cases: number) => ({ state: 'known', value, cases }) as const

export function figuresOf(more: Partial<Figures> = {}): Figures {
  return {
    availability: known(0.972, 212),
    load: known(0.46, 220),
    mtbf: known(61, 3),
    mttr: known(31_000, 3),
    firstPass: known(0.81, 164),
    wait: known(840, 171),
    waitMost: known(3_900, 171),
    forecast: known(0.06, 140),
    forecastMost: known(0.19, 140),
    inside: known(0.79, 120),
    runningHours: 184.5,
    jobs: 178,
    unseen: 0.031,
    unjudged: 0.06,
    ...more,
  }
}

const troubled: Partial<Figures> = {
  availability: known(0.81, 188),
  load: known(0.91, 220),
  mtbf: known(12, 9),
  mttr: known(6 * 86_400, 6),
  firstPass: known(0.55, 92),
  wait: known(2_900, 90),
  forecastMost: known(0.38, 80),
}
const fresh: Partial<Figures> = {
  availability: { state: 'no-hours' },
  load: { state: 'no-hours' },
  mtbf: { state: 'over', value: 44 },
  mttr: { state: 'few', cases: 1 },
  firstPass: { state: 'few', cases: 3 },
  wait: { state: 'no-hours' },
  waitMost: { state: 'no-hours' },
  forecastMost: { state: 'few', cases: 2 },
  runningHours: 44,
  jobs: 4,
}

export function cityFigures(now: number, days: FigureDays): CityFigures {
  const sites = Array.from({ length: 19 }, (_, index): SiteFigures => {
    const figures = figuresOf(index === 4 ? troubled : index === 9 ? fresh : { availability: known(0.96 + (index % 4) / 100, 200 + index) })
    return { site: `school-${index + 5}`, name: index === 18 ? 'Центр компетенций' : `Школа № ${index + 5}`, figures }
  })
  return { days, at: now - 40_000, city: figuresOf({ jobs: 3_310, runningHours: 3_480 }), sites }
}

export function siteFigures(): SiteFigures {
  const of = (machine: string, name: string, kind: 'printer' | 'laser' | 'mill', figures: Partial<Figures> = {}) => ({
    machine,
    name,
    kind,
    figures: figuresOf(figures),
  })
  return {
    site: 'school-5',
    name: 'Школа № 5',
    figures: figuresOf(),
    machines: [
      of('printer-1', 'Принтер 1', 'printer', troubled),
      of('printer-2', 'Принтер 2', 'printer'),
      of('prusa', 'Пруша у окна', 'printer', { load: known(0.12, 220) }),
      of('laser', 'Лазер', 'laser', { mtbf: { state: 'over', value: 96 } }),
      of('mill', 'Фрезер', 'mill', fresh),
    ],
  }
}

/** So many days of a printer that works from eight to six, its bed weaker by the day; its school was silent for half a day. */
export function trendsToSee(now: number, days: number): Trends {
  const usual = nothingUsual()
  const watch: Watch = { steady: new Map() }
  const from = Math.floor((now - 9 * 86_400_000) / trendBucketMs) * trendBucketMs
  const buckets: [number, Bucket][] = []
  for (let at = from; at < now; at += trendBucketMs) {
    const hour = new Date(at).getHours()
    const day = Math.floor((at - from) / 86_400_000)
    if (day === 5 && hour >= 12) continue
    const bucket = emptyBucket()
    const works = hour >= 8 && hour < 18
    for (let second = 0; second < trendBucketMs / 1000 && at + second * 1000 < now; second += 30) {
      const swing = Math.sin((at / 1000 + second) / 90)
      const heaters = works
        ? {
            nozzle: { actual: 209.6 + swing, target: 210, power: 0.44 + swing / 50 },
            bed: { actual: 59.8 + swing / 3, target: 60, power: 0.4 + day * 0.028 + swing / 60 },
          }
        : { nozzle: { actual: 24 + swing, target: 0, power: 0 }, bed: { actual: 23 + swing, target: 0, power: 0 } }
      const lines = Math.floor((at - from + second * 1000) / 400)
      const link = { resends: Math.floor(lines * 0.004), badLines: 0, reconnects: day }
      const progress = works ? { progress: { job: `job-0000${day}`, lines, bytes: lines * 30, fraction: 0.4, elapsedSeconds: second } } : {}
      const at1 = at + second * 1000
      addSample(bucket, watch, works || hour < 20 ? 'running' : 'offline', { at: at1, heaters, link, ...progress }, 30, at1)
    }
    if (hour === 8 && new Date(at).getMinutes() < 15) addHeating(bucket, ['bed', 58, 170 + day * 9, at])
    buckets.push([at, bucket])
    learn(usual, bucket, at)
  }
  const about = { site: 'school-5', machine: 'printer-1', from: now - days * 86_400_000, until: now }
  const seen = buckets.filter(([at]) => at >= about.from)
  return trendsOf(about, seen, dutyDrifts(usual, emptyBucket(), now), heatingDrifts(usual, emptyBucket()))
}
