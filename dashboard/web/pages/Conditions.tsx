// What wants a technician, one row a cause and school: what it is, where, what helps, what happened, and what to do about it.
import { Skeleton } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Condition } from '../../../protocols/contract/condition.ts'
import { Detail } from '../health/Detail.tsx'
import { Screens } from '../health/Screens.tsx'
import { useConnection, useNow, useView } from '../live/use.tsx'
import type { Look } from '../looks.ts'
import { Glyph } from '../parts/Glyph.tsx'
import { LinkBanner } from '../parts/LinkBanner.tsx'
import { useTitle } from '../parts/title.ts'
import { type Speech, useSpeech } from '../words/speech.tsx'
import { Missing } from './Missing.tsx'
import '../styles/health.css'

export function Conditions() {
  const { words, say } = useSpeech()
  const sight = useView({ kind: 'conditions' })
  const connection = useConnection()
  const [opened, open] = useState<string>()
  const conditions =
    sight.state === 'seen' && sight.snapshot.kind === 'conditions' ? Object.values(sight.snapshot.conditions).sort(byNeed) : undefined
  useTitle(words.health.title, conditions?.filter(isOpen).length ?? 0)
  if (sight.state === 'refused') return <Missing text={say(sight.denial.text)} />
  const group = (title: string, members: Condition[]) =>
    members.length === 0 ? null : (
      <section className="panel live" aria-label={title}>
        <div className="panel-head">
          <h2>{title}</h2>
          <span className="count">{members.length}</span>
        </div>
        <ul className="plain conditions">
          {members.map(condition => (
            <Row
              key={condition.id}
              condition={condition}
              opened={opened === condition.id}
              onToggle={() => open(opened === condition.id ? undefined : condition.id)}
            />
          ))}
        </ul>
      </section>
    )
  return (
    <main id="content" tabIndex={-1} className={connection.state === 'lost' ? 'page stale' : 'page'}>
      <LinkBanner />
      <div className="page-head">
        <h1>{words.health.title}</h1>
        {conditions === undefined ? null : <Counts conditions={conditions} />}
        <Link className="page-link" href="/figures">
          {words.health.figures}
        </Link>
      </div>
      {conditions === undefined ? (
        <div className="stack" aria-busy="true">
          <Skeleton height={64} radius={12} />
          <Skeleton height={64} radius={12} />
          <Skeleton height={64} radius={12} />
        </div>
      ) : conditions.length === 0 ? (
        <div className="panel panel-body calm tone-quiet">
          <Glyph shape="free" size={28} />
          <div>
            <p className="calm-word">{words.health.calm}</p>
            <p className="second">{words.health.calmText}</p>
          </div>
        </div>
      ) : (
        <div className="stack">
          {group(words.health.groups.open, conditions.filter(isOpen))}
          {group(
            words.health.groups.seen,
            conditions.filter(({ standing }) => standing.state === 'acknowledged'),
          )}
          {group(
            words.health.groups.shelved,
            conditions.filter(({ standing }) => standing.state === 'shelved'),
          )}
        </div>
      )}
      {conditions === undefined ? null : <Screens />}
    </main>
  )
}

function isOpen({ standing }: Condition): boolean {
  return standing.state === 'active' || standing.state === 'cleared'
}

function Counts({ conditions }: { conditions: Condition[] }) {
  const { words } = useSpeech()
  const { counts, calm } = words.health
  const open = conditions.filter(isOpen)
  const of = (priority: Condition['priority']) => open.filter(one => one.priority === priority).length
  const parts: [number, (n: number) => string][] = [
    [of('urgent'), counts.urgent],
    [of('soon'), counts.soon],
    [of('plan'), counts.plan],
    [conditions.filter(({ standing }) => standing.state === 'acknowledged').length, counts.seen],
    [conditions.filter(({ standing }) => standing.state === 'shelved').length, counts.shelved],
  ]
  const said = parts.filter(([n]) => n > 0).map(([n, word]) => word(n))
  return <p className="second grow figures">{said.length === 0 ? calm : said.join(' · ')}</p>
}

function Row({ condition, opened, onToggle }: { condition: Condition; opened: boolean; onToggle: () => void }) {
  const { words, forms, say } = useSpeech()
  const now = useNow()
  const { cause, id, machines, priority, siteName, since } = condition
  const look = lookOfCondition(condition, words)
  const names = machines.filter(({ cleared }) => cleared === undefined)
  const [only, second] = names
  const where =
    machines.length === 0
      ? condition.cause === 'all-silent'
        ? words.health.allSchools
        : words.health.wholeSite
      : only !== undefined && second === undefined
        ? only.name
        : words.health.machines(names.length || machines.length)
  const figure = machines.length === 1 ? machines[0]?.figure : undefined
  return (
    <li className={`condition tone-${look.tone}${opened ? ' opened' : ''}`}>
      <button type="button" className="condition-head" aria-expanded={opened} aria-controls={`detail-${id}`} onClick={onToggle}>
        <Glyph shape={look.shape} size={24} />
        <span className="condition-what">
          <span className="condition-title">{say(condition.text)}</span>
          <span className="second small">
            {cause === 'all-silent' ? words.nav.city : siteName} · {where}
            {figure === undefined ? '' : ` · ${say(figure)}`}
          </span>
        </span>
        <span className="condition-when">
          <span className={look.tone === 'quiet' ? 'quiet' : 'state-word'}>{words.health.priority[priority]}</span>
          <span className="second small figures">{words.health.since(forms.age(since, now))}</span>
        </span>
        <span className="condition-standing small second">{standingText(condition, now, { words, forms })}</span>
      </button>
      {opened ? <Detail condition={condition} /> : null}
    </li>
  )
}

function standingText({ standing }: Condition, now: number, { words, forms }: Pick<Speech, 'words' | 'forms'>): string {
  const said = words.health.standing
  switch (standing.state) {
    case 'active':
      return said.active
    case 'cleared':
      return said.cleared(forms.age(standing.at, now))
    case 'acknowledged':
      return `${said.acknowledged(standing.by, forms.age(standing.at, now))} — ${standing.reason}`
    case 'shelved':
      return `${said.shelved(standing.by, forms.clock(standing.until, now))} — ${standing.reason}`
  }
}

/** Colour only for what nobody has taken up yet; a shape and a word beside it always. */
function lookOfCondition({ priority, standing, cause }: Condition, words: Speech['words']): Look {
  const label = words.health.priority[priority]
  if (standing.state === 'acknowledged') return { tone: 'quiet', shape: 'service', label }
  if (standing.state === 'shelved') return { tone: 'quiet', shape: 'paused', label }
  if (standing.state === 'cleared') return { tone: 'quiet', shape: 'part', label }
  if (cause === 'site-silent' || cause === 'all-silent') return { tone: 'fault', shape: 'unknown', label }
  if (priority === 'urgent') return { tone: 'fault', shape: 'fault', label }
  return priority === 'soon'
    ? { tone: 'attention', shape: 'attention', label }
    : { tone: 'quiet', shape: cause === 'offline' ? 'unknown' : 'preparing', label }
}

const priorities: readonly Condition['priority'][] = ['urgent', 'soon', 'plan']

/** As the server sorts them; a row keeps its place while its figures change. */
function byNeed(a: Condition, b: Condition): number {
  return priorities.indexOf(a.priority) - priorities.indexOf(b.priority) || a.since - b.since || (a.id < b.id ? -1 : 1)
}
