// The plan: a line for each machine, now at the left, what runs and what comes as links on it; the same as a table for whoever cannot see bars.
import { Button } from '@mantine/core'
import { type CSSProperties, useState } from 'react'
import { Link } from 'wouter'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { useNow } from '../live/use.tsx'
import { Segments } from '../parts/Segments.tsx'
import { useSpeech } from '../words/speech.tsx'
import { type Bar, closedTimes, type Line, planOf, type Span, type SpanName, spanOf, ticksOf } from './plan-lines.ts'
import { usePlanWords } from './plan-words.ts'

const names: readonly SpanName[] = ['hours', 'day', 'week']
/** Below this an hour's bars cannot be told apart; a narrow screen scrolls instead. */
const hourPx: Record<SpanName, number> = { hours: 92, day: 92, week: 13 }

export function Gantt({ picture, sure }: { picture: SitePicture; sure: boolean }) {
  const { forms, language } = useSpeech()
  const { plan } = usePlanWords()
  const now = useNow()
  const [name, setName] = useState<SpanName>('hours')
  const [table, setTable] = useState(false)
  // The picture slides once a minute, not each second.
  const minute = Math.floor(now / 60_000) * 60_000
  const span = spanOf(name, minute, picture.hours)
  const lines = planOf(picture, sure, span, minute)
  const share = (at: number) => `${(100 * (Math.max(span.from, Math.min(span.until, at)) - span.from)) / (span.until - span.from)}%`
  const width = (from: number, until: number): CSSProperties => ({ left: share(from), right: `calc(100% - ${share(until)})` })
  const day = new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', { weekday: 'short', day: 'numeric' })
  const clock = new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', { hour: '2-digit', minute: '2-digit' })
  const hours = (span.until - span.from) / 3_600_000
  return (
    <section className="plan-part" aria-labelledby="chart">
      <div className="section-head">
        <h2 id="chart">{plan.chart}</h2>
        <span className="count figures">{plan.chartHint(forms.clock(span.from, now), forms.clock(span.until, now))}</span>
      </div>
      <div className="row plan-tools">
        <Segments
          label={plan.span}
          options={names.map(value => ({ value, label: plan.spans[value] }))}
          value={name}
          onChange={value => setName(names.find(each => each === value) ?? 'hours')}
        />
        <Button variant="default" aria-expanded={table} aria-controls="plan-table" onClick={() => setTable(!table)}>
          {plan.asTable}
        </Button>
      </div>
      {sure ? null : <p className="note">{plan.silent}</p>}
      <div className="panel gantt">
        <div className="gantt-inner" style={{ minWidth: `calc(var(--gantt-names) + ${Math.round(hours * hourPx[name])}px)` }}>
          <div className="gantt-axis" aria-hidden="true">
            {ticksOf(span, name).map(at => (
              <span key={at} style={{ left: share(at) }}>
                {name === 'week' ? day.format(at) : clock.format(at)}
              </span>
            ))}
          </div>
          <ul className="plain">
            {lines.map(line => (
              <li key={line.machine.declaration.id} className="gantt-line">
                <h3>
                  <Link href={`/sites/${picture.site}/machines/${line.machine.declaration.id}`}>{line.machine.declaration.name}</Link>
                </h3>
                <div className="gantt-track">
                  {closedTimes(picture.hours, span).map(closed => (
                    <span key={closed.from} className="gantt-closed" style={width(closed.from, closed.until)} />
                  ))}
                  {ticksOf(span, name).map(at => (
                    <span key={at} className="gantt-tick" style={{ left: share(at) }} />
                  ))}
                  {line.bars.length === 0 ? <p className="sr-only">{plan.nothing}</p> : null}
                  <ul className="plain">
                    {line.bars.map(bar => (
                      <GanttBar
                        key={keyOf(bar)}
                        bar={bar}
                        site={picture.site}
                        now={minute}
                        style={width(bar.from, bar.until)}
                        span={span}
                      />
                    ))}
                  </ul>
                  <span className="gantt-now" style={{ left: share(minute) }} />
                </div>
              </li>
            ))}
          </ul>
        </div>
      </div>
      <Legend />
      <PlanTable id="plan-table" lines={lines} site={picture.site} now={minute} open={table} />
    </section>
  )
}

type BarProps = { bar: Bar; site: string; now: number; style: CSSProperties; span: Span }

function GanttBar({ bar, site, now, style, span }: BarProps) {
  const told = useTold(bar, now)
  const [from, until] = [Math.max(bar.from, span.from), Math.min(bar.until, span.until)]
  // Where it is no longer certain, it fades.
  const sure = until <= from ? 1 : Math.min(1, Math.max(0, (Math.min(bar.sure, until) - from) / (until - from)))
  const classes = ['gantt-bar', `gantt-${bar.kind}`, bar.kind === 'queued' && bar.guessed ? 'guessed' : '']
  return (
    <li className={classes.join(' ').trim()} style={{ ...style, ['--sure' as string]: `${Math.round(sure * 100)}%` }}>
      <Link href={hrefOf(bar, site)} title={told.full} aria-label={told.full}>
        <span className="gantt-name">{told.short}</span>
      </Link>
    </li>
  )
}

/** The bar in words. */
function useTold(bar: Bar, now: number): { short: string; what: string; from: string; until: string; state: string; full: string } {
  const { words, forms } = useSpeech()
  const { plan } = usePlanWords()
  const until = bar.sure === bar.until ? forms.clock(bar.until, now) : forms.range(bar.sure, bar.until, now)
  const from = bar.kind === 'queued' ? forms.range(...bar.start, now) : forms.clock(bar.from, now)
  if (bar.kind === 'lesson') {
    const what = plan.lesson(bar.lesson.title)
    return { short: bar.lesson.title, what, from, until, state: plan.legendLesson, full: `${what}, ${from} – ${until}` }
  }
  const short = `${words.job.ticket(bar.job.ticket)} ${bar.job.program.name}`
  const state = bar.kind === 'run' ? plan.legendRun : words.job.state.queued
  const about = bar.kind === 'run' ? plan.running(short) : plan.queued(short)
  const times = bar.kind === 'run' ? plan.readyAt(until) : `${plan.likely(from)}, ${plan.readyAt(forms.range(...bar.end, now))}`
  const done = bar.kind === 'run' && bar.fraction !== undefined ? `, ${words.progress.of(forms.percent(bar.fraction))}` : ''
  return {
    short,
    what: short,
    from,
    until: bar.kind === 'queued' ? forms.range(...bar.end, now) : until,
    state,
    full: `${about}${done}, ${times}${bar.kind === 'queued' && bar.guessed ? `, ${plan.legendGuessed}` : ''}`,
  }
}

function hrefOf(bar: Bar, site: string): string {
  return bar.kind === 'lesson' ? `/sites/${site}/lessons/${bar.lesson.id}` : `/sites/${site}?job=${encodeURIComponent(bar.job.id)}`
}

function keyOf(bar: Bar): string {
  return bar.kind === 'lesson' ? bar.lesson.id : bar.job.id
}

function Legend() {
  const { plan } = usePlanWords()
  const rows: [string, string][] = [
    ['run', plan.legendRun],
    ['sure', plan.legendSure],
    ['maybe', plan.legendMaybe],
    ['guessed', plan.legendGuessed],
    ['lesson', plan.legendLesson],
    ['closed', plan.legendClosed],
  ]
  return (
    <ul className="plain gantt-legend small second" aria-label={plan.legend}>
      {rows.map(([look, word]) => (
        <li key={look}>
          <span className={`legend-${look}`} aria-hidden="true" />
          {word}
        </li>
      ))}
    </ul>
  )
}

type TableProps = { id: string; lines: readonly Line[]; site: string; now: number; open: boolean }

/** On paper always, on a screen when asked for. */
function PlanTable({ id, lines, site, now, open }: TableProps) {
  const { plan } = usePlanWords()
  const rows = lines.flatMap(({ machine, bars }) =>
    bars.map(bar => ({ machine: machine.declaration.name, id: machine.declaration.id, bar })),
  )
  return (
    <div id={id} className={open ? 'panel plan-table' : 'panel plan-table closed'}>
      {rows.length === 0 ? (
        <p className="panel-body quiet">{plan.nothingPlanned}</p>
      ) : (
        <table>
          <caption className="sr-only">{plan.chart}</caption>
          <thead>
            <tr>
              {[plan.machine, plan.what, plan.state, plan.from, plan.until].map(head => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ machine, id: line, bar }) => (
              <PlanRow key={`${line} ${keyOf(bar)}`} machine={machine} bar={bar} site={site} now={now} />
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}

function PlanRow({ machine, bar, site, now }: { machine: string; bar: Bar; site: string; now: number }) {
  const told = useTold(bar, now)
  return (
    <tr>
      <th scope="row">{machine}</th>
      <td>
        <Link href={hrefOf(bar, site)}>{told.what}</Link>
      </td>
      <td>{told.state}</td>
      <td className="figures">{told.from}</td>
      <td className="figures">{told.until}</td>
    </tr>
  )
}
