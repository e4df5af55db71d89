// The trends of a machine and the figures of schools, by REST (protocols/contract/screen.ts); for staff, of the sites they see.
import type { Request, Response, Router } from 'express'
import { z } from 'zod'
import { figureDays } from '../../protocols/contract/figures.ts'
import { trendDaysMax } from '../../protocols/contract/trends.ts'
import type { Ledger } from '../health/ledger.ts'
import type { Recorder } from '../trends/recorder.ts'
import type { Account, Workplace } from '../workplace.ts'
import type { Asked } from './context.ts'
import { refuse } from './people.ts'
import { isStaff, maySeeSite } from './rights.ts'

const trendDaysSchema = z.coerce.number().int().min(1).max(trendDaysMax).default(1)
const figureDaysSchema = z.coerce
  .number()
  .pipe(z.literal([...figureDays]))
  .default(30)

type Parts = { workplace: Pick<Workplace, 'fleet'>; recorder: Pick<Recorder, 'trends'>; ledger: Pick<Ledger, 'city' | 'site'> }

export function addTrends(router: Router, asked: Asked, { workplace, recorder, ledger }: Parts): void {
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

  router.get('/figures', (request, response) => {
    const account = staffOf(request, response, undefined)
    if (account === undefined) return
    const days = figureDaysSchema.safeParse(request.query.days)
    if (!days.success) return refuse(response, 'bad-request')
    const sites = workplace.fleet.sites().filter(({ id }) => maySeeSite(account, id))
    response.json(
      ledger.city(
        days.data,
        sites.map(({ id }) => id),
      ),
    )
  })

  router.get('/sites/:site/figures', (request, response) => {
    const { site } = request.params
    if (staffOf(request, response, site) === undefined) return
    const days = figureDaysSchema.safeParse(request.query.days)
    if (!days.success) return refuse(response, 'bad-request')
    const figures = ledger.site(site, days.data)
    if (figures === undefined) return refuse(response, 'not-found')
    response.json(figures)
  })
}
