// The quotas of a site and how much of them is used, by REST (protocols/contract/screen.ts): staff sees all, a pupil what bounds the pupil.
import type { Router } from 'express'
import type { Asked, WebContext } from './context.ts'
import { authorOf, refuse } from './people.ts'
import { isStaff, maySeeSite } from './rights.ts'

export function addQuotas(router: Router, { workplace }: WebContext, asked: Asked): void {
  router.get('/sites/:site/quotas', (request, response) => {
    const visitor = asked(request, response)
    if (visitor === undefined) return
    const { account } = visitor
    const { site } = request.params
    if (!maySeeSite(account, site)) return refuse(response, 'other-site')
    const report = workplace.quotas?.(site, isStaff(account) ? undefined : authorOf(account))
    if (report === undefined) return refuse(response, 'not-found')
    response.set('Cache-Control', 'no-store')
    response.json(report)
  })
}
