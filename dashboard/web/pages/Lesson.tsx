// A lesson on the projector: the class's tickets in large letters by number and pseudonym, what is made, what comes next; no file names.
import { Link } from 'wouter'
import type { Job } from '../../../protocols/contract/job.ts'
import { activeStates } from '../../../protocols/contract/job-states.ts'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { toHandOver } from '../../../protocols/contract/shelf.ts'
import { useNow, useView } from '../live/use.tsx'
import { isSure } from '../looks.ts'
import { LinkBanner } from '../parts/LinkBanner.tsx'
import { PageSkeleton } from '../parts/PageSkeleton.tsx'
import { useTitle } from '../parts/title.ts'
import { forecastOf } from '../school/forecast.ts'
import { useGroupNames } from '../teach/groups.ts'
import { usePlanWords } from '../teach/plan-words.ts'
import { useSpeech } from '../words/speech.tsx'
import { Missing } from './Missing.tsx'
import '../styles/plan.css'

/** More than these nobody reads from the last row of desks. */
const shownMax = 12

export function Lesson({ site, lesson: id }: { site: string; lesson: string }) {
  const { say } = useSpeech()
  const { lesson: words } = usePlanWords()
  const sight = useView({ kind: 'site', site })
  if (sight.state === 'refused') return <Missing text={say(sight.denial.text)} />
  if (sight.state === 'loading' || sight.snapshot.kind !== 'site') return <PageSkeleton />
  const { picture } = sight.snapshot
  const lesson = picture.lessons?.[id]
  if (lesson === undefined || lesson.cancelledAt !== undefined) return <Missing text={words.missing} />
  return <SeenLesson picture={picture} lesson={lesson} />
}

type Seen = NonNullable<SitePicture['lessons']>[string]

function SeenLesson({ picture, lesson }: { picture: SitePicture; lesson: Seen }) {
  const { forms } = useSpeech()
  const { lesson: words } = usePlanWords()
  const { view } = words
  const now = useNow()
  const sure = isSure(picture.link, now)
  useTitle(lesson.title)
  const mine = (job: Job) => (lesson.group === undefined ? job.author.role !== 'pupil' : job.author.group === lesson.group)
  const jobs = Object.values(picture.jobs).filter(mine)
  const group = useGroupNames(picture.site, jobs).get(lesson.group ?? '')
  const running = jobs.filter(({ state }) => activeStates.includes(state))
  // What is made on another's bed waits with it, and its owner looks for it here too.
  const next = jobs.filter(({ state }) => state === 'queued').sort((a, b) => a.order - b.order)
  const ready = toHandOver(jobs)
  const back = jobs.filter(({ state }) => state === 'returned')
  const check = jobs.filter(({ state }) => state === 'submitted')
  const empty = running.length + next.length + ready.length + back.length + check.length === 0
  return (
    <main id="content" tabIndex={-1} className="lesson-view">
      <LinkBanner />
      <div className="lesson-view-head">
        <div>
          <h1>{lesson.title}</h1>
          <p className="figures">
            {group === undefined ? '' : `${group} · `}
            {now < lesson.from ? view.starts(forms.clock(lesson.from, now)) : view.until(forms.clock(lesson.until, now))}
          </p>
        </div>
        <Link className="no-print" href={`/sites/${picture.site}/plan`}>
          {view.leave}
        </Link>
      </div>
      {empty ? <p className="lesson-empty">{view.empty}</p> : null}
      <div className="lesson-view-parts">
        <Part title={view.running} jobs={running} picture={picture} sure={sure} />
        <Part title={view.ready} jobs={ready} picture={picture} sure={sure} />
        <Part title={view.next} jobs={next} picture={picture} sure={sure} />
        <Part title={view.back} jobs={back} picture={picture} sure={sure} />
        <Part title={view.check} jobs={check} picture={picture} sure={sure} />
      </div>
    </main>
  )
}

function Part({ title, jobs, picture, sure }: { title: string; jobs: readonly Job[]; picture: SitePicture; sure: boolean }) {
  const { lesson: words } = usePlanWords()
  if (jobs.length === 0) return null
  return (
    <section aria-label={title}>
      <h2>
        {title} <span className="figures second">{jobs.length}</span>
      </h2>
      <ol className="plain">
        {jobs.slice(0, shownMax).map(job => (
          <Ticket key={job.id} job={job} picture={picture} sure={sure} />
        ))}
      </ol>
      {jobs.length > shownMax ? <p className="second">{words.view.more(jobs.length - shownMax)}</p> : null}
    </section>
  )
}

/** Never the file's name: it may tell whose it is, and worse. */
function Ticket({ job, picture, sure }: { job: Job; picture: SitePicture; sure: boolean }) {
  const { words, forms } = useSpeech()
  const now = useNow()
  const machine = job.machine === undefined ? undefined : picture.machines[job.machine]?.declaration.name
  const telemetry = job.machine === undefined ? undefined : picture.telemetry[job.machine]
  const progress = sure && telemetry?.progress?.job === job.id ? telemetry.progress : undefined
  const end = forecastOf(job, picture, sure)?.end
  return (
    <li className="lesson-ticket">
      <span className="lesson-number figures">{words.job.ticket(job.ticket)}</span>
      <span className="lesson-who">{job.author.name}</span>
      {job.copies > 1 ? <span className="second figures">{words.job.copy(job.copy, job.copies)}</span> : null}
      {activeStates.includes(job.state) && machine !== undefined ? <span className="second">{machine}</span> : null}
      {progress === undefined ? null : <strong className="figures">{forms.percent(progress.fraction)}</strong>}
      {end === undefined ? null : <span className="figures second">{words.job.readyBy(forms.range(...end, now))}</span>}
    </li>
  )
}
