// The floor of a school in a real town: one sticker for the city and the school, a link cut in the middle, a file mended in the city.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town, townSite, until, visit } from './town.ts'

let town: Town
beforeAll(async () => {
  town = await startTown(
    () => [
      { id: 'printer-1', name: 'Принтер 1', model: 'creality-ender-3', device: { kind: 'marlin', listen: 'tcp://127.0.0.1:0', speed: 60 } },
    ],
    true,
  )
}, 60_000)
afterAll(() => town[Symbol.asyncDispose](), 60_000)

const words = (page: string) =>
  page
    .replace(/<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>|<svg[\s\S]*?<\/svg>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
const language = { 'accept-language': 'ru' }
const read = async (url: string) => words(await (await fetch(url, { headers: language })).text())
const press = async (url: string, body: Record<string, string> = {}) =>
  (await fetch(url, { method: 'POST', headers: language, redirect: 'manual', body: new URLSearchParams(body) })).headers.get('location') ??
  ''
const cookieOf = async (url: string, login: string) => {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/api/v1/login`, { method: 'POST', headers, body: JSON.stringify({ login, password: login }) })
  return response.headers.get('set-cookie')?.split(';')[0] ?? ''
}
const program = (moves: number) =>
  `${['G28', 'M104 S200', 'M109 S200', 'G90', 'M83', ...Array.from({ length: moves }, (_, n) => `G1 X${20 + (n % 40)} Y${20 + ((n * 7) % 40)} Z0.2 E0.05 F3000`), 'M104 S0'].join('\n')}\n`

describe('the floor', () => {
  it('has one sticker for both places; what is called in the city is heard at school', async () => {
    const cookie = await cookieOf(town.url, 'teacher')
    const redirect = async () =>
      (await fetch(`${town.url}/m/${townSite}/printer-1`, { headers: { cookie }, redirect: 'manual' })).headers.get('location')
    await until('the city knows the machine', 20_000, async () => (await redirect()) !== null)
    const path = (await redirect()) ?? ''
    for (const url of [town.url, town.schoolUrl])
      await until(`${url} shows it free`, 20_000, async () => (await read(url + path)).includes('Свободен'))

    expect(await press(`${town.url}${path}/help`)).toContain('said=called')
    await until('the school shows the call', 20_000, async () => (await read(town.schoolUrl + path)).includes('Учителя уже позвали'))
    const teacher = await visit(town.schoolUrl, 'teacher')
    expect(await teacher.ask({ kind: 'machine.settle', machine: 'printer-1', fault: 'help-called' })).toMatchObject({ outcome: 'done' })
    await until('the city shows that somebody came', 20_000, async () => !(await read(town.url + path)).includes('Учителя уже позвали'))

    town.cutCity()
    expect(await press(`${town.url}${path}/report`, { problem: 'noise', text: 'в городе' })).toContain('said=sent')
    expect(await press(`${town.schoolUrl}${path}/report`, { problem: 'stuck', text: 'в школе' })).toContain('said=reported')
    expect(await read(town.schoolUrl + path)).toContain('О проблеме уже сообщили')
    town.mendCity()
    const full = async (url: string, cookies: string) =>
      words(await (await fetch(url + path, { headers: { ...language, cookie: cookies } })).text())
    const both = async () => /«в школе».*«в городе»|«в городе».*«в школе»/.test(await full(town.url, cookie))
    await until('the city has both words', 60_000, both)
  }, 120_000)

  it('lets a pupil mend a file in the city, on the same ticket', async () => {
    const pupil = await visit(town.url, 'pupil')
    const cookie = await cookieOf(town.url, 'pupil')
    const teacher = await visit(town.url, 'teacher')
    const upload = await pupil.upload('кубик.gcode', program(30))
    const reply = await pupil.ask({ kind: 'job.submit', request: randomUUID(), ...upload, copies: 1 })
    const [id = ''] = reply.outcome === 'done' ? (reply.jobs ?? []) : []
    await until('the job is in the city’s picture', 20_000, async () => (await teacher.jobs())[id]?.state === 'submitted')
    const mark = { x: 30, y: 30, layer: 0 }
    expect(await teacher.ask({ kind: 'job.return', job: id, comment: 'Тоньше', mark })).toMatchObject({ outcome: 'done' })
    const { path } = (await (await fetch(`${town.url}/api/v1/sites/${townSite}/tickets/${id}`, { headers: { cookie } })).json()) as {
      path: string
    }
    await until('the ticket asks for a file', 20_000, async () => (await read(town.url + path)).includes('Отправить исправленный файл'))
    await until('the city draws the plan', 20_000, async () => (await fetch(`${town.url}${path}/plan`)).status === 200)
    const body = new FormData()
    body.set('file', new Blob([program(50)]), 'кубик 2.gcode')
    const mended = await fetch(`${town.url}${path}/mend`, { method: 'POST', body, headers: language, redirect: 'manual' })
    expect(mended.headers.get('location')).toContain('said=mended')
    await until('the ticket is at its first step again', 20_000, async () => (await read(town.url + path)).includes('Учитель проверяет'))
    const job = (await (await visit(town.schoolUrl, 'teacher')).jobs())[id]
    expect([job?.state, job?.program.name]).toEqual(['submitted', 'кубик 2.gcode'])
  }, 120_000)
})
