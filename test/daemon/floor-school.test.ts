// A whole school over simulated machines, seen from the floor: the QR page calls and reports, smoke holds a machine, a returned job is mended from its ticket.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startSchool } from '../../daemon/main.ts'
import { Store } from '../../daemon/store.ts'
import type { Reply } from '../../protocols/contract/command.ts'
import { startDevice } from '../devices/device.ts'
import { silent, temporaryFolder, until } from './kit.ts'
import { Visitor, writeSchool } from './school-kit.ts'

const print = (moves: number) =>
  Buffer.from(
    `${[
      ';FLAVOR:Marlin',
      'M104 S200',
      'G28',
      'M109 S200',
      'G90',
      'M83',
      ';LAYER:0',
      ...Array.from({ length: moves }, (_, n) => `G1 X${50 + (n % 40)} Y${50 + ((n * 7) % 40)} Z0.2 E0.05 F3000`),
      'M104 S0',
    ].join('\n')}\n`,
  )
const codeOf = (reply: Reply) => (reply.outcome === 'refused' ? reply.denial.code : reply.outcome)
const jobOf = (reply: Reply) => {
  if (reply.outcome !== 'done' || !reply.jobs?.[0]) throw new Error(`not submitted: ${JSON.stringify(reply)}`)
  return reply.jobs[0]
}
const words = (page: string) =>
  page
    .replace(/<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>|<svg[\s\S]*?<\/svg>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')

async function openSchool() {
  const folder = temporaryFolder()
  const marlin = await startDevice({ kind: 'marlin', listen: 'tcp://127.0.0.1:0', speed: 200, bootMs: 10 })
  const configPath = writeSchool(folder.path, [{ id: 'printer-1', model: 'generic-marlin', port: marlin.url }])
  const school = await startSchool({ configPath, log: silent })
  await until(() => school.settled(), 'the machine room is there', 30_000)
  const page = async (path: string, cookie = '') => {
    const response = await fetch(school.url + path, { headers: { cookie, 'accept-language': 'ru' }, redirect: 'manual' })
    return { status: response.status, to: response.headers.get('location') ?? '', said: words(await response.text()) }
  }
  const press = async (path: string, body: Record<string, string> = {}, cookie = '') => {
    const headers = { cookie, 'accept-language': 'ru' }
    const response = await fetch(school.url + path, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(body) })
    return { status: response.status, to: response.headers.get('location') ?? '', said: words(await response.text()) }
  }
  return {
    url: school.url,
    folder: folder.path,
    page,
    press,
    [Symbol.asyncDispose]: async () => {
      await school.stop({ stopRoom: true })
      using store = new Store(join(folder.path, 'data', 'school.sqlite'))
      expect(store.refold()).toEqual([])
      await marlin[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}

describe('the floor of a school', () => {
  it('calls and reports without sign-in; smoke holds the machine until a person has settled it', async () => {
    await using school = await openSchool()
    const teacher = await new Visitor(school.url).signIn('teacher')
    const path = (await school.page('/m/school-1/printer-1', teacher.cookie)).to
    expect(path).toMatch(/^\/m\/school-1\/printer-1-[a-z0-9]{12}$/)
    await until(async () => (await school.page(path)).said.includes('Свободен'), 'the printer is free')

    expect((await school.press(`${path}/help`)).to).toContain('said=called')
    expect((await school.page(path)).said).toContain('Учителя уже позвали')
    const [action] = (await teacher.journal()).filter(event => event.kind === 'action')
    expect(action).toMatchObject({ action: 'machine.help', by: { id: 'at-printer-1', role: 'pupil' } })
    expect((await school.press(`${path}/settle`, { fault: 'help-called' })).status).toBe(401)
    expect((await school.press(`${path}/settle`, { fault: 'help-called' }, teacher.cookie)).to).toContain('said=settled')
    expect((await school.page(path)).said).not.toContain('Учителя уже позвали')

    expect((await school.press(`${path}/report`, { problem: 'smell', text: 'пахнет от платы' })).to).toContain('said=reported')
    const held = jobOf(await teacher.submit('кубик.gcode', print(20)))
    await new Promise(resolve => setTimeout(resolve, 500))
    expect((await teacher.job(held))?.state).toBe('queued')
    expect(codeOf(await teacher.ask({ kind: 'job.start', job: held, machine: 'printer-1' }))).toBe('machine-reported')
    const ticket = ((await (await teacher.get(`/api/v1/sites/school-1/tickets/${held}`)).json()) as { path: string }).path
    await until(async () => (await school.page(ticket)).said.includes('отметит «Устранено»'), 'the ticket says what it waits for')
    expect((await school.page(path, teacher.cookie)).said).toContain('«пахнет от платы»')
    expect(codeOf(await teacher.ask({ kind: 'machine.settle', machine: 'printer-1', fault: 'problem-reported' }))).toBe('done')
    await until(async () => (await teacher.job(held))?.state === 'completed', 'it is printed', 60_000)

    await until(async () => (await school.page(path, teacher.cookie)).said.includes('Годно: стол очищен'), 'the part lies there')
    await school.press(`${path}/clear`, { quality: 'failed', cause: 'Сдвиг слоя' }, teacher.cookie)
    expect((await teacher.job(held))?.verdict).toMatchObject({ quality: 'failed', cause: 'Сдвиг слоя', by: { id: 'teacher-1' } })
  }, 120_000)

  it('mends a returned job from its ticket, on the same ticket, to the end', async () => {
    await using school = await openSchool()
    const teacher = await new Visitor(school.url).signIn('teacher')
    const pupil = await new Visitor(school.url).signIn('pupil')
    const id = jobOf(await pupil.submit('кубик.gcode', print(30)))
    const ticket = ((await (await pupil.get(`/api/v1/sites/school-1/tickets/${id}`)).json()) as { path: string }).path
    const mark = { x: 60, y: 61, layer: 0 }
    expect(codeOf(await teacher.ask({ kind: 'job.return', job: id, comment: 'Тонкая стенка', mark }))).toBe('done')
    const { said } = await school.page(ticket)
    for (const each of ['«Тонкая стенка»', 'слой 1, X 60, Y 61 мм', 'Отправить исправленный файл']) expect(said).toContain(each)
    await until(async () => (await school.page(`${ticket}/plan`)).status === 200, 'the plan is drawn')

    const mend = async (bytes: Buffer<ArrayBuffer>) => {
      const body = new FormData()
      body.set('comment', 'Утолщил')
      body.set('file', new Blob([bytes]), 'кубик толще.gcode')
      const response = await fetch(`${school.url}${ticket}/mend`, {
        method: 'POST',
        body,
        redirect: 'manual',
        headers: { 'accept-language': 'ru' },
      })
      return { status: response.status, to: response.headers.get('location') ?? '', said: words(await response.text()) }
    }
    const refused = await mend(Buffer.from('это не программа, а письмо учителю\n'.repeat(20)))
    expect(refused.status).toBe(409)
    expect(refused.said).toContain('Отправить исправленный файл')
    expect((await teacher.job(id))?.state).toBe('returned')
    expect((await mend(print(40))).to).toContain('said=mended')
    expect((await school.page(ticket)).said).toContain('Учитель проверяет')
    expect((await teacher.job(id))?.program.name).toBe('кубик толще.gcode')
    expect((await mend(print(41))).status).toBe(409)

    expect(codeOf(await teacher.ask({ kind: 'job.approve', job: id }))).toBe('done')
    await until(async () => (await teacher.job(id))?.state === 'completed', 'it is printed', 60_000)
    const path = (await school.page('/m/school-1/printer-1', teacher.cookie)).to
    await until(async () => (await school.page(path, teacher.cookie)).said.includes('Годно: стол очищен'), 'the part lies there')
    await school.press(`${path}/clear`, { quality: 'ok' }, teacher.cookie)
    const ready = (await school.page(ticket)).said
    for (const each of ['Можно забрать', 'Что получилось', 'Слоёв: 1']) expect(ready).toContain(each)
    await teacher.ask({ kind: 'job.collect', job: id })
    expect((await school.page(ticket)).said).toMatch(/Деталь выдана: сегодня \d\d:\d\d/)
  }, 120_000)
})
