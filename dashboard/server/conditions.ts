// What wants a technician, by REST (protocols/contract/screen.ts): the list, the events behind a row, and what people do with it.
import type { Request, Response, Router } from 'express'
import {
  acknowledgeBodySchema,
  approveBodySchema,
  type Condition,
  conditionIdSchema,
  shelveBodySchema,
  shelvedMaxMs,
} from '../../protocols/contract/condition.ts'
import { byNeed } from '../health/conditions.ts'
import type { ConditionDeed, Health } from '../health/desk.ts'
import type { Account, HealthShelf } from '../workplace.ts'
import type { Asked, WebContext } from './context.ts'
import { authorOf, refuse } from './people.ts'
import { isKeeper, maySeeSite } from './rights.ts'

/** What is wrong with the city itself every keeper may see and settle. */
function maySee(account: Account, { site, cause }: Condition): boolean {
  return cause === 'all-silent' || maySeeSite(account, site)
}

const deeds = ['acknowledge', 'shelve', 'unshelve', 'approve'] as const

export function addConditions(router: Router, { clock }: Pick<WebContext, 'clock'>, asked: Asked, health: Health): void {
  /** The keeper who asks; otherwise it has been refused. */
  const keeper = (request: Request, response: Response): Account | undefined => {
    const account = asked(request, response)?.account
    if (account === undefined) return undefined
    if (isKeeper(account)) return account
    refuse(response, 'no-right')
    return undefined
  }
  /** A condition this account may see, by the id in the path; another's and none look the same. */
  const known = (account: Account, id: unknown): string | undefined => {
    const parsed = conditionIdSchema.safeParse(id)
    const condition = parsed.success ? health.condition(parsed.data) : undefined
    return condition !== undefined && maySee(account, condition) ? condition.id : undefined
  }

  router.get('/conditions', (request, response) => {
    const account = keeper(request, response)
    if (account === undefined) return
    const seen = health.conditions().filter(condition => maySee(account, condition))
    response.json({ conditions: seen.sort(byNeed) })
  })

  router.get('/conditions/:id/events', (request, response) => {
    const account = keeper(request, response)
    if (account === undefined) return
    const id = known(account, request.params.id)
    if (id === undefined) return refuse(response, 'not-found')
    response.json({ events: health.events(id) })
  })

  for (const kind of deeds) {
    router.post(`/conditions/:id/${kind}`, (request, response) => {
      const account = keeper(request, response)
      if (account === undefined) return
      const id = known(account, request.params.id)
      if (id === undefined) return refuse(response, 'not-found')
      const deed = readDeed(kind, request.body, clock())
      if (deed === undefined) return refuse(response, 'bad-request')
      if (!health.settle(id, deed, authorOf(account))) return refuse(response, 'not-found')
      response.status(204).end()
    })
  }
}

function readDeed(kind: (typeof deeds)[number], body: unknown, nowMs: number): ConditionDeed | undefined {
  switch (kind) {
    case 'unshelve':
      return { kind }
    case 'shelve': {
      const read = shelveBodySchema.safeParse(body)
      return read.success && read.data.until > nowMs && read.data.until - nowMs <= shelvedMaxMs ? { kind, ...read.data } : undefined
    }
    case 'approve': {
      const read = approveBodySchema.safeParse(body)
      return read.success ? { kind, ...read.data } : undefined
    }
    case 'acknowledge': {
      const read = acknowledgeBodySchema.safeParse(body)
      return read.success ? { kind, ...read.data } : undefined
    }
  }
}

/** A shelf that forgets with the process. */
export function createMemoryHealth(): HealthShelf {
  const bodies = new Map<string, string>()
  return { load: site => bodies.get(site), save: (site, body) => void bodies.set(site, body), note: () => undefined }
}
