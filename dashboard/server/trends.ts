// The trends of a machine and the figures of schools, by REST (protocols/contract/screen.ts); for staff, of the sites they see.
import type { Request, Response, Router } from 'express'
import { z } from 'zod'
import { trendDaysMax } from '../../protocols/contract/trends.ts'
import type { Recorder } from '../trends/recorder.ts'
import type { Account } from '../workplace.ts'
import type { Asked } from './context.ts'
import { refuse } from './people.ts'
import { isStaff, maySeeSite } from './rights.ts'

const trendDaysSchema = z.coerce.number().int().min(1).max(trendDaysMax).default(1)

export function addTrends(router: Router, asked: Asked, recorder: Pick<Recorder, 'trends'>): void {
  /** The member of staff who asks, of a site it sees; otherwise it has been refused. */
  const staffOf = (request: Request, response: Response, site: string | undefined): Account | undefined => {
    const account = asked(request, response)?.account
    if (account === undefined) return undefined
    if (!isStaff(account)) return void refuse(response, 'no-right')
    if (site !== undefined && !maySeeSite(account, site)) return void refuse(response, 'other-site')
    return account
  }

  router.get('/sites/:site/machines/:machine/trends', (request, response) => {
    const { site, machine } = request.params
    if (staffOf(request, response, site) === undefined) return
    const days = trendDaysSchema.safeParse(request.query.days)
    if (!days.success) return refuse(response, 'bad-request')
    const trends = recorder.trends(site, machine, days.data)
    if (trends === undefined) return refuse(response, 'not-found')
    response.json(trends)
  })
}
