// The maintenance plan of a school's machines: what is due, what is soon, what was just done and may be taken back, and the rest.
import { Button } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Care, CareDue } from '../../../protocols/contract/care.ts'
import { standingOf } from '../../../protocols/contract/care-due.ts'
import { tellDone, useAsking } from '../asking.tsx'
import { useNow } from '../live/use.tsx'
import { Glyph } from '../parts/Glyph.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { DoneDialog, type DoneWith, partOf } from './DoneDialog.tsx'
import { orderHref } from './links.ts'

/** As long as the school takes a deed back (daemon/care-deeds.ts). */
const undoMs = 24 * 3_600_000

type Props = { site: string; care: Care; names: Readonly<Record<string, string>>; onChange(): void }

export function Due({ site, care, names, onChange }: Props) {
  const speech = useSpeech()
  const { due: said } = speech.words.care
  const now = useNow()
  const { offer } = useReader()
  const { ask } = useAsking(site)
  const [busy, setBusy] = useState('')
  const [dialog, open] = useState<CareDue>()
  const keeps = offer('care.done') === 'yes'
  const isRecent = ({ last }: CareDue) => last !== undefined && now - last.at < undoMs
  const of = (standing: ReturnType<typeof standingOf>) => care.plan.filter(row => !isRecent(row) && standingOf(row) === standing)
  const rest = of('fine')
  const empty = of('due').length + of('soon').length + care.plan.filter(isRecent).length === 0

  const done = async (row: CareDue, more: DoneWith = {}) => {
    setBusy(keyOf(row))
    const asked = await ask({ kind: 'care.done', machine: row.machine, task: row.task.id, ...more })
    setBusy('')
    if (asked.outcome !== 'replied' || asked.reply.outcome !== 'done') return
    tellDone(said.noted(speech.say(row.task.text)), speech)
    open(undefined)
    onChange()
  }
  const undo = async (row: CareDue) => {
    setBusy(keyOf(row))
    const asked = await ask({ kind: 'care.undo', machine: row.machine, task: row.task.id })
    setBusy('')
    if (asked.outcome !== 'replied' || asked.reply.outcome !== 'done') return
    tellDone(said.undone, speech)
    onChange()
  }
  const list = (rows: readonly CareDue[]) => (
    <ul className="plain care-list">
      {rows.map(row => (
        <Row
          key={keyOf(row)}
          row={row}
          site={site}
          name={names[row.machine] ?? speech.words.care.noMachine}
          keeps={keeps}
          recent={isRecent(row)}
          busy={busy === keyOf(row)}
          // What uses up a part is asked for it, so that the stock stays true.
          onDone={() => (partOf(row, care.parts) === undefined ? void done(row) : open(row))}
          onDetails={() => open(row)}
          onUndo={() => void undo(row)}
        />
      ))}
    </ul>
  )
  const group = (title: string, rows: readonly CareDue[]) =>
    rows.length === 0 ? null : (
      <>
        <h3 className="care-group">
          {title} <span className="count">{rows.length}</span>
        </h3>
        {list(rows)}
      </>
    )
  return (
    <section className="panel" aria-labelledby="care-due">
      <div className="panel-head">
        <h2 id="care-due">{said.title}</h2>
      </div>
      {empty ? <p className="panel-body second">{said.nothing}</p> : null}
      {group(said.now, of('due'))}
      {group(said.soon, of('soon'))}
      {group(said.recent, care.plan.filter(isRecent))}
      {rest.length === 0 ? null : (
        <details className="care-rest">
          <summary>{said.rest(rest.length)}</summary>
          {list(rest)}
        </details>
      )}
      {dialog === undefined ? null : (
        <DoneDialog
          key={keyOf(dialog)}
          row={dialog}
          name={names[dialog.machine] ?? ''}
          parts={care.parts}
          busy={busy === keyOf(dialog)}
          onClose={() => open(undefined)}
          onDone={more => void done(dialog, more)}
        />
      )}
    </section>
  )
}

type RowProps = {
  row: CareDue
  site: string
  name: string
  keeps: boolean
  recent: boolean
  busy: boolean
  onDone(): void
  onDetails(): void
  onUndo(): void
}

function Row({ row, site, name, keeps, recent, busy, onDone, onDetails, onUndo }: RowProps) {
  const { words, forms, say } = useSpeech()
  const { due: said } = words.care
  const now = useNow()
  const { task, last } = row
  const text = say(task.text)
  const standing = recent ? 'fine' : standingOf(row)
  const used = [
    ...(task.everyHours === undefined ? [] : [said.hours(forms.number(row.hours, row.hours < 10 ? 1 : 0), forms.number(task.everyHours))]),
    ...(task.everyDays === undefined ? [] : [said.days(forms.number(Math.floor(row.days)), forms.number(task.everyDays))]),
  ].join(' · ')
  return (
    <li className={`care-row tone-${standing === 'due' ? 'attention' : 'quiet'}`}>
      <Glyph shape={standing === 'due' ? 'attention' : standing === 'soon' ? 'preparing' : 'free'} size={22} />
      <div className="care-what">
        <p className="care-name">{text}</p>
        <p className="small second">
          <Link href={`/sites/${site}/machines/${row.machine}`}>{name}</Link> · <span className="figures">{used}</span>
        </p>
        <p className="small quiet">
          {last === undefined ? said.never : said.last(forms.age(last.at, now), last.by.name)}
          {last?.note === undefined ? '' : ` — ${last.note}`}
        </p>
        <div className="care-share" role="img" aria-label={said.share(`${Math.round(row.share * 100)} %`)}>
          <span style={{ inlineSize: `${Math.min(100, row.share * 100)}%` }} />
        </div>
      </div>
      <div className="care-deeds row">
        {!keeps ? (
          <Link className="care-link" href={orderHref(site, { machine: row.machine, title: text.slice(0, 120), task: task.id })}>
            {said.order}
          </Link>
        ) : recent ? (
          <Button variant="default" loading={busy} onClick={onUndo} aria-label={said.undoOf(text, name)}>
            {said.undo}
          </Button>
        ) : (
          <>
            <Button variant="default" loading={busy} onClick={onDone} aria-label={said.doneOf(text, name)}>
              {said.done}
            </Button>
            <Button variant="subtle" color="gray" disabled={busy} onClick={onDetails} aria-label={said.detailsOf(text, name)}>
              …
            </Button>
          </>
        )}
      </div>
    </li>
  )
}

function keyOf({ machine, task }: CareDue): string {
  return `${machine}/${task.id}`
}
