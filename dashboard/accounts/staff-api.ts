// Accounts of staff over REST: an administrator of the city lists, adds, changes and closes them.
import type { Request, Response, Router } from 'express'
import { staffBodySchema, staffChangeSchema } from '../../protocols/contract/staff.ts'
import type { Denial } from '../../protocols/contract/words.ts'
import type { Asked, WebContext } from '../server/context.ts'
import { statusOf } from '../server/denials.ts'
import { refuse } from '../server/people.ts'
import type { Account } from '../workplace.ts'

export function addStaff(router: Router, { workplace, log }: WebContext, asked: Asked): void {
  const { staff } = workplace

  /** The administrator who asks, or undefined when it was refused. Whoever keeps one school keeps no city. */
  const administrator = (request: Request, response: Response): Account | undefined => {
    const account = asked(request, response)?.account
    if (account === undefined) return undefined
    if (account.role === 'administrator' && account.sites === 'all') return account
    refuse(response, 'no-right')
    return undefined
  }
  const answer = (response: Response, status: number, result: object | { denial: Denial }) => {
    if ('denial' in result) response.status(statusOf(result.denial as Denial)).json(result)
    else response.status(status).json(result)
  }
  const withPath = <T extends { token: string } | { denial: Denial }>(result: T) => {
    if ('denial' in result) return result
    const { token, ...rest } = result
    return { ...rest, path: `/invite/${token}` }
  }

  router.get('/staff', (request, response) => {
    if (administrator(request, response) === undefined) return
    if (staff === undefined) return refuse(response, 'not-found')
    response.json({ staff: staff.list() })
  })

  router.post('/staff', (request, response) => {
    const by = administrator(request, response)
    if (by === undefined) return
    const body = staffBodySchema.safeParse(request.body)
    if (staff === undefined) return refuse(response, 'not-found')
    if (!body.success) return refuse(response, 'bad-staff')
    const added = staff.add(body.data, by)
    if (!('denial' in added)) log.info({ account: by.id, added: added.member.id, role: added.member.role }, 'staff added')
    answer(response, 201, withPath(added))
  })

  router.patch('/staff/:login', (request, response) => {
    const by = administrator(request, response)
    if (by === undefined) return
    const change = staffChangeSchema.safeParse(request.body)
    if (staff === undefined) return refuse(response, 'not-found')
    if (!change.success) return refuse(response, 'bad-staff')
    const changed = staff.change(request.params.login, change.data, by)
    if (!('denial' in changed)) log.info({ account: by.id, changed: changed.member.id, what: Object.keys(change.data) }, 'staff changed')
    answer(response, 200, changed)
  })

  router.post('/staff/:login/invitation', (request, response) => {
    const by = administrator(request, response)
    if (by === undefined) return
    if (staff === undefined) return refuse(response, 'not-found')
    const invited = staff.invite(request.params.login, by)
    if (!('denial' in invited)) log.info({ account: by.id, invited: invited.member.id }, 'staff invited')
    answer(response, 201, withPath(invited))
  })
}
