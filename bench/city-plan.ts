// The city that `npm run bench -- city` builds: its sites, machines and people, and what the browsers look at. Pure: each process of the bench reckons the same.
import { randomBytes, scryptSync } from 'node:crypto'
import { ticketKey, ticketPath } from '../dashboard/tickets/secret.ts'
import type { MachineDeclaration } from '../protocols/contract/machine.ts'

export type SitePlan = { id: string; name: string; password: string; machines: MachineDeclaration[] }

/** What one browser looks at. Tickets and walls ask by HTTP as their pages do; the others watch over a socket. */
export type PagePlan =
  | { kind: 'site'; login: string; site: string }
  | { kind: 'machine'; login: string; site: string; machine: string }
  | { kind: 'city' | 'conditions'; login: string }
  | { kind: 'tv'; site: string }
  | { kind: 'ticket'; path: string }
export type PageKind = PagePlan['kind']
export const pageKinds: readonly PageKind[] = ['site', 'machine', 'city', 'conditions', 'tv', 'ticket']

export type CityPlan = { sites: SitePlan[]; pages: PagePlan[] }

/** The design's city (DESIGN §1); `sitesOf` keeps thirty machines a site however many there are. */
export const designed = { sites: 19, machines: 565, pages: 300 }

/** Of 300 pages: eight teachers and pupils a school look at it, the rest as a working day has it. */
const shares: readonly [PageKind, number][] = [
  ['site', 152],
  ['machine', 40],
  ['city', 41],
  ['conditions', 10],
  ['tv', 19],
  ['ticket', 38],
]
/** More than one school's screen shares an account in life, too; the server lets 400 sockets have one. */
const pagesPerTechnician = 100

/** `largest`: machines of the first site, where it is to be larger than the rest. */
export function planCity(machines = designed.machines, pages = designed.pages, largest?: number): CityPlan {
  const count = Math.max(1, Math.round((machines * designed.sites) / designed.machines))
  const sites = Array.from({ length: count }, (_, index) => {
    if (largest === undefined) return planSite(index, Math.floor((machines + index) / count))
    return planSite(index, index === 0 ? largest : Math.floor((machines - largest + index - 1) / (count - 1)))
  })
  return { sites, pages: planPages(sites, pages) }
}

function planSite(index: number, machines: number): SitePlan {
  const number = String(index + 1).padStart(3, '0')
  const id = `school-${number}`
  return {
    id,
    name: index === 18 ? 'Центр компетенций' : `Школа № ${index + 1}`,
    password: `bench password of ${id}`,
    machines: Array.from({ length: machines }, (_, at) => declare(at)),
  }
}

/** Two thirds printers, a fifth lasers, the rest mills. */
function declare(index: number): MachineDeclaration {
  const kind = index % 15 < 10 ? 'printer' : index % 15 < 13 ? 'laser' : 'mill'
  const number = index + 1
  if (kind === 'printer') {
    const area = { x: 220, y: 220, z: 250 }
    const model = { model: 'creality-ender-3-v2', modelName: 'Creality Ender-3 V2' }
    return { id: `printer-${number}`, name: `Принтер ${number}`, kind, dialect: 'marlin', ...model, area }
  }
  const of =
    kind === 'laser'
      ? { name: `Лазер ${number}`, model: 'ortur-laser-master-3', modelName: 'Ortur Laser Master 3', area: { x: 400, y: 400, z: 0 } }
      : { name: `Фрезер ${number}`, model: 'genmitsu-3018-pro', modelName: 'Genmitsu 3018-PRO', area: { x: 300, y: 180, z: 45 } }
  return { id: `${kind}-${number}`, kind, dialect: 'grbl', ...of }
}

function planPages(sites: readonly SitePlan[], pages: number): PagePlan[] {
  const planned: PagePlan[] = []
  const seen = new Map<PageKind, number>()
  const whole = shares.reduce((sum, [, share]) => sum + share, 0)
  for (let at = 0; at < pages; at++) {
    // Spread evenly, so that a small number of pages is as mixed as a large one.
    const kind = shares.reduce((best, one) => (due(one, at) > due(best, at) ? one : best))[0]
    const nth = seen.get(kind) ?? 0
    seen.set(kind, nth + 1)
    const site = sites[nth % sites.length]
    if (site !== undefined) planned.push(planPage(kind, nth, site))
  }
  return planned

  function due([kind, share]: readonly [PageKind, number], at: number): number {
    return ((at + 1) * share) / whole - (seen.get(kind) ?? 0)
  }
}

function planPage(kind: PageKind, nth: number, site: SitePlan): PagePlan {
  const keeper = `technician-${Math.floor(nth / pagesPerTechnician)}`
  switch (kind) {
    case 'site':
      return { kind, login: `teacher-${site.id}`, site: site.id }
    case 'machine': {
      const machine = site.machines[(nth * 7) % site.machines.length]?.id ?? ''
      return { kind, login: keeper, site: site.id, machine }
    }
    case 'city':
    case 'conditions':
      return { kind, login: keeper }
    case 'tv':
      return { kind, site: site.id }
    case 'ticket': {
      const ticket = (nth % firstTickets) + 1
      return { kind, path: ticketPath(ticketKey(site.id, site.password), { site: site.id, ticket, id: jobId(site.id, ticket) }) }
    }
  }
}

/** Tickets every school of the bench has from its start (city-school.ts). */
export const firstTickets = 20

export function jobId(site: string, ticket: number): string {
  return `${site}-job-${String(ticket).padStart(6, '0')}`
}

/** The cheapest hash the city takes: 30 people sign in at the start, and that is not what is measured. */
export const password = 'bench'
function cheapHash(): string {
  const salt = randomBytes(16)
  return `scrypt$1024$8$1$${salt.toString('base64url')}$${scryptSync(password, salt, 32, { N: 1_024, r: 8, p: 1 }).toString('base64url')}`
}

/** The city's file, as `tsekh city` reads it. */
export function cityFile({ sites, pages }: CityPlan, folder: string): object {
  const logins = [...new Set(pages.flatMap(page => ('login' in page ? [page.login] : [])))]
  const passwordHash = cheapHash()
  const teachers = new Map(sites.map(({ id }) => [`teacher-${id}`, id]))
  return {
    data: folder,
    screen: { port: 0 },
    broker: { port: 0 },
    sites: sites.map(({ id, name, password: sitePassword }) => ({ id, name, password: sitePassword })),
    people: [...new Set([...logins, 'technician-0'])].map(login => {
      const site = teachers.get(login)
      return {
        login,
        name: login,
        passwordHash,
        role: site === undefined ? 'technician' : 'teacher',
        sites: site === undefined ? 'all' : [site],
      }
    }),
    demo: true,
  }
}
