// Every page the server writes itself, as a scene: tickets in each phase, joining, the group's card, the machine's own page, stickers, invitations, the wall's TV.
import type { Page } from 'playwright-core'
import { machinePath } from '../../dashboard/floor/secret.ts'
import type { MachineState } from '../../protocols/contract/machine.ts'
import { machineMessage, openCity, Person, temporaryFolder } from '../dashboard/house.ts'
import { aForecast, openTickets, phases } from '../dashboard/tickets/stage.ts'

/** A school's own screen and the city's, made by hand, and a real city with accounts of its own. */
type Stages = {
  school: Awaited<ReturnType<typeof openTickets>>
  city: Awaited<ReturnType<typeof openTickets>>
  town: Awaited<ReturnType<typeof openCity>>
}

export type Served = {
  name: string
  /** The route it is written by, as express knows it. */
  route: string
  /** Its address. What the page needs is said to the stages before. */
  at: (stages: Stages) => string | Promise<string>
  /** Signed in as this one. */
  as?: 'anna' | 'tech' | 'admin'
  prepare?: (page: Page) => Promise<void>
}

export async function openStages(): Promise<Stages & AsyncDisposable> {
  const school = await openTickets({ forecast: aForecast(Date.now()) })
  const city = await openTickets({ scope: 'city' })
  const folder = temporaryFolder()
  const town = await openCity(folder.path)
  return {
    school,
    city,
    town,
    [Symbol.asyncDispose]: async () => {
      await town[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
      await school[Symbol.asyncDispose]()
      await city[Symbol.asyncDispose]()
    },
  }
}

const floor = (name: string, state: MachineState, more: { ask?: string; as?: 'anna'; calls?: true } = {}): Served => ({
  name: `floor-${name}`,
  route: '/m/:site/:machine',
  ...(more.as === undefined ? {} : { as: more.as }),
  at: ({ school }) => {
    // Each scene its own machine: they are looked at side by side.
    school.fleet.apply('alpha', { name: 'machine', machine: `ender-${name}`, payload: machineMessage(`ender-${name}`, state) })
    for (const code of more.calls ? ['help-called', 'problem-reported'] : []) {
      const fault = { code, text: { ru: 'Сообщили: шум. «скрипит»', en: 'Reported: noise.' }, help: { ru: 'Осмотрите.', en: 'Look.' } }
      const event = { kind: 'fault', number: 1, at: 1, machine: `ender-${name}`, change: 'raised', fault } as const
      school.fleet.apply('alpha', { name: 'events', events: [event] })
    }
    return school.url + machinePath(school.key, 'alpha', `ender-${name}`) + (more.ask === undefined ? '' : `?ask=${more.ask}`)
  },
})
const down: MachineState = { state: 'down', since: 1, fault: { code: 'x', text: { ru: 'Сопло не греется.', en: 'The nozzle is cold.' } } }
const lies: MachineState = { state: 'uncleared', since: 1, job: 'job-onBed' }

export const served: readonly Served[] = [
  ...Object.keys(phases).map(phase => ({
    name: `ticket-${phase}`,
    route: '/t/:ticket',
    at: ({ school }: Stages) => school.url + school.path(phase),
  })),
  { name: 'ticket-cancel', route: '/t/:ticket', at: ({ school }) => `${school.url}${school.path('waiting')}?ask=cancel` },
  { name: 'ticket-nobody', route: '/t/:ticket', at: ({ school }) => `${school.url}/t/11-aaaaaaaaaaaa` },
  { name: 'join', route: '/join', at: ({ school }) => `${school.url}/join` },
  {
    name: 'join-refused',
    route: '/join',
    at: ({ school }) => `${school.url}/join`,
    prepare: page => join(page, 'НЕТ'),
  },
  { name: 'join-welcome', route: '/join', at: ({ school }) => `${school.url}/join`, prepare: page => join(page, 'АВЕК24') },
  { name: 'join-back', route: '/join/back', at: ({ school }) => `${school.url}/join/back` },
  { name: 'join-city', route: '/join', at: ({ city }) => `${city.url}/join` },
  { name: 'group-card', route: '/groups/:site/:group', as: 'anna', at: ({ school }) => `${school.url}/groups/alpha/group-0001` },
  floor('free', { state: 'ready', since: 1 }),
  floor('working', { state: 'running', since: 1, job: 'job-working' }),
  floor('part', lies),
  floor('down', down),
  floor('away', { state: 'offline', since: 1 }),
  floor('report', { state: 'ready', since: 1 }, { ask: 'report' }),
  floor('called', { state: 'ready', since: 1 }, { calls: true }),
  floor('called-staff', { state: 'ready', since: 1 }, { as: 'anna', calls: true }),
  floor('staff', lies, { as: 'anna' }),
  floor('clear', lies, { as: 'anna', ask: 'failed' }),
  { name: 'floor-nobody', route: '/m/:site/:machine', at: ({ school }) => `${school.url}/m/alpha/ender-aaaaaaaaaaaa` },
  { name: 'stickers', route: '/m/:site/stickers', as: 'anna', at: ({ school }) => `${school.url}/m/alpha/stickers` },
  { name: 'stickers-nobody', route: '/m/:site/stickers', at: ({ school }) => `${school.url}/m/alpha/stickers` },
  {
    name: 'invitation',
    route: '/invite/:token',
    at: async ({ town }) => {
      const admin = await Person.signIn(town.url, 'admin')
      const olga = { login: 'olga', name: 'Ольга Иванова', role: 'teacher', sites: ['alpha'] }
      const made = (await (await admin.post('/api/v1/staff', olga)).json()) as { path: string }
      return town.url + made.path
    },
  },
  { name: 'invitation-gone', route: '/invite/:token', at: ({ town }) => `${town.url}/invite/nobody` },
  { name: 'tv-nobody', route: '/tv/:site', at: ({ school }) => `${school.url}/tv/alpha?kiosk=1` },
  {
    name: 'tv',
    route: '/tv/:site',
    at: async ({ school }) => {
      const tech = await Person.signIn(school.url, 'tech')
      const made = (await (await tech.post('/api/v1/tv', { site: 'alpha', name: 'Мастерская', days: 1 })).json()) as { path: string }
      return school.url + made.path
    },
  },
]

async function join(page: Page, code: string): Promise<void> {
  await page.getByLabel('Код группы').fill(code)
  await page.getByLabel('Прозвище').fill('Лис')
  await page.getByRole('button', { name: 'Войти' }).click()
  await page.locator('.mark').first().waitFor()
}
