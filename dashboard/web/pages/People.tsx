// «Люди и допуски» of one school: permits, groups, pupils.
import { Button } from '@mantine/core'
import { useCallback, useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { Roster } from '../../../protocols/contract/screen.ts'
import { troubleText } from '../asking.tsx'
import type { Trouble } from '../live/server.ts'
import { useView } from '../live/use.tsx'
import { LinkBanner } from '../parts/LinkBanner.tsx'
import { PageSkeleton } from '../parts/PageSkeleton.tsx'
import { useTitle } from '../parts/title.ts'
import { Groups, PupilList } from '../people/Groups.tsx'
import { Permits } from '../people/Permits.tsx'
import { readRoster } from '../people/server.ts'
import { useSpeech } from '../words/speech.tsx'
import { Missing } from './Missing.tsx'
import '../styles/people.css'

export function People({ site }: { site: string }) {
  const speech = useSpeech()
  const { words, say } = speech
  useTitle(words.people.title)
  const [roster, setRoster] = useState<Roster | Trouble>()
  const read = useCallback(async () => setRoster(await readRoster(site)), [site])
  useEffect(() => {
    void read()
  }, [read])
  const sight = useView({ kind: 'site', site })
  if (sight.state === 'refused') return <Missing text={say(sight.denial.text)} />
  if (sight.state === 'loading' || sight.snapshot.kind !== 'site' || roster === undefined) return <PageSkeleton />
  const { picture } = sight.snapshot
  const machines = Object.values(picture.machines).map(({ declaration }) => declaration)
  return (
    <main id="content" tabIndex={-1} className="page people">
      <LinkBanner />
      <div className="page-head">
        <div className="grow">
          <p>
            <Link href={`/sites/${site}`}>{`← ${words.people.back}: ${picture.name}`}</Link>
          </p>
          <h1>{words.people.title}</h1>
        </div>
        <Button component="a" variant="default" href={`/m/${site}/stickers`}>
          {words.floor.stickers}
        </Button>
      </div>
      {'trouble' in roster ? (
        <div className="panel panel-body stack">
          <p>{roster.trouble === 'denied' ? troubleText(roster, speech) : words.people.unread}</p>
          <div>
            <Button variant="default" onClick={read}>
              {words.people.again}
            </Button>
          </div>
        </div>
      ) : (
        <div className="people-parts">
          <Permits site={site} roster={roster} machines={machines} onChange={read} />
          <div className="people-side">
            <Groups site={site} roster={roster} onChange={read} />
            <PupilList site={site} roster={roster} onChange={read} />
          </div>
        </div>
      )}
    </main>
  )
}
