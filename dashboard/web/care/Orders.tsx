// Work orders of a school: open ones first; behind each its notes and photos, and what to do about it.
import { Button } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import type { Part, WorkOrder } from '../../../protocols/contract/care.ts'
import { useNow } from '../live/use.tsx'
import { Glyph } from '../parts/Glyph.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { NoteForm } from './NoteForm.tsx'
import { authorName, BackToWork, Remarks } from './Remarks.tsx'

type Props = {
  site: string
  orders: readonly WorkOrder[]
  parts: readonly Part[]
  names: Readonly<Record<string, string>>
  /** Machines that stand in service now. */
  inService: ReadonlySet<string>
  /** The order a link led to. */
  asked: string | undefined
  onNew(): void
  onChange(): void
}

export function Orders({ site, orders, parts, names, inService, asked, onNew, onChange }: Props) {
  const { words } = useSpeech()
  const { orders: said } = words.care
  const { offer } = useReader()
  const [opened, open] = useState(asked)
  /** The machine whose order was just closed: it may go back to work. */
  const [mended, mend] = useState<string>()
  const isOpen = ({ closedAt }: WorkOrder) => closedAt === undefined
  const closed = orders.filter(order => !isOpen(order))
  const list = (members: readonly WorkOrder[]) => (
    <ul className="plain care-list">
      {members.map(order => (
        <Order
          key={order.id}
          order={order}
          site={site}
          parts={parts}
          name={names[order.machine] ?? words.care.noMachine}
          inService={inService.has(order.machine)}
          opened={opened === order.id}
          asked={asked === order.id}
          onToggle={() => open(opened === order.id ? undefined : order.id)}
          onChange={onChange}
          onClosed={() => mend(order.machine)}
        />
      ))}
    </ul>
  )
  const waiting = orders.filter(isOpen)
  return (
    <section className="panel" aria-labelledby="care-orders">
      <div className="panel-head">
        <h2 id="care-orders">{said.title}</h2>
        {waiting.length === 0 ? null : <span className="count">{waiting.length}</span>}
      </div>
      {mended !== undefined && inService.has(mended) ? (
        <div className="panel-body">
          <BackToWork site={site} machine={mended} name={names[mended] ?? ''} />
        </div>
      ) : null}
      {waiting.length === 0 ? <p className="panel-body second">{said.nothing}</p> : list(waiting)}
      {offer('order.open') === 'yes' ? (
        <div className="panel-body">
          <Button onClick={onNew}>{said.add}</Button>
        </div>
      ) : null}
      {closed.length === 0 ? null : (
        <details className="care-rest">
          <summary>{said.closed(closed.length)}</summary>
          {list(closed)}
        </details>
      )}
    </section>
  )
}

type OrderProps = {
  order: WorkOrder
  site: string
  parts: readonly Part[]
  name: string
  inService: boolean
  opened: boolean
  asked: boolean
  onToggle(): void
  onChange(): void
  onClosed(): void
}

function Order({ order, site, parts, name, inService, opened, asked, onToggle, onChange, onClosed }: OrderProps) {
  const { words, forms, say } = useSpeech()
  const { orders: said } = words.care
  const now = useNow()
  const { id, closedAt, closedBy, openedAt, by, said: sentence } = order
  const head = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    // Among dozens it would be open far below, and the keyboard at the top.
    if (asked) head.current?.focus()
  }, [asked])
  const title = sentence === undefined ? order.title : say(sentence)
  return (
    <li className={`care-order tone-${closedAt === undefined ? 'service' : 'quiet'}${opened ? ' opened' : ''}`}>
      <button ref={head} type="button" className="care-order-head" aria-expanded={opened} aria-controls={`order-${id}`} onClick={onToggle}>
        <Glyph shape={closedAt === undefined ? 'service' : 'free'} size={22} />
        <span className="care-what">
          <span className="care-name">{title}</span>
          <span className="small second">
            {name} · {said.opened(forms.age(openedAt, now), authorName(by, words))}
            {closedAt === undefined ? '' : ` · ${said.closedBy(forms.age(closedAt, now), closedBy?.name ?? '')}`}
          </span>
        </span>
      </button>
      {opened ? (
        <div className="care-order-body" id={`order-${id}`}>
          <p className="small">
            <Link href={`/sites/${site}/machines/${order.machine}`}>{name}</Link>
            {order.task === undefined ? '' : ` · ${said.fromTask}`}
            {order.condition === undefined ? '' : ` · ${said.fromCondition}`}
          </p>
          <Remarks order={order} site={site} parts={parts} />
          {closedAt === undefined ? <NoteForm order={order} site={site} parts={parts} onChange={onChange} onClosed={onClosed} /> : null}
          {closedAt !== undefined && inService ? <BackToWork site={site} machine={order.machine} name={name} /> : null}
        </div>
      ) : null}
    </li>
  )
}
