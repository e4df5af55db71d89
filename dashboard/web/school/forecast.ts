// The school's own forecast of a job as this page may show it: only while the school is heard from, and only if it speaks of the job as it is now.
import type { JobForecast } from '../../../protocols/contract/forecast.ts'
import type { Job } from '../../../protocols/contract/job.ts'
import { activeStates } from '../../../protocols/contract/job-states.ts'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { own } from '../../fleet/picture.ts'

/** A forecast follows a change within seconds; until then what it said of the job before is left out. */
export function forecastOf(job: Job, picture: SitePicture, sure: boolean): JobForecast | undefined {
  const forecast = sure ? own(picture.forecasts ?? {}, job.id) : undefined
  if (forecast === undefined) return undefined
  const { end, why } = forecast
  if (activeStates.includes(job.state)) return why === undefined && end ? { end, ahead: 0 } : undefined
  if (job.state === 'queued')
    return why !== undefined && (why.code === 'held') === job.held && why.code !== 'needs-check' ? forecast : undefined
  if (job.state === 'submitted') return why?.code === 'needs-check' ? forecast : undefined
  return undefined
}
