// The trends of one machine: in a few sentences, as plots with what is usual behind them, and as a table.
import { Skeleton } from '@mantine/core'
import { useCallback, useId, useMemo, useState } from 'react'
import { driftLimits, type HeaterTrend, ratioOf, type Trends as TrendsRead } from '../../../protocols/contract/trends.ts'
import { readTrends, useReading } from '../figures/reading.ts'
import { useFigureWords } from '../figures/words.ts'
import { Glyph } from '../parts/Glyph.tsx'
import { Segments } from '../parts/Segments.tsx'
import { useSpeech } from '../words/speech.tsx'
import { TrendPlot } from './TrendPlot.tsx'
import { TrendTable } from './TrendTable.tsx'
import '../styles/trends.css'

const inks = ['--plot-1', '--plot-2', '--plot-3', '--plot-4']
const spans = [1, 7, 14] as const
const dayMs = 24 * 3_600_000
const order = ['nozzle', 'bed', 'chamber']

/** `days`: at first. */
export function Trends({ site, machine, days: first = 1 }: { site: string; machine: string; days?: (typeof spans)[number] }) {
  const words = useFigureWords().trends
  const [days, setDays] = useState<number>(first)
  const ask = useCallback(() => readTrends(site, machine, days), [site, machine, days])
  const [reading] = useReading(ask)
  const shown = reading.state === 'read' ? reading.value : reading.state === 'loading' ? reading.before : undefined
  return (
    <div className="stack trends" aria-busy={reading.state === 'loading'}>
      <Segments
        label={words.span.label}
        value={String(days)}
        onChange={value => setDays(Number(value))}
        options={spans.map(span => ({ value: String(span), label: words.span[span] }))}
      />
      {reading.state === 'away' ? (
        <p className="second" role="alert">
          {words.away}
        </p>
      ) : shown === undefined ? (
        <Skeleton height={220} radius={8} />
      ) : shown.seenSeconds === 0 ? (
        <p className="second">{words.none}</p>
      ) : (
        <Seen trends={shown} />
      )}
    </div>
  )
}

function Seen({ trends }: { trends: TrendsRead }) {
  const { words: all } = useSpeech()
  const words = useFigureWords().trends
  const heaters = useMemo(() => ordered(trends.heaters), [trends])
  const nameOf = (heater: string) => all.machine.heater[heater] ?? heater
  const power = useMemo(() => {
    const held = heaters.flatMap(([name, heater], index) =>
      heater.duty.length > 0 ? [{ name, heater, ink: inks[index % 4] ?? '--ink' }] : [],
    )
    return {
      lines: held.map(({ name, heater, ink }) => ({
        name,
        ink,
        points: heater.duty.map(([at, , share]) => [at, Math.round(share * 100)] as const),
      })),
      bands: held.flatMap(({ heater: { dutyDrift }, ink }) =>
        dutyDrift === undefined ? [] : [{ ink, low: dutyDrift.usual * 75, high: dutyDrift.usual * 100 * driftLimits.duty.raise }],
      ),
    }
  }, [heaters])
  const { from, until } = trends
  return (
    <>
      <Summary trends={trends} heaters={heaters} />
      {heaters.map(([name, heater], index) => (
        <Temperature key={name} name={nameOf(name)} heater={heater} ink={inks[index % 4] ?? '--ink'} from={from} until={until} />
      ))}
      {power.lines.length === 0 ? null : (
        <figure>
          <figcaption className="trend-caption">
            {words.power}
            {power.lines.map(({ name, ink }) => (
              <span key={name} className="trend-key">
                <span className="trend-ink" style={{ background: `var(${ink})` }} aria-hidden="true" />
                {nameOf(name)}
              </span>
            ))}
          </figcaption>
          <TrendPlot lines={power.lines} bands={power.bands} from={from} until={until} label={words.powerPlot} unit="%" />
        </figure>
      )}
      <TrendTable trends={trends} heaters={heaters} />
    </>
  )
}

function Temperature({ name, heater, ink, from, until }: { name: string; heater: HeaterTrend; ink: string; from: number; until: number }) {
  const words = useFigureWords().trends
  const lines = useMemo(
    () => [
      { name, ink, points: heater.points.map(([at, low, mean, high]) => [at, mean, low, high] as const) },
      { name: `${name}*`, ink, dashed: true, points: heater.targets },
    ],
    [name, ink, heater],
  )
  return (
    <figure>
      <figcaption className="trend-caption">{words.temperature(name)}</figcaption>
      <TrendPlot lines={lines} from={from} until={until} label={words.temperaturePlot(name)} unit="°" />
    </figure>
  )
}

/** What the plots say, in words: first of all for whoever cannot see them. */
function Summary({ trends, heaters }: { trends: TrendsRead; heaters: [string, HeaterTrend][] }) {
  const { words: all, forms } = useSpeech()
  const words = useFigureWords().trends
  const heading = useId()
  const nameOf = (heater: string) => capital(all.machine.heater[heater] ?? heater)
  const lines = trends.lines.reduce((sum, [, count]) => sum + count, 0)
  const resends = trends.lines.reduce((sum, [, , count]) => sum + count, 0)
  const breaks = trends.breaks.reduce((sum, [, count]) => sum + count, 0)
  const offline = trends.offline.reduce((sum, [, seconds]) => sum + seconds, 0)
  const unseen = 1 - Math.min(1, trends.seenSeconds / ((trends.until - trends.from) / 1000))
  const said = heaters.flatMap(([heater, { duty, dutyDrift, heatings, heatingDrift }]): { text: string; abnormal: boolean }[] => {
    const name = nameOf(heater)
    const [lastDuty, lastHeating] = [duty.at(-1), heatings.at(-1)]
    return [
      ...(dutyDrift
        ? [
            {
              text: words.duty(name, forms.percent(dutyDrift.now), forms.percent(dutyDrift.usual), forms.number(dutyDrift.target)),
              abnormal: ratioOf(dutyDrift) >= driftLimits.duty.raise,
            },
          ]
        : lastDuty
          ? [{ text: words.dutyOnly(name, forms.percent(lastDuty[2]), forms.number(lastDuty[1])), abnormal: false }]
          : []),
      ...(heatingDrift
        ? [
            {
              text: words.heating(
                name,
                forms.duration(heatingDrift.now),
                forms.duration(heatingDrift.usual),
                forms.number(heatingDrift.target),
              ),
              abnormal: ratioOf(heatingDrift) >= driftLimits.heating.raise,
            },
          ]
        : lastHeating
          ? [{ text: words.heatingOnly(name, forms.duration(lastHeating[2]), forms.number(lastHeating[1])), abnormal: false }]
          : []),
    ]
  })
  const share = lines === 0 ? 0 : resends / lines
  const rest = [
    lines === 0
      ? { text: words.noLines, abnormal: false }
      : { text: words.lines(`${forms.number(share * 100, 1)} %`, forms.number(lines), lines), abnormal: lines >= 100 && share >= 0.01 },
    { text: words.breaks(breaks), abnormal: breaks >= 3 * Math.max(1, (trends.until - trends.from) / dayMs) },
    ...(offline > 0 ? [{ text: words.offline(forms.duration(offline)), abnormal: false }] : []),
    ...(unseen >= 0.01 ? [{ text: words.unseen(forms.percent(unseen)), abnormal: false }] : []),
  ]
  return (
    <section aria-labelledby={heading}>
      <p id={heading} className="trend-caption">
        {words.summary}
      </p>
      <ul className="plain trend-said">
        {[...said, ...rest].map(({ text, abnormal }) => (
          <li key={text} className={abnormal ? 'tone-attention' : 'tone-quiet'}>
            {abnormal ? <Glyph shape="attention" size={16} /> : null}
            <span className={abnormal ? 'state-word' : undefined}>{text}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** It begins a line here. */
function capital(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
}

function ordered(heaters: TrendsRead['heaters']): [string, HeaterTrend][] {
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length)
  return Object.entries(heaters).sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b))
}
