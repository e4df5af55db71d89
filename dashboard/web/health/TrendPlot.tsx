// A plot of quarters of an hour: lines with bands behind them, and gaps where nobody looked.
import { useComputedColorScheme } from '@mantine/core'
import { useMergedRef, useResizeObserver } from '@mantine/hooks'
import { useEffect, useMemo, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { trendBucketMs } from '../../../protocols/contract/trends.ts'
import { useSpeech } from '../words/speech.tsx'

const height = 190

/** `points`: [start of the quarter, value, and where there is one the lowest and highest]. */
export type TrendLine = { name: string; ink: string; points: readonly (readonly [number, number, number?, number?])[]; dashed?: boolean }

type Props = {
  lines: TrendLine[]
  /** What is usual: a band across the whole plot. */
  bands?: { ink: string; low: number; high: number }[]
  from: number
  until: number
  label: string
  unit: string
}

export function TrendPlot({ lines, bands = [], from, until, label, unit }: Props) {
  const { language } = useSpeech()
  const scheme = useComputedColorScheme('light')
  const frame = useRef<HTMLDivElement>(null)
  const [measured, { width }] = useResizeObserver<HTMLDivElement>()
  const place = useMergedRef(frame, measured)
  const plot = useRef<uPlot>(undefined)
  const data = useMemo(() => aligned(lines), [lines])
  const ready = width > 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read off the page, which changes with the scheme
  useEffect(() => {
    const element = frame.current
    if (element === null || !ready) return
    const days = until - from > 2 * 24 * 3_600_000
    const clock = new Intl.DateTimeFormat(
      language === 'ru' ? 'ru-RU' : 'en-GB',
      days ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' },
    )
    const made = new uPlot(options(element, lines, bands, clock, unit, days), data, element)
    made.setScale('x', { min: from / 1000, max: until / 1000 })
    plot.current = made
    return () => {
      made.destroy()
      plot.current = undefined
    }
  }, [lines, data, language, scheme, ready, from, until])
  useEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height })
  }, [width])
  return <div ref={place} className="trend-plot" role="img" aria-label={label} style={{ height }} />
}

function options(
  element: HTMLElement,
  lines: readonly TrendLine[],
  bands: NonNullable<Props['bands']>,
  clock: Intl.DateTimeFormat,
  unit: string,
  days: boolean,
): uPlot.Options {
  const style = getComputedStyle(element)
  const ink = (name: string) => style.getPropertyValue(name).trim()
  const axis = {
    stroke: ink('--ink-3'),
    grid: { stroke: ink('--line'), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
  }
  const hidden: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false }, spanGaps: false }
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 8, 0, 0],
    scales: {
      x: { time: true, auto: false },
      y: { range: (_plot, _low, high) => [0, Math.max(unit === '%' ? 100 : 50, (high ?? 0) * 1.1, ...bands.map(band => band.high))] },
    },
    axes: [
      {
        ...axis,
        space: 70,
        size: 28,
        ...(days && { incrs: [86_400, 2 * 86_400, 3 * 86_400] }),
        values: (_plot, ticks) => ticks.map(tick => clock.format(tick * 1000)),
      },
      { ...axis, size: 48, values: (_plot, ticks) => ticks.map(tick => `${tick}${unit}`) },
    ],
    // Of each line: what is, then the lowest and highest the band is drawn between.
    bands: lines.map((line, index) => ({ series: [index * 3 + 3, index * 3 + 2], fill: faint(ink(line.ink)) })),
    series: [
      {},
      ...lines.flatMap((line): uPlot.Series[] => [
        {
          stroke: ink(line.ink),
          width: line.dashed ? 1 : 2,
          spanGaps: false,
          points: line.dashed ? { show: false } : { size: 4, fill: ink(line.ink), filter: alone },
          ...(line.dashed && { dash: [6, 5] }),
        },
        hidden,
        hidden,
      ]),
    ],
    hooks: {
      drawClear: [
        drawn => {
          const { ctx, bbox } = drawn
          for (const band of bands) {
            const top = drawn.valToPos(band.high, 'y', true)
            const bottom = drawn.valToPos(band.low, 'y', true)
            ctx.fillStyle = faint(ink(band.ink))
            ctx.fillRect(bbox.left, top, bbox.width, bottom - top)
          }
        },
      ],
    },
  }
}

/** A quarter between two gaps is no line: it is shown as a dot. */
function alone(plot: uPlot, series: number): number[] {
  const values = plot.data[series] ?? []
  const there = (at: number) => values[at] !== null && values[at] !== undefined
  return Array.from(values.keys()).filter(at => there(at) && !there(at - 1) && !there(at + 1))
}

function faint(colour: string): string {
  return /^#[0-9a-f]{6}$/i.test(colour) ? `${colour}33` : colour
}

/** One axis of time for all lines, in seconds; null where a line has nothing, and between two quarters that do not touch. */
function aligned(lines: readonly TrendLine[]): uPlot.AlignedData {
  const starts = new Set<number>()
  for (const { points } of lines) {
    for (const [index, [at]] of points.entries()) {
      starts.add(at)
      const before = points[index - 1]?.[0]
      if (before !== undefined && at - before > trendBucketMs * 1.5) starts.add(before + trendBucketMs)
    }
  }
  const times = [...starts].sort((a, b) => a - b)
  const rows = lines.flatMap(({ points }) => {
    const known = new Map(points.map(point => [point[0], point]))
    const column = (which: 1 | 2 | 3) => times.map(at => known.get(at)?.[which] ?? null)
    return [column(1), column(2), column(3)]
  })
  return [times.map(at => (at + trendBucketMs / 2) / 1000), ...rows]
}
