// Keys of slicers for whoever is signed in: listed, made and ended (protocols/contract/screen.ts).
import type { Response, Router } from 'express'
import { keyBodySchema } from '../../protocols/contract/screen.ts'
import { own } from '../fleet/picture.ts'
import type { Asked, WebContext } from '../server/context.ts'
import { refuse } from '../server/people.ts'
import { isStaff, maySeeSite } from '../server/rights.ts'
import { makeKey, queueTarget, shown } from './keys.ts'

/** One for each machine of a school, and some; a technician of a city does not slice for all of them. */
const keysPerPersonMax = 100

export function addKeys(router: Router, { workplace, log, clock }: WebContext, visitor: Asked): void {
  const { keys } = workplace

  router.get('/keys', (request, response) => {
    const asks = visitor(request, response)
    if (asks === undefined) return
    if (!isStaff(asks.account)) return refuse(response, 'no-right')
    response.json({ keys: keys.ofLogin(asks.account.login).map(shown) })
  })

  router.post('/keys', (request, response) => {
    const asks = visitor(request, response)
    if (asks === undefined) return
    const { account } = asks
    if (!isStaff(account)) return refuse(response, 'no-right')
    const body = keyBodySchema.safeParse(request.body)
    if (!body.success) return refuse(response, 'bad-request')
    const { site, target, replace } = body.data
    if (!maySeeSite(account, site)) return refuse(response, 'other-site')
    const picture = workplace.fleet.site(site)
    const machine = picture && own(picture.machines, target)
    if (picture === undefined || (target !== queueTarget && machine === undefined)) return refuse(response, 'not-found')
    const known = keys.find(account.login, site, target)
    if (known !== undefined && replace !== true) return refuseKey(response, 'key-exists')
    if (known === undefined && keys.ofLogin(account.login).length >= keysPerPersonMax) return refuseKey(response, 'too-many-keys')
    const name = (target === queueTarget ? undefined : machine?.declaration.name) ?? picture.name
    const { kept, secret } = makeKey({ login: account.login, site, target, name }, clock())
    keys.put(kept)
    log.info({ account: account.id, site, target, key: kept.id, replaced: known?.id }, 'slicer key made')
    response.status(201).json({ key: shown(kept), secret })
  })

  router.delete('/keys/:id', (request, response) => {
    const asks = visitor(request, response)
    if (asks === undefined) return
    const { id } = request.params
    if (!keys.remove(asks.account.login, id)) return refuse(response, 'not-found')
    log.info({ account: asks.account.id, key: id }, 'slicer key ended')
    response.status(204).end()
  })
}

const words = {
  'key-exists': {
    ru: 'Ключ для этого адреса у вас уже есть. Новый заменит его.',
    en: 'You already have a key for this address. A new one takes its place.',
  },
  'too-many-keys': {
    ru: `Ключей уже ${keysPerPersonMax}. Удалите ненужные.`,
    en: `There are ${keysPerPersonMax} keys already. Delete those you do not need.`,
  },
} as const

function refuseKey(response: Response, code: keyof typeof words): void {
  response.status(409).json({ denial: { code, text: words[code] } })
}
