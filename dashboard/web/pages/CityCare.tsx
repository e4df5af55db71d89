// «Уход и ремонт» of the city: where a round is needed, the open orders of all schools, and who has a spare part.
import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Part, SiteCare, WorkOrder } from '../../../protocols/contract/care.ts'
import { isLow, standingOf } from '../../../protocols/contract/care-due.ts'
import { troubleText } from '../asking.tsx'
import { careHref } from '../care/links.ts'
import { authorName } from '../care/Remarks.tsx'
import { readCityCare } from '../care/server.ts'
import { useCare } from '../care/useCare.ts'
import { useNow } from '../live/use.tsx'
import { Glyph } from '../parts/Glyph.tsx'
import { LinkBanner } from '../parts/LinkBanner.tsx'
import { PageSkeleton } from '../parts/PageSkeleton.tsx'
import { useTitle } from '../parts/title.ts'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { Sums } from './Care.tsx'
import '../styles/care.css'

type School = { id: string; name: string; care: SiteCare }

export function CityCare() {
  const speech = useSpeech()
  const { words } = speech
  const { me } = useReader()
  useTitle(words.care.cityTitle)
  const { value, read } = useCare(readCityCare)
  if (value === undefined) return <PageSkeleton />
  const schools =
    'trouble' in value
      ? []
      : me.sites.flatMap(({ id, name }): School[] => {
          const care = Object.hasOwn(value.sites, id) ? value.sites[id] : undefined
          return care === undefined ? [] : [{ id, name, care }]
        })
  return (
    <main id="content" tabIndex={-1} className="page care">
      <LinkBanner />
      <div className="page-head">
        <h1>{words.care.cityTitle}</h1>
      </div>
      {'trouble' in value ? (
        <div className="panel panel-body stack">
          <p>{value.trouble === 'denied' ? troubleText(value, speech) : words.care.unread}</p>
          <div>
            <Button variant="default" onClick={read}>
              {words.care.again}
            </Button>
          </div>
        </div>
      ) : (
        <div className="care-parts">
          <Rounds schools={schools} />
          <div className="care-side">
            <OpenOrders schools={schools} />
            <Stock schools={schools} />
          </div>
        </div>
      )}
    </main>
  )
}

function dueOf({ care }: School): number {
  return care.plan.filter(row => standingOf(row) === 'due').length
}

/** The schools, those with most to do first. */
function Rounds({ schools }: { schools: readonly School[] }) {
  const { due: said } = useSpeech().words.care
  const sorted = [...schools].sort((a, b) => dueOf(b) - dueOf(a) || a.name.localeCompare(b.name, 'ru', { numeric: true }))
  return (
    <section className="panel" aria-labelledby="care-rounds">
      <div className="panel-head">
        <h2 id="care-rounds">{said.title}</h2>
      </div>
      <ul className="plain care-list">
        {sorted.map(school => (
          <li key={school.id} className={`care-row tone-${dueOf(school) > 0 ? 'attention' : 'quiet'}`}>
            <Glyph shape={dueOf(school) > 0 ? 'attention' : 'free'} size={22} />
            <div className="care-what">
              <p className="care-name">
                <Link href={careHref(school.id)}>{school.name}</Link>
              </p>
              <Sums care={school.care} />
              <Worst care={school.care} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The three most overdue, so that the bag can be packed without opening each school. */
function Worst({ care }: { care: SiteCare }) {
  const { say } = useSpeech()
  const rows = care.plan.filter(row => standingOf(row) === 'due').slice(0, 3)
  return rows.length === 0 ? null : (
    <ul className="plain small quiet">
      {rows.map(({ machine, task }) => (
        <li key={`${machine}/${task.id}`}>
          {care.names[machine] ?? machine}: {say(task.text)}
        </li>
      ))}
    </ul>
  )
}

function OpenOrders({ schools }: { schools: readonly School[] }) {
  const { words, forms, say } = useSpeech()
  const { orders: said } = words.care
  const now = useNow()
  const open = schools
    .flatMap(({ id, name, care }) =>
      care.orders.filter(({ closedAt }) => closedAt === undefined).map(order => ({ order, id, name, machine: care.names[order.machine] })),
    )
    .sort((a, b) => a.order.openedAt - b.order.openedAt)
  const titleOf = ({ title, said: sentence }: WorkOrder) => (sentence === undefined ? title : say(sentence))
  return (
    <section className="panel" aria-labelledby="care-city-orders">
      <div className="panel-head">
        <h2 id="care-city-orders">{said.title}</h2>
        {open.length === 0 ? null : <span className="count">{open.length}</span>}
      </div>
      {open.length === 0 ? <p className="panel-body second">{said.nothing}</p> : null}
      <ul className="plain care-list">
        {open.map(({ order, id, name, machine }) => (
          <li key={order.id} className="care-row tone-service">
            <Glyph shape="service" size={22} />
            <div className="care-what">
              <p className="care-name">
                <Link href={careHref(id)}>{titleOf(order)}</Link>
              </p>
              <p className="small second">
                {name} · {machine ?? words.care.noMachine} · {said.opened(forms.age(order.openedAt, now), authorName(order.by, words))}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** One row a part by its name, and behind it which school has how many. */
function Stock({ schools }: { schools: readonly School[] }) {
  const { words } = useSpeech()
  const { parts: said } = words.care
  const [sought, seek] = useState('')
  const byName = new Map<string, { name: string; at: { school: School; part: Part }[] }>()
  for (const school of schools) {
    for (const part of school.care.parts) {
      const key = part.name.toLowerCase()
      const row = byName.get(key) ?? { name: part.name, at: [] }
      row.at.push({ school, part })
      byName.set(key, row)
    }
  }
  const needle = sought.trim().toLowerCase()
  const rows = [...byName].filter(([key]) => key.includes(needle)).sort(([a], [b]) => a.localeCompare(b, 'ru'))
  return (
    <section className="panel" aria-labelledby="care-stock">
      <div className="panel-head">
        <h2 id="care-stock">{said.title}</h2>
      </div>
      <div className="panel-body">
        <TextInput label={said.find} value={sought} onChange={event => seek(event.currentTarget.value)} />
      </div>
      {rows.length === 0 ? <p className="panel-body second">{byName.size === 0 ? said.nothingHere : said.noneFound}</p> : null}
      <ul className="plain care-list">
        {rows.map(([key, { name, at }]) => (
          <li key={key} className="care-row care-stock tone-quiet">
            <div className="care-what">
              <p className="care-name">{name}</p>
              <ul className="plain small">
                {[...at]
                  .sort((a, b) => b.part.count - a.part.count)
                  .map(({ school, part }) => (
                    <li key={school.id} className={isLow(part) ? 'tone-attention' : 'tone-quiet'}>
                      <Link href={careHref(school.id)}>{school.name}</Link>: {part.count === 0 ? said.none : said.pieces(part.count)}
                      {isLow(part) ? <span className="state-word"> · {said.low}</span> : null}
                    </li>
                  ))}
              </ul>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
