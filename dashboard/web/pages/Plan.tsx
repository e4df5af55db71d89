// «План и занятия» of one school: the machines' plan, the lessons they are kept for, the limits of classes and pupils.
import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { Roster } from '../../../protocols/contract/screen.ts'
import { useConnection, useNow, useView } from '../live/use.tsx'
import { isSure } from '../looks.ts'
import { LinkBanner } from '../parts/LinkBanner.tsx'
import { PageSkeleton } from '../parts/PageSkeleton.tsx'
import { useTitle } from '../parts/title.ts'
import { readRoster } from '../people/server.ts'
import { Gantt } from '../teach/Gantt.tsx'
import { Lessons } from '../teach/Lessons.tsx'
import { usePlanWords } from '../teach/plan-words.ts'
import { Quotas } from '../teach/Quotas.tsx'
import { useSpeech } from '../words/speech.tsx'
import { Missing } from './Missing.tsx'
import '../styles/plan.css'

export function Plan({ site }: { site: string }) {
  const { say } = useSpeech()
  const { plan } = usePlanWords()
  const connection = useConnection()
  const now = useNow()
  useTitle(plan.title)
  const roster = useRoster(site)
  const sight = useView({ kind: 'site', site })
  if (sight.state === 'refused') return <Missing text={say(sight.denial.text)} />
  if (sight.state === 'loading' || sight.snapshot.kind !== 'site') return <PageSkeleton />
  const { picture } = sight.snapshot
  return (
    <main id="content" tabIndex={-1} className={connection.state === 'lost' ? 'page stale' : 'page'}>
      <LinkBanner />
      <div className="page-head">
        <div className="grow">
          <p className="no-print">
            <Link href={`/sites/${site}`}>{`← ${plan.back}: ${picture.name}`}</Link>
          </p>
          <h1>{plan.title}</h1>
        </div>
      </div>
      <div className="plan-parts live">
        <Gantt picture={picture} sure={isSure(picture.link, now)} />
        <Lessons picture={picture} roster={roster} />
        <Quotas site={site} roster={roster} />
      </div>
    </main>
  )
}

/** Undefined until it is there, and where the school does not tell. */
export function useRoster(site: string): Roster | undefined {
  const [roster, setRoster] = useState<Roster>()
  useEffect(() => {
    let gone = false
    void readRoster(site).then(read => {
      if (!gone && !('trouble' in read)) setRoster(read)
    })
    return () => {
      gone = true
    }
  }, [site])
  return roster
}
