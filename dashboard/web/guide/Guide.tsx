// «С чего начать»: a card with the role's first steps, ticked by what is really done. Blocks nothing, and goes when told to.
import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { Condition } from '../../../protocols/contract/condition.ts'
import type { Job } from '../../../protocols/contract/job.ts'
import type { SiteSummary } from '../../../protocols/contract/screen.ts'
import { read, readScreens, send } from '../live/server.ts'
import { readRoster } from '../people/server.ts'
import { useReader } from '../rights.tsx'
import { readStaff } from '../staff/server.ts'
import { useSpeech } from '../words/speech.tsx'
import { useKept } from './kept.ts'
import { type Seen, type StepName, stepsOf } from './steps.ts'
import '../styles/guide.css'

/** `site`: on a school's page. */
type Props = { site?: string; jobs?: readonly Job[]; sites?: readonly SiteSummary[] }

export function Guide({ site, jobs = [], sites }: Props) {
  const { words } = useSpeech()
  const { me } = useReader()
  const { id, role } = me.author
  const [kept, keep] = useKept(id)
  const asked = useAsked(site)
  const steps = stepsOf(role, { me, person: id, jobs, ...(sites && { sites }), ...asked })
  const done = new Set([...kept.done, ...steps.filter(step => step.done).map(({ name }) => name)])
  const fresh = steps.filter(step => step.done && !kept.done.includes(step.name)).map(({ name }) => name)
  const news = fresh.join(' ')
  useEffect(() => {
    // A job leaves the screen in the end; a step once done stays done.
    if (news !== '') keep({ done: [...kept.done, ...news.split(' ')] })
  }, [news, kept.done, keep])
  const count = steps.filter(({ name }) => done.has(name)).length
  const { guide } = words
  const first = steps.find(({ name }) => !done.has(name))?.name
  return (
    <section className="panel guide" aria-labelledby="guide">
      <div className="guide-head">
        <h2 id="guide">{guide.title}</h2>
        <span className="count">{guide.of(count, steps.length)}</span>
        <Button variant="subtle" color="gray" onClick={() => keep({ hidden: true })}>
          {guide.hide}
        </Button>
      </div>
      <ol className="plain guide-steps">
        {steps.map(({ name }) => (
          <StepRow key={name} name={name} done={done.has(name)} first={name === first} href={placeOf(name, site)} />
        ))}
      </ol>
      <p className="small quiet">{guide.about}</p>
    </section>
  )
}

function StepRow({ name, done, first, href }: { name: StepName; done: boolean; first: boolean; href: string | undefined }) {
  const { words } = useSpeech()
  const [title, how] = words.guide.steps[name]
  return (
    <li className={done ? 'guide-step done' : 'guide-step'} aria-current={first ? 'step' : undefined}>
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="2">
        <circle cx="10" cy="10" r="8" />
        {done ? <path d="m6 10.3 2.8 2.8 5.2-5.8" /> : null}
      </svg>
      <div>
        <p>
          {title}
          <span className="sr-only">{`: ${done ? words.guide.done : words.guide.todo}`}</span>
        </p>
        {done ? null : <p className="small second">{how}</p>}
      </div>
      {first && href !== undefined ? (
        <Button component={Link} variant="default" href={href} aria-label={`${words.guide.open}: ${title}`}>
          {words.guide.open}
        </Button>
      ) : null}
    </li>
  )
}

function placeOf(step: StepName, site: string | undefined): string | undefined {
  if (step === 'group') return site === undefined ? undefined : `/sites/${site}/people`
  if (step === 'take' || step === 'screen') return '/health'
  return step === 'staff' ? '/staff' : undefined
}

/** What the page itself does not show: asked once, when the card is seen. No answer is no tick. */
function useAsked(site: string | undefined): Pick<Seen, 'roster' | 'screens' | 'staff' | 'taken'> {
  const { me } = useReader()
  const { role } = me.author
  const { keepsStaff } = me
  const [asked, setAsked] = useState<Pick<Seen, 'roster' | 'screens' | 'staff' | 'taken'>>({})
  useEffect(() => {
    let here = true
    const add = (part: typeof asked) => {
      if (here) setAsked(before => ({ ...before, ...part }))
    }
    const ask = async () => {
      if (role === 'teacher' && site !== undefined) {
        const roster = await readRoster(site)
        if (!('trouble' in roster) && Array.isArray(roster.groups)) add({ roster })
      }
      if (role !== 'technician' && role !== 'administrator') return
      const screens = await readScreens()
      if ('screens' in screens) add({ screens: screens.screens.length })
      if (role === 'technician') {
        const conditions = read<{ conditions: Condition[] }>(await send('/api/v1/conditions'))
        if ('conditions' in conditions) add({ taken: conditions.conditions.filter(({ standing }) => 'by' in standing).length })
      }
      if (keepsStaff === true) {
        const staff = await readStaff()
        if ('staff' in staff) add({ staff: staff.staff.length })
      }
    }
    void ask()
    return () => {
      here = false
    }
  }, [role, site, keepsStaff])
  return asked
}
