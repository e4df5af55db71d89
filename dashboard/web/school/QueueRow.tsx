// A job of the queue as a row: what it is, when it will be ready, why it stands where it stands, and the ways to move it.
import { ActionIcon } from '@mantine/core'
import type { Job } from '../../../protocols/contract/job.ts'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { Icon } from '../parts/Icon.tsx'
import { JobName } from '../parts/JobName.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { forecastOf } from './forecast.ts'
import { RowMenu } from './RowMenu.tsx'
import type { Reorder } from './reorder.ts'
import { whyWaits } from './waits.ts'

type Props = {
  job: Job
  /** Made on the same bed by the same file. */
  followers: readonly Job[]
  picture: SitePicture
  sure: boolean
  openJob: (job: string) => void
  /** Undefined where it stands there already. */
  up: (() => void) | undefined
  down: (() => void) | undefined
  moving: boolean
  move: (where: 'first' | 'last') => void
  reorder: Reorder
  /** It is carried; a carried one would come to stand before it, or behind it. */
  place: 'carried' | 'before' | 'after' | undefined
}

export function QueueRow({ job, followers, picture, sure, openJob, up, down, moving, move, reorder, place }: Props) {
  const { words, forms } = useSpeech()
  const { offer } = useReader()
  const ticket = words.job.ticket(job.ticket)
  const movable = offer('job.move') === 'yes'
  const { queue } = words.teach
  const classes = ['queue-row', job.held ? 'held' : '', place === undefined ? '' : `drop-${place}`].filter(each => each !== '')
  const forecast = forecastOf(job, picture, sure)
  return (
    <li className={classes.join(' ')} data-row={job.id}>
      {movable ? (
        <button
          type="button"
          className="grip"
          aria-label={queue.drag(ticket)}
          aria-pressed={place === 'carried'}
          {...reorder.handle(job.id)}
        >
          <Icon name="grip" />
        </button>
      ) : null}
      <div className="queue-what">
        <JobName job={job} onOpen={openJob} />
        <p className="small quiet meta">
          <span>{job.author.name}</span>
          {job.estimatedSeconds === undefined ? null : <span>{forms.duration(job.estimatedSeconds)}</span>}
          {job.wanted === undefined ? null : <span>{words.job.onlyOn(picture.machines[job.wanted]?.declaration.name ?? job.wanted)}</span>}
          {/* Only the day is counted from now: no row need tick for it. */}
          {forecast?.end === undefined ? null : (
            <span className="figures">{words.job.readyBy(forms.range(...forecast.end, Date.now()))}</span>
          )}
          {job.pinned === true ? <span className="second">{queue.pinned}</span> : null}
        </p>
        <p className="small second">
          <Why job={job} picture={picture} sure={sure} />
        </p>
        {followers.length === 0 ? null : (
          <details className="small plate-followers">
            <summary>{queue.onPlate(followers.length)}</summary>
            <ul className="plain">
              {followers.map(follower => (
                <li key={follower.id}>
                  <JobName job={follower} onOpen={openJob} /> <span className="quiet">{follower.author.name}</span>
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
      <div className="queue-deeds">
        {movable ? (
          <>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={words.job.moveUp(ticket)}
              disabled={up === undefined || moving}
              onClick={up}
            >
              <Icon name="up" />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={words.job.moveDown(ticket)}
              disabled={down === undefined || moving}
              onClick={down}
            >
              <Icon name="down" />
            </ActionIcon>
          </>
        ) : null}
        <RowMenu job={job} picture={picture} openJob={openJob} move={move} />
      </div>
    </li>
  )
}

/** What keeps it, and where only others do: why it stands behind them. */
function Why({ job, picture, sure }: Pick<Props, 'job' | 'picture' | 'sure'>) {
  const { words, say } = useSpeech()
  const forecast = forecastOf(job, picture, sure)
  if (forecast?.why === undefined) return whyWaits(job, picture, sure, words)
  const { why, place } = forecast
  return say(place !== undefined && why.code === 'others-ahead' ? place.text : why.text)
}
