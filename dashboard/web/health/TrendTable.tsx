// The same trends as a table, a row a day and heater: for those who read better than they see, and for copying.
import type { HeaterTrend, Trends } from '../../../protocols/contract/trends.ts'
import { useFigureWords } from '../figures/words.ts'
import { useSpeech } from '../words/speech.tsx'

type Row = { day: string; heater: string; range: string; duty: string; lines: string; breaks: string; offline: string }

export function TrendTable({ trends, heaters }: { trends: Trends; heaters: [string, HeaterTrend][] }) {
  const { words: all, forms, language } = useSpeech()
  const words = useFigureWords().trends
  const format = new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', { day: 'numeric', month: 'short' })
  const dayOf = (at: number) => format.format(at)
  const days = new Map<string, true>()
  for (const [, { points }] of heaters) for (const [at] of points) days.set(dayOf(at), true)
  for (const list of [trends.lines, trends.breaks, trends.offline]) for (const [at] of list) days.set(dayOf(at), true)
  const of = <T extends readonly [number, ...unknown[]]>(list: readonly T[], day: string) => list.filter(([at]) => dayOf(at) === day)
  const rows = [...days.keys()].flatMap((day): Row[] => {
    const lines = of(trends.lines, day).reduce((sum, [, count]) => sum + count, 0)
    const resends = of(trends.lines, day).reduce((sum, [, , count]) => sum + count, 0)
    const breaks = of(trends.breaks, day).reduce((sum, [, count]) => sum + count, 0)
    const offline = of(trends.offline, day).reduce((sum, [, seconds]) => sum + seconds, 0)
    const common = {
      day,
      lines: lines === 0 ? '—' : `${forms.number((resends / lines) * 100, 1)} %`,
      breaks: forms.number(breaks),
      offline: offline === 0 ? '—' : forms.duration(offline),
    }
    const measured = heaters.flatMap(([name, heater]): Row[] => {
      const points = of(heater.points, day)
      const duty = of(heater.duty, day)
      if (points.length === 0) return []
      const [low, high] = [Math.min(...points.map(point => point[1])), Math.max(...points.map(point => point[3]))]
      const share = duty.reduce((sum, [, , one]) => sum + one, 0) / duty.length
      return [
        {
          ...common,
          heater: all.machine.heater[name] ?? name,
          range: `${forms.number(low)}–${forms.number(high)}`,
          duty: duty.length === 0 ? '—' : forms.percent(share),
        },
      ]
    })
    return measured.length > 0 ? measured : [{ ...common, heater: '—', range: '—', duty: '—' }]
  })
  return (
    <details className="trend-table">
      <summary>{words.table}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keys */}
      <section className="scrolling" tabIndex={0} aria-label={words.table}>
        <table className="plain-table small">
          <thead>
            <tr>
              {[words.day, words.heater, words.range, words.dutyColumn, words.linesColumn, words.breaksColumn, words.offlineColumn].map(
                name => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <tr key={`${row.day} ${row.heater}`}>
                <th scope="row">{row.day}</th>
                <td>{row.heater}</td>
                <td className="figures">{row.range}</td>
                <td className="figures">{row.duty}</td>
                <td className="figures">{row.lines}</td>
                <td className="figures">{row.breaks}</td>
                <td className="figures">{row.offline}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  )
}
