// The figures: schools of the city, or the machines of one school, worst first; each figure's name opens what it means.
import { Button, NativeSelect, Skeleton } from '@mantine/core'
import { type ReactNode, useCallback, useState } from 'react'
import { Link } from 'wouter'
import { bandOf, type FigureDays, type FigureName, type Figures as FiguresRead, figureDays } from '../../../protocols/contract/figures.ts'
import { type CsvRow, csvOf, download } from '../figures/csv.ts'
import { Definition, Value } from '../figures/Definition.tsx'
import { type Reading, readCityFigures, readSiteFigures, useReading } from '../figures/reading.ts'
import { badness, casesText, columns, trouble } from '../figures/text.ts'
import { useFigureWords } from '../figures/words.ts'
import { useNow } from '../live/use.tsx'
import { Segments } from '../parts/Segments.tsx'
import { useTitle } from '../parts/title.ts'
import { useReader } from '../rights.tsx'
import type { Forms } from '../words/forms.ts'
import { useSpeech } from '../words/speech.tsx'
import '../styles/figures.css'

type Row = { id: string; name: string; href: string; figures: FiguresRead }
type Shown = { whole: FiguresRead; rows: Row[]; csv: CsvRow[]; at?: number }

/** Of the schools this person sees; of one school its machines. */
export function Figures({ site }: { site?: string }) {
  const { me } = useReader()
  const [only, second] = me.sites
  const one = site ?? (only !== undefined && second === undefined ? only.id : undefined)
  return one === undefined ? <CityFigures /> : <SchoolFigures key={one} site={one} back={site !== undefined && second !== undefined} />
}

function CityFigures() {
  const words = useFigureWords()
  const [days, setDays] = useState<FigureDays>(30)
  const [reading, again] = useReading(useCallback(() => readCityFigures(days), [days]))
  const shown = map(reading, ({ at, city, sites }): Shown => {
    const rows = sites.map(({ site, name, figures }) => ({ id: site, name, href: `/figures/${site}`, figures }))
    return { at, whole: city, rows, csv: rows.map(({ name, figures }) => ({ site: name, figures })) }
  })
  return <Page title={words.title} whose={words.city} rowName={words.site} days={days} setDays={setDays} shown={shown} again={again} />
}

function SchoolFigures({ site, back }: { site: string; back: boolean }) {
  const words = useFigureWords()
  const { me } = useReader()
  const name = me.sites.find(({ id }) => id === site)?.name ?? site
  const [days, setDays] = useState<FigureDays>(30)
  const [reading, again] = useReading(useCallback(() => readSiteFigures(site, days), [site, days]))
  const shown = map(reading, ({ figures, machines = [] }): Shown => {
    const rows = machines.map(one => ({ ...one, id: one.machine, href: `/sites/${site}/machines/${one.machine}` }))
    return { whole: figures, rows, csv: rows.map(one => ({ site: name, machine: one.name, figures: one.figures })) }
  })
  return (
    <Page
      title={`${words.title}: ${name}`}
      whose={words.school}
      rowName={words.machine}
      days={days}
      setDays={setDays}
      shown={shown}
      again={again}
      back={back ? <Link href="/figures">{words.back}</Link> : null}
    />
  )
}

function map<A, B>(reading: Reading<A>, how: (value: A) => B): Reading<B> {
  if (reading.state === 'read') return { state: 'read', value: how(reading.value) }
  if (reading.state === 'away') return reading
  return reading.before === undefined ? { state: 'loading' } : { state: 'loading', before: how(reading.before) }
}

type PageProps = {
  title: string
  whose: string
  rowName: string
  days: FigureDays
  setDays: (days: FigureDays) => void
  shown: Reading<Shown>
  again: () => void
  back?: ReactNode
}

/** With more rows a phone shows of each only what is abnormal; the rest is a tap away, on its own page. */
const longFrom = 8

type Sort = 'worst' | 'name' | (typeof columns)[number]

function Page({ title, whose, rowName, days, setDays, shown, again, back }: PageProps) {
  const { forms, language } = useSpeech()
  const words = useFigureWords()
  const now = useNow()
  const [sort, setSort] = useState<Sort>('worst')
  const [meaning, explain] = useState<{ name: FigureName; figures?: FiguresRead; whose: string }>()
  const value = shown.state === 'read' ? shown.value : shown.state === 'loading' ? shown.before : undefined
  useTitle(title)
  const rows = value === undefined ? [] : sorted(value.rows, sort, forms)
  return (
    <main id="content" tabIndex={-1} className="page" aria-busy={shown.state === 'loading'}>
      <div className="page-head">
        <h1>{title}</h1>
        <p className="second small grow">
          {back} {value?.at === undefined ? '' : words.at(forms.moment(value.at, now))}
        </p>
      </div>
      <p className="second figures-about">{words.about}</p>
      <div className="row figures-tools">
        <Segments
          label={words.days.label}
          value={String(days)}
          onChange={chosen => setDays(figureDays.find(one => String(one) === chosen) ?? 30)}
          options={figureDays.map(one => ({ value: String(one), label: words.days[one] }))}
        />
        <NativeSelect
          label={words.sort}
          className="figures-sort"
          value={sort}
          onChange={event => setSort(sortOf(event.currentTarget.value))}
          data={[
            { value: 'worst', label: words.worst },
            { value: 'name', label: words.byName },
            ...columns.map(name => ({ value: name, label: words.definitions[name].name })),
          ]}
        />
        <Button
          variant="default"
          disabled={value === undefined || value.rows.length === 0}
          onClick={() => value && download(words.csvName(days), csvOf(value.csv, words, language))}
        >
          {words.csv}
        </Button>
      </div>
      {shown.state === 'away' ? (
        <div className="panel panel-body" role="alert">
          <p>{words.away}</p>
          <Button mt="sm" onClick={again}>
            {words.again}
          </Button>
        </div>
      ) : value === undefined ? (
        <div className="stack">
          {[0, 1, 2, 3, 4, 5].map(bar => (
            <Skeleton key={bar} height={52} radius={8} />
          ))}
        </div>
      ) : rows.length === 0 ? (
        <p className="panel panel-body second">{words.empty}</p>
      ) : (
        <div className="panel">
          <table className={rows.length > longFrom ? 'figures-table long' : 'figures-table'}>
            <thead>
              <tr>
                <th scope="col">{rowName}</th>
                {columns.map(name => (
                  <th key={name} scope="col" aria-sort={sort === name ? 'descending' : undefined}>
                    <button
                      type="button"
                      className="figure-name"
                      onClick={() => explain({ name, figures: value.whole, whose })}
                      aria-haspopup="dialog"
                    >
                      {words.definitions[name].short}
                    </button>
                  </th>
                ))}
                <th scope="col">{words.hours}</th>
                <th scope="col">{words.jobs}</th>
              </tr>
            </thead>
            <tbody>
              <FigureRow name={whose} figures={value.whole} whole onExplain={explain} />
              {rows.map(row => (
                <FigureRow key={row.id} name={row.name} href={row.href} figures={row.figures} onExplain={explain} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Definition name={meaning?.name} figures={meaning?.figures} whose={meaning?.whose ?? ''} onClose={() => explain(undefined)} />
    </main>
  )
}

type RowProps = {
  name: string
  href?: string
  figures: FiguresRead
  whole?: boolean
  onExplain: (meaning: { name: FigureName; figures: FiguresRead; whose: string }) => void
}

function FigureRow({ name, href, figures, whole = false, onExplain }: RowProps) {
  const words = useFigureWords()
  const { forms } = useSpeech()
  return (
    <tr className={whole ? 'whole' : undefined}>
      <th scope="row">
        {href === undefined ? name : <Link href={href}>{name}</Link>}
        {columns.every(column => bandOf(column, figures[column]) === 'normal') ? (
          <span className="narrow-only all-normal">
            {columns.some(column => figures[column].state === 'known') ? words.bands.normal : words.few}
          </span>
        ) : null}
      </th>
      {columns.map(column => {
        const figure = figures[column]
        return (
          <td key={column} className={bandOf(column, figure)} title={casesText(column, figure, words)}>
            <button
              type="button"
              className="narrow-only figure-name"
              onClick={() => onExplain({ name: column, figures, whose: name })}
              aria-haspopup="dialog"
            >
              {words.definitions[column].short}
            </button>
            <Value name={column} figure={figure} />
          </td>
        )
      })}
      <td>
        <span className="narrow-only figure-label">{words.hours}</span>
        <span>{forms.number(figures.runningHours)}</span>
      </td>
      <td>
        <span className="narrow-only figure-label">{words.jobs}</span>
        <span>{forms.number(figures.jobs)}</span>
      </td>
    </tr>
  )
}

function sortOf(value: string): Sort {
  return value === 'name' ? 'name' : (columns.find(name => name === value) ?? 'worst')
}

function sorted(rows: readonly Row[], sort: Sort, forms: Forms): Row[] {
  const byName = (a: Row, b: Row) => forms.byName(a.name, b.name)
  if (sort === 'name') return rows.toSorted(byName)
  const rank = (row: Row) => (sort === 'worst' ? trouble(row.figures) : badness(sort, row.figures))
  return rows.toSorted((a, b) => {
    const [left, right] = [rank(a), rank(b)]
    return left === right ? byName(a, b) : left > right ? -1 : 1
  })
}
