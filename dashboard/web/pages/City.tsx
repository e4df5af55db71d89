// The city's wall: one row a school, in the same place every day; colour only where a person is wanted.
import { Skeleton } from '@mantine/core'
import { Link } from 'wouter'
import { peoplesFaults } from '../../../protocols/contract/floor.ts'
import type { MachineKind } from '../../../protocols/contract/machine.ts'
import type { KindSummary, SiteSummary } from '../../../protocols/contract/screen.ts'
import { GuidePlace } from '../guide/GuidePlace.tsx'
import { useConnection, useNow, useView } from '../live/use.tsx'
import { isSure, lookOfKind, worstFirst } from '../looks.ts'
import { Glyph } from '../parts/Glyph.tsx'
import { LinkBanner } from '../parts/LinkBanner.tsx'
import { useTitle } from '../parts/title.ts'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { Missing } from './Missing.tsx'

const wantsShown = 2
const kinds: readonly MachineKind[] = ['printer', 'laser', 'mill']

export function City() {
  const { words, say, forms } = useSpeech()
  const sight = useView({ kind: 'city' })
  const connection = useConnection()
  const now = useNow()
  const { me } = useReader()
  useTitle(words.city.title)
  if (sight.state === 'refused') return <Missing text={say(sight.denial.text)} />
  const sites =
    sight.state === 'seen' && sight.snapshot.kind === 'city'
      ? Object.values(sight.snapshot.sites).sort((a, b) => forms.byName(a.name, b.name))
      : undefined
  return (
    <main id="content" tabIndex={-1} className={connection.state === 'lost' ? 'page stale' : 'page'}>
      <LinkBanner />
      <div className="page-head">
        <h1>{words.city.title}</h1>
        {sites === undefined ? null : <Totals sites={sites} now={now} />}
        {me.author.role === 'pupil' ? null : (
          <Link className="page-link" href="/figures">
            {words.health.figures}
          </Link>
        )}
      </div>
      {sites === undefined || sites.length === 0 ? null : <GuidePlace sites={sites} />}
      {sites === undefined ? (
        <div className="stack" aria-busy="true">
          {Array.from({ length: 8 }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: eight grey bars have no other name
            <Skeleton key={index} height={52} radius={8} />
          ))}
        </div>
      ) : sites.length === 0 ? (
        <p className="panel panel-body second">{words.city.empty}</p>
      ) : (
        <div className="panel live">
          <table className="wall">
            <thead>
              <tr>
                <th scope="col">{words.city.site}</th>
                {kinds.map(kind => (
                  <th key={kind} scope="col">
                    {words.health.classes[kind]}
                  </th>
                ))}
                <th scope="col">{words.city.wants}</th>
                <th scope="col" className="number">
                  {words.city.queue}
                </th>
                <th scope="col">{words.city.link}</th>
              </tr>
            </thead>
            <tbody>
              {sites.map(site => (
                <SiteRow key={site.site} site={site} now={now} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  )
}

function Totals({ sites, now }: { sites: SiteSummary[]; now: number }) {
  const { words } = useSpeech()
  const machines = sites.reduce((sum, site) => sum + Object.values(site.counts).reduce((a, b) => a + b, 0), 0)
  const silent = sites.filter(site => !isSure(site.link, now)).length
  const wanting = sites.filter(site => isSure(site.link, now)).reduce((sum, site) => sum + wanted(site).length, 0)
  return (
    <p className="second grow">
      {words.city.totals(sites.length, machines)}
      {silent === 0 ? null : ` · ${words.city.silent(silent)}`}
      {wanting === 0 ? null : ` · ${words.city.wanting(wanting)}`}
    </p>
  )
}

function SiteRow({ site, now }: { site: SiteSummary; now: number }) {
  const { words, forms, say } = useSpeech()
  const sure = isSure(site.link, now)
  const wants = wanted(site)
  const shown = wants.slice(0, wantsShown)
  return (
    <tr className={sure ? undefined : 'away'}>
      <th scope="row">
        <Link href={`/sites/${site.site}`}>{site.name}</Link>
      </th>
      {kinds.map(kind => (
        <OfKind key={kind} kind={kind} summary={site.kinds?.[kind]} sure={sure} />
      ))}
      <td className="wants">
        {shown.length === 0 ? (
          <span className="quiet wide-only">{sure ? words.city.none : '—'}</span>
        ) : (
          <ul className="plain">
            {shown.map(want => (
              <li key={want.machine} className="want-line">
                {want.name}
                <span className="second small">
                  {sure && !byPeople(want) ? ` · ${forms.age(want.since, now)}` : ''}
                  {' · '}
                  {want.fault === undefined ? words.state[want.state].toLowerCase() : say(want.fault.text)}
                </span>
              </li>
            ))}
            {wants.length > shown.length ? <li className="quiet small">{words.city.more(wants.length - shown.length)}</li> : null}
          </ul>
        )}
      </td>
      <Count label={words.city.queue} value={site.queued} />
      <td className="link">
        <span className={sure ? 'quiet' : undefined}>
          {site.link.link === 'unknown'
            ? words.link.never
            : sure
              ? words.link.online
              : words.link.noData(forms.age(site.link.heardAt, now))}
        </span>
      </td>
    </tr>
  )
}

function Count({ label, value }: { label: string; value: number }) {
  return (
    <td className={value === 0 ? 'number quiet' : 'number'}>
      <span className="narrow-only quiet small">{label} </span>
      {value}
    </td>
  )
}

/** A machine that is merely switched off wants nobody; it has its own column. */
function wanted(site: SiteSummary): SiteSummary['wants'] {
  return site.wants.filter(want => want.state !== 'offline')
}

/** Called by people: how long the machine has been as it is says nothing of how long they wait. */
function byPeople({ fault }: SiteSummary['wants'][number]): boolean {
  return fault !== undefined && peoplesFaults.includes(fault.code)
}

/** The machines of one class: the worst state and on how many, beside how many there are and how many work. */
function OfKind({ kind, summary, sure }: { kind: MachineKind; summary: KindSummary | undefined; sure: boolean }) {
  const { words } = useSpeech()
  const counts = summary?.counts ?? {}
  const of = (...states: (keyof SiteSummary['counts'])[]) => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0)
  const total = of(...worstFirst) + (summary?.inService ?? 0)
  if (total === 0) {
    return (
      <td className="class none">
        <span className="quiet">—</span>
      </td>
    )
  }
  // A pause by a person is nobody's trouble; one by the firmware stands among those who wait.
  const worst = sure ? worstFirst.find(state => abnormal.includes(state) && of(state) > 0) : undefined
  const look = worst === undefined ? undefined : lookOfKind(worst, words)
  const working = of('running', 'preparing', 'paused', 'foreign')
  const away = of('offline')
  const said = [
    words.health.classWorking(working, total),
    ...(sure && away > 0 ? [words.health.classAway(away)] : []),
    ...(summary !== undefined && summary.inService > 0 ? [words.health.classService(summary.inService)] : []),
  ]
  return (
    <td className={`class tone-${look?.tone ?? 'quiet'}`}>
      <span className="narrow-only small second">{words.health.classes[kind]}: </span>
      {sure ? (
        look === undefined || worst === undefined ? null : (
          <span className="state-line">
            <Glyph shape={look.shape} size={18} />
            <span className="state-word">
              {look.label} <span className="figures">{of(worst)}</span>
            </span>
          </span>
        )
      ) : (
        <span className="state-line tone-unknown">
          <Glyph shape="unknown" size={18} />
          <span className="quiet">{words.state.noData}</span>
        </span>
      )}
      <span className={`small ${look === undefined ? 'second' : 'quiet'} class-said`}>
        {sure ? said.join(' · ') : words.state.was(said.join(' · '))}
      </span>
    </td>
  )
}

/** What colours a cell. A machine that is off wants nobody. */
const abnormal: readonly (keyof SiteSummary['counts'])[] = ['down', 'attention', 'uncleared']
