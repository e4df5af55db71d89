// Temperatures of the last quarter of an hour: what is, and dashed what is wanted.
import { useComputedColorScheme } from '@mantine/core'
import { useMergedRef, useResizeObserver } from '@mantine/hooks'
import { useEffect, useMemo, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Telemetry } from '../../../protocols/contract/machine.ts'
import type { HeatSample } from '../../../protocols/contract/screen.ts'
import { useNow } from '../live/use.tsx'
import { useSpeech } from '../words/speech.tsx'

const height = 220
const windowSeconds = 900
const inks = ['--plot-1', '--plot-2', '--plot-3', '--plot-4']

type Props = { history: HeatSample[]; heaters: Telemetry['heaters'] }

export function HeatPlot({ history, heaters }: Props) {
  const { words, forms } = useSpeech()
  const names = useMemo(() => heaterNames(history, heaters), [history, heaters])
  if (names.length === 0) return <p className="quiet">{words.machine.noHeat}</p>
  return (
    <>
      <ul className="plain heat-legend">
        {names.map((name, index) => {
          const heater = heaters?.[name]
          return (
            <li key={name}>
              <span className="heat-ink" style={{ background: `var(${inks[index % inks.length]})` }} aria-hidden="true" />
              <span>{words.machine.heater[name] ?? name}</span>
              {heater === undefined ? null : (
                <span className="figures">
                  <strong>{forms.number(heater.actual, 1)} °C</strong>
                  {heater.target === undefined || heater.target === 0 ? null : (
                    <span className="quiet">{` ${words.machine.target} ${forms.number(heater.target)}`}</span>
                  )}
                </span>
              )}
            </li>
          )
        })}
      </ul>
      <Plot key={names.join()} history={history} names={names} />
    </>
  )
}

function Plot({ history, names }: { history: HeatSample[]; names: string[] }) {
  const { words, language } = useSpeech()
  const scheme = useComputedColorScheme('light')
  const frame = useRef<HTMLDivElement>(null)
  const [measured, { width }] = useResizeObserver<HTMLDivElement>()
  const place = useMergedRef(frame, measured)
  const plot = useRef<uPlot>(undefined)
  const now = useNow()
  const data = useMemo(() => aligned(history, names), [history, names])
  const latest = useRef({ data, now })
  latest.current = { data, now }
  const ready = width > 0

  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read off the page, which changes with the scheme
  useEffect(() => {
    const element = frame.current
    if (element === null || !ready) return
    const clock = new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', { hour: '2-digit', minute: '2-digit' })
    const made = new uPlot(options(element, names, clock), latest.current.data, element)
    plot.current = made
    return () => {
      made.destroy()
      plot.current = undefined
    }
  }, [names, language, scheme, ready])

  useEffect(() => {
    plot.current?.setData(data, false)
    plot.current?.setScale('x', { min: now / 1000 - windowSeconds, max: now / 1000 })
  }, [data, now])
  useEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height })
  }, [width])

  return <div ref={place} className="heat-plot" role="img" aria-label={words.machine.heatSummary} style={{ height }} />
}

function options(element: HTMLElement, names: string[], clock: Intl.DateTimeFormat): uPlot.Options {
  const style = getComputedStyle(element)
  const ink = (name: string) => style.getPropertyValue(name).trim()
  const axis = {
    stroke: ink('--ink-3'),
    grid: { stroke: ink('--line'), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
  }
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 8, 0, 0],
    scales: {
      x: { time: true, auto: false },
      y: { range: (_plot, low, high) => [Math.min(0, low ?? 0), Math.max(50, (high ?? 0) * 1.1)] },
    },
    axes: [
      { ...axis, space: 70, size: 28, values: (_plot, ticks) => ticks.map(tick => clock.format(tick * 1000)) },
      { ...axis, size: 44, values: (_plot, ticks) => ticks.map(tick => `${tick}°`) },
    ],
    series: [
      {},
      ...names.flatMap((_name, index): uPlot.Series[] => {
        const stroke = ink(inks[index % inks.length] ?? '--ink')
        return [
          { stroke, width: 2, points: { show: false }, spanGaps: false },
          { stroke, width: 1, dash: [6, 5], points: { show: false } },
        ]
      }),
    ],
  }
}

/** x in seconds, then for each heater what is and what is wanted. A target of zero is no target. */
function aligned(history: HeatSample[], names: string[]): uPlot.AlignedData {
  const times = history.map(sample => sample.at / 1000)
  const series = names.flatMap(name => [
    history.map(sample => sample.heaters[name]?.actual ?? null),
    history.map(sample => sample.heaters[name]?.target || null),
  ])
  return [times, ...series]
}

function heaterNames(history: HeatSample[], heaters: Telemetry['heaters']): string[] {
  const known = new Set([...Object.keys(heaters ?? {}), ...history.slice(-1).flatMap(sample => Object.keys(sample.heaters))])
  const first = ['nozzle', 'bed', 'chamber']
  const rank = (name: string) => (first.includes(name) ? first.indexOf(name) : first.length)
  return [...known].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
}
