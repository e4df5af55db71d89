// One school: what waits for me, its machines, its queue, what it finished; a file dropped anywhere becomes a job.
import { Button } from '@mantine/core'
import { lazy, memo, Suspense, useCallback, useRef, useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { seenState } from '../../fleet/picture.ts'
import { GuidePlace } from '../guide/GuidePlace.tsx'
import { useConnection, useNow, useView } from '../live/use.tsx'
import { isSure, wantsPerson } from '../looks.ts'
import { PaperSchool } from '../paper/PaperSchool.tsx'
import { usePrinting } from '../paper/printing.ts'
import { Announcer } from '../parts/Announcer.tsx'
import { Icon } from '../parts/Icon.tsx'
import { LinkBanner } from '../parts/LinkBanner.tsx'
import { PageSkeleton } from '../parts/PageSkeleton.tsx'
import { useTitle } from '../parts/title.ts'
import { useReader } from '../rights.tsx'
import { Finished } from '../school/Finished.tsx'
import { MachineCard } from '../school/MachineCard.tsx'
import { Queue } from '../school/Queue.tsx'
import { Waiting } from '../school/Waiting.tsx'
import { queueOf, waitsOf } from '../school/waits.ts'
import { useFileDrop, useFilePicker } from '../submit/files.ts'
import { useSpeech } from '../words/speech.tsx'
import { Missing } from './Missing.tsx'

const Submit = lazy(async () => ({ default: (await import('../submit/Submit.tsx')).Submit }))
const JobDetails = lazy(async () => ({ default: (await import('../school/JobDetails.tsx')).JobDetails }))

// Lists that show no figures are drawn when something in them changes, not with every frame of figures.
const StillWaiting = memo(Waiting)
const StillQueue = memo(Queue)
const StillFinished = memo(Finished)

export function School({ site }: { site: string }) {
  const { words, say } = useSpeech()
  const sight = useView({ kind: 'site', site })
  if (sight.state === 'refused') return <Missing text={say(sight.denial.text) || words.school.unknown} />
  if (sight.state === 'loading' || sight.snapshot.kind !== 'site') {
    return (
      <>
        <div className="page" style={{ paddingBottom: 0 }}>
          <LinkBanner />
        </div>
        <PageSkeleton />
      </>
    )
  }
  return <SeenSchool picture={sight.snapshot.picture} />
}

function SeenSchool({ picture }: { picture: SitePicture }) {
  const still = useStill(picture)
  const { words } = useSpeech()
  const { me, offer } = useReader()
  const connection = useConnection()
  const printing = usePrinting()
  const now = useNow()
  const [files, setFiles] = useState<readonly File[]>([])
  const [openedJob, openJob] = useOpenedJob()
  const sending = offer('job.submit') === 'yes'
  const dragging = useFileDrop(dropped => setFiles(before => [...before, ...dropped]), sending)
  const pick = useFilePicker(picked => setFiles(picked))
  const sure = isSure(picture.link, now)
  const staff = me.author.role !== 'pupil'
  useTitle(picture.name, staff ? waitsOf(still, sure).filter(({ kind }) => kind !== 'collect').length : 0)

  return (
    <main id="content" tabIndex={-1} className={connection.state === 'lost' ? 'page stale' : 'page'}>
      <LinkBanner />
      <SiteBanner picture={picture} sure={sure} />
      <div className="page-head">
        <div className="grow">
          <h1>{picture.name}</h1>
          <Counts picture={still} sure={sure} />
        </div>
        {staff ? (
          <Button component={Link} href={`/sites/${picture.site}/plan`} variant="default" size="md">
            {words.teach.plan}
          </Button>
        ) : null}
        {staff ? (
          <Button component={Link} href={`/sites/${picture.site}/people`} variant="default" size="md">
            {words.people.title}
          </Button>
        ) : null}
        {sending ? (
          <Button className="send" size="md" leftSection={<Icon name="send" />} onClick={pick}>
            {words.school.send}
          </Button>
        ) : null}
      </div>
      {staff && me.author.role !== 'teacher' ? null : <GuidePlace site={picture.site} jobs={Object.values(picture.jobs)} />}
      <div className="school-columns live">
        <div className="school-left">
          {staff ? <StillWaiting picture={still} sure={sure} openJob={openJob} /> : null}
          <StillQueue picture={still} sure={sure} openJob={openJob} />
        </div>
        <div className="school-right">
          <Machines picture={picture} />
          <StillFinished picture={still} openJob={openJob} />
        </div>
      </div>
      {printing ? <PaperSchool picture={picture} /> : null}
      <Announcer machines={picture.machines} sure={sure} />
      {dragging ? (
        <div className="drop-veil" aria-hidden="true">
          <div>
            <Icon name="send" size={48} />
            <p className="drop-title">{words.submit.drop}</p>
            <p>{words.submit.dropTypes}</p>
          </div>
        </div>
      ) : null}
      <Suspense fallback={null}>
        {files.length === 0 ? null : <Submit picture={picture} files={files} onPick={pick} onClose={() => setFiles([])} />}
        {openedJob === undefined ? null : (
          <JobDetails picture={picture} sure={sure} job={picture.jobs[openedJob]} onClose={() => openJob(undefined)} />
        )}
      </Suspense>
    </main>
  )
}

/** The picture as it was when anything but its figures last changed: they alone change ten times a second. */
function useStill(picture: SitePicture): SitePicture {
  const still = useRef(picture)
  const keys = Object.keys(picture) as (keyof SitePicture)[]
  if (keys.some(key => key !== 'telemetry' && picture[key] !== still.current[key])) still.current = picture
  return still.current
}

/** Which job's details are open: kept in the address, so that a plan or a message can point at one. */
function useOpenedJob(): [string | undefined, (job: string | undefined) => void] {
  const [params, setParams] = useSearchParams()
  const open = useCallback(
    (job: string | undefined) =>
      setParams(
        before => {
          if (job === undefined) before.delete('job')
          else before.set('job', job)
          return before
        },
        { replace: true },
      ),
    [setParams],
  )
  return [params.get('job') ?? undefined, open]
}

function SiteBanner({ picture, sure }: { picture: SitePicture; sure: boolean }) {
  const { words, forms } = useSpeech()
  const now = useNow()
  const { link } = picture
  if (sure) return null
  return (
    <output className="banner">
      <span>
        {link.link === 'unknown'
          ? words.link.siteNever
          : `${words.link.siteSilent(forms.age(link.heardAt, now))} ${words.link.siteSilentHelp}`}
      </span>
    </output>
  )
}

function Counts({ picture, sure }: { picture: SitePicture; sure: boolean }) {
  const { words } = useSpeech()
  const { counts } = words.school
  const machines = Object.values(picture.machines)
  const queued = queueOf(Object.values(picture.jobs)).length
  if (!sure) return <p className="second">{words.link.noData('').replace(/\s*·\s*$/, '')}</p>
  const working = machines.filter(({ state }) => ['running', 'preparing', 'paused', 'foreign'].includes(state.state)).length
  const free = machines.filter(machine => seenState(machine) === 'ready' && !machine.inService).length
  const wants = machines.filter(wantsPerson).length
  const away = machines.filter(({ state }) => state.state === 'offline').length
  const parts = [
    working > 0 ? counts.working(working) : undefined,
    free > 0 ? counts.free(free) : undefined,
    wants > 0 ? counts.wants(wants) : undefined,
    away > 0 ? counts.away(away) : undefined,
    queued > 0 ? counts.queued(queued) : undefined,
  ].filter(part => part !== undefined)
  return <p className="second">{parts.join(' · ')}</p>
}

function Machines({ picture }: { picture: SitePicture }) {
  const { words, forms } = useSpeech()
  const machines = Object.values(picture.machines).sort((a, b) => forms.byName(a.declaration.name, b.declaration.name))
  return (
    <section className="part-machines" aria-labelledby="machines">
      <div className="section-head">
        <h2 id="machines">{words.school.machines}</h2>
        <span className="count">{machines.length}</span>
      </div>
      {machines.length === 0 ? (
        <p className="panel panel-body quiet">{picture.link.link === 'unknown' ? words.link.never : words.school.noMachines}</p>
      ) : null}
      <ul className="plain machine-grid">
        {machines.map(machine => {
          const { state, declaration } = machine
          const job = 'job' in state && state.job !== undefined ? picture.jobs[state.job] : undefined
          return (
            <MachineCard
              key={declaration.id}
              site={picture.site}
              link={picture.link}
              machine={machine}
              telemetry={picture.telemetry[declaration.id]}
              job={job}
            />
          )
        })}
      </ul>
    </section>
  )
}
