// One machine: how it is, what it does, and what may be done with it.
import { Tabs } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { seenState } from '../../fleet/picture.ts'
import { CallButtons, Calls } from '../floor/Calls.tsx'
import { useConnection, useNow, useView } from '../live/use.tsx'
import { isSure, lookOf, wantsPerson } from '../looks.ts'
import { Overrides } from '../machine/Overrides.tsx'
import { Position } from '../machine/Position.tsx'
import { Queued } from '../machine/Queued.tsx'
import type { Seen } from '../machine/seen.ts'
import { Technical } from '../machine/Technical.tsx'
import { Tune } from '../machine/Tune.tsx'
import { WorkPanel } from '../machine/WorkPanel.tsx'
import { Announcer } from '../parts/Announcer.tsx'
import { Glyph } from '../parts/Glyph.tsx'
import { LinkBanner } from '../parts/LinkBanner.tsx'
import { PageSkeleton } from '../parts/PageSkeleton.tsx'
import { useTitle } from '../parts/title.ts'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { Missing } from './Missing.tsx'
import '../styles/machine.css'

const Trends = lazy(async () => ({ default: (await import('../health/Trends.tsx')).Trends }))
const HeatPlot = lazy(async () => ({ default: (await import('../machine/HeatPlot.tsx')).HeatPlot }))
const Camera = lazy(async () => ({ default: (await import('../machine/Camera.tsx')).Camera }))

export function Machine({ site, machine }: { site: string; machine: string }) {
  const { words, say } = useSpeech()
  const sight = useView({ kind: 'machine', site, machine })
  if (sight.state === 'refused') return <Missing text={say(sight.denial.text) || words.machine.unknown} />
  if (sight.state === 'loading' || sight.snapshot.kind !== 'machine') return <PageSkeleton />
  return <SeenMachine seen={sight.snapshot} />
}

function SeenMachine({ seen }: { seen: Seen }) {
  const { words } = useSpeech()
  const { offer } = useReader()
  const connection = useConnection()
  const now = useNow()
  useTitle(seen.machine.declaration.name, wantsPerson(seen.machine) ? 1 : 0)
  const [tab, setTab] = useState<string | null>('work')
  const { machine, link, site } = seen
  const { declaration } = machine
  const sure = isSure(link, now)
  const about = { machineKind: declaration.kind }
  const tunes = offer('machine.jog', about) !== 'no'
  // A laser has no heaters, and says nothing of them rather than that it said nothing.
  const heats = declaration.kind === 'printer' || seen.history.length > 0
  const technical = offer('machine.service', about) === 'yes'
  return (
    <main id="content" tabIndex={-1} className={connection.state === 'lost' ? 'page stale' : 'page'}>
      <LinkBanner />
      <div className="page-head" style={{ marginBottom: 12 }}>
        <div className="grow">
          <h1>{declaration.name}</h1>
          <p className="second">
            {words.kind[declaration.kind]}
            {declaration.modelName === declaration.name ? '' : ` · ${declaration.modelName}`}
          </p>
        </div>
        <CallButtons site={site} machine={machine} />
      </div>
      <div className="live stack">
        <BigState seen={seen} />
        <Calls site={site} machine={machine} />
        <Tabs value={tab} onChange={setTab} keepMounted={false}>
          {tunes || technical ? (
            <Tabs.List mb="md">
              <Tabs.Tab value="work">{words.machine.tabs.work}</Tabs.Tab>
              {tunes ? <Tabs.Tab value="tune">{words.machine.tabs.tune}</Tabs.Tab> : null}
              {technical ? <Tabs.Tab value="trends">{words.health.trends}</Tabs.Tab> : null}
              {technical ? <Tabs.Tab value="technical">{words.machine.tabs.technical}</Tabs.Tab> : null}
            </Tabs.List>
          ) : null}
          <Tabs.Panel value="work">
            <div className="machine-columns">
              <div className="machine-column">
                <WorkPanel seen={seen} sure={sure} />
                <Queued seen={seen} />
              </div>
              <div className="machine-column">
                {declaration.camera && offer('machine.look', about) === 'yes' ? (
                  <Suspense fallback={null}>
                    <Camera seen={seen} />
                  </Suspense>
                ) : null}
                {heats ? (
                  <section className="panel" aria-labelledby="heat">
                    <div className="panel-head">
                      <h2 id="heat">{words.machine.heat}</h2>
                    </div>
                    <div className="panel-body">
                      <Suspense fallback={<div style={{ height: 240 }} />}>
                        <HeatPlot history={seen.history} heaters={sure ? seen.telemetry?.heaters : undefined} />
                      </Suspense>
                    </div>
                  </section>
                ) : null}
                {/* Of a silent school nothing is shown as if it were now. */}
                {sure ? <Overrides seen={seen} /> : null}
                {sure ? <Position seen={seen} /> : null}
              </div>
            </div>
          </Tabs.Panel>
          <Tabs.Panel value="tune">
            <Tune seen={seen} sure={sure} />
          </Tabs.Panel>
          <Tabs.Panel value="trends">
            <section className="panel panel-body" aria-label={words.health.trends}>
              <Suspense fallback={<div style={{ height: 240 }} />}>
                <Trends site={site} machine={declaration.id} />
              </Suspense>
            </section>
          </Tabs.Panel>
          <Tabs.Panel value="technical">
            <Technical seen={seen} site={site} />
          </Tabs.Panel>
        </Tabs>
      </div>
      <Announcer machines={{ [declaration.id]: machine }} sure={sure} />
    </main>
  )
}

/** Readable from across the workshop. */
function BigState({ seen }: { seen: Seen }) {
  const { words, forms, say } = useSpeech()
  const { me } = useReader()
  const now = useNow()
  const { machine, link } = seen
  const look = lookOf(machine, link, now, words, forms, say)
  const sure = isSure(link, now)
  const { state } = machine
  // Since when people wait is not known here: the machine's own state is older than their call.
  const aged = sure && seenState(machine) === state.state
  const fault = 'fault' in state ? state.fault : undefined
  const technical = me.author.role === 'technician' || me.author.role === 'administrator'
  return (
    <section className={`big-state tone-${look.tone}`} aria-label={words.city.worst}>
      <Glyph shape={look.shape} size={44} />
      <div>
        <p className="big-word">{look.label}</p>
        {look.detail === undefined ? null : <p>{look.detail}</p>}
        {sure && fault?.help !== undefined ? <p className="second">{`${words.machine.help}: ${say(fault.help)}`}</p> : null}
        {sure && technical && fault?.detail !== undefined ? (
          <p className="small quiet">
            {words.job.raw}: <code>{fault.detail}</code>
          </p>
        ) : null}
        <p className="small quiet figures">{aged ? words.machine.since(forms.age(state.since, now)) : ''}</p>
        {machine.readOnly ? <p className="small second">{words.detail.readOnly}</p> : null}
      </div>
    </section>
  )
}
