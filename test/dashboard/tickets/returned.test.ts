// A ticket that was sent back: the comment, the marked place on a plan, and the mended file by a plain form. And plates, help, results.
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { drawPlan } from '../../../dashboard/tickets/plan.ts'
import type { Reply } from '../../../protocols/contract/command.ts'
import type { Job } from '../../../protocols/contract/job.ts'
import type { Preview } from '../../../protocols/contract/screen.ts'
import { machineMessage, sha } from '../house.ts'
import { openTickets, pupil } from './stage.ts'

type Stage = Awaited<ReturnType<typeof openTickets>>
let stage: Stage
beforeAll(async () => {
  stage = await openTickets()
  keepPreview(stage, 'a', cube())
})
afterAll(() => stage[Symbol.asyncDispose]())
beforeEach(() => {
  stage.commands.length = 0
  stage.answer = ({ id }) => ({ outcome: 'done', command: id, at: 1 })
})

const teacher = { id: 'anna', name: 'Анна Сергеевна', role: 'teacher' } as const
const returned = { comment: 'Тонкая стенка', mark: { x: 34, y: 12.5, layer: 1 }, by: teacher, at: 2_000 }

/** Forty layers of a square with corners at 0 and 40. */
function cube(perLayer = 4): Preview {
  const points: number[] = [0, 0, 0]
  const work = [0]
  const layers: number[] = []
  for (let layer = 0; layer < 40; layer++) {
    layers.push(work.length)
    for (let side = 0; side < perLayer; side++) {
      const at = (side / perLayer) * 2 * Math.PI
      points.push(20 + 20 * Math.cos(at * 7), 20 + 20 * Math.sin(at * 5), layer)
      work.push(side === 0 ? 0 : 1)
    }
  }
  const bounds: Preview['bounds'] = { min: [0, 0, 0], max: [40, 40, 8] }
  return { kind: 'printer', bounds, segments: work.length, points, work, layers, times: work.map(() => 0) }
}

function keepPreview(at: Stage, letter: string, preview: object): void {
  const path = join(at.folder, `preview-${letter}`)
  writeFileSync(path, JSON.stringify(preview))
  at.previews.set(sha(letter), path)
}

const put = (id: string, change: Partial<Job>, at = stage) => {
  const first = at.jobs.get('job-waiting')
  if (first) at.put({ ...first, id: `job-${id}`, ticket: 100 + id.length, ...change })
}
const read = async (path: string, at = stage) => {
  const response = await fetch(at.url + path, { headers: { 'accept-language': 'ru' }, redirect: 'manual' })
  return { status: response.status, headers: response.headers, text: await response.text() }
}
const words = (page: string) =>
  page
    .replace(/<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>|<svg[\s\S]*?<\/svg>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
const form = (bytes: string | undefined, comment?: string) => {
  const body = new FormData()
  if (comment !== undefined) body.set('comment', comment)
  if (bytes !== undefined) body.set('file', new Blob([bytes]), 'кубик 2.gcode')
  return body
}
/** What a browser sends of a form in which no file was chosen. */
const notChosen =
  '--b\r\nContent-Disposition: form-data; name="file"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--b--\r\n'
const asForm = { 'content-type': 'multipart/form-data; boundary=b' }
const mend = (path: string, body: BodyInit, headers: Record<string, string> = {}, at = stage) =>
  fetch(`${at.url}${path}/mend`, { method: 'POST', body, redirect: 'manual', headers: { 'accept-language': 'ru', ...headers } })

describe('a ticket that was sent back', () => {
  beforeAll(() => {
    put('returned', { state: 'returned', returned, comment: 'Белый, пожалуйста' })
  })

  it('says what the teacher wrote, and where, in words and on a plan', async () => {
    const { text } = await read(stage.path('returned'))
    const said = words(text)
    for (const each of ['«Тонкая стенка»', 'слой 2, X 34, Y 12,5 мм', 'Талон останется тем же', 'Отправить исправленный файл']) {
      expect(said).toContain(each)
    }
    expect(said).not.toMatch(/Анна|Белый/)
    expect(text).not.toContain('http-equiv="refresh"')
    const plan = await read(`${stage.path('returned')}/plan`)
    expect(plan.headers.get('content-type')).toContain('image/svg+xml')
    expect(plan.text).toMatch(/^<svg/)
  })

  it('has no plan where there is no mark, no preview, or a preview that is none', async () => {
    expect((await read(`${stage.path('waiting')}/plan`)).status).toBe(404)
    put('returned-b', { state: 'returned', returned, program: { sha256: sha('b'), name: 'б.gcode', size: 1, kind: 'printer', lines: 1 } })
    expect((await read(`${stage.path('returned-b')}/plan`)).status).toBe(404)
    await using odd = await openTickets()
    keepPreview(odd, 'a', { points: 'no' })
    put('returned', { state: 'returned', returned }, odd)
    expect((await read(`${odd.path('returned')}/plan`, odd)).status).toBe(404)
  })

  it('takes the mended file by a plain form, as the job’s own author, and shows the first step again', async () => {
    const response = await mend(stage.path('returned'), form('G28\nG1 X1\n', 'Утолщил стенку'))
    expect([response.status, response.headers.get('location')]).toEqual([303, `${stage.path('returned')}?said=mended&lang=ru`])
    expect(stage.commands).toMatchObject([
      { author: pupil, ask: { kind: 'job.mend', job: 'job-returned', name: 'кубик 2.gcode', size: 10, comment: 'Утолщил стенку' } },
    ])
    put('returned', { state: 'submitted', returned })
    const { text } = await read(`${stage.path('returned')}?said=mended`)
    expect(words(text)).toContain('Исправленный файл принят')
    expect(words(text)).toMatch(/Проверка \( ?сейчас ?\)|Проверка {1,2}\(сейчас\)/)
    expect(text).not.toContain('id="mend"')
    put('returned', { state: 'returned', returned })
  })

  it('keeps the bytes as they came', async () => {
    const bytes = 'G1 X1 ; Ю\n'.repeat(30_000)
    await mend(stage.path('returned'), form(bytes))
    const ask = stage.commands[0]?.ask
    expect(ask?.kind === 'job.mend' && ask.size).toBe(Buffer.byteLength(bytes))
    expect(ask?.kind === 'job.mend' && stage.stored()).toContain(`files/${ask?.kind === 'job.mend' ? ask.sha256 : ''}`)
  })
})

describe('the mended file is not taken', () => {
  it.for<[string, number, string, () => Promise<Response>]>([
    ['without a file', 400, 'Файл не выбран', async () => mend(await sentBack('one'), form(undefined))],
    ['when none was chosen', 400, 'Файл не выбран', async () => mend(await sentBack('none'), notChosen, asForm)],
    ['as a form without its end', 400, 'Файл пришёл не из формы', async () => mend(await sentBack('cut'), '--b\r\n\r\n', asForm)],
    ['when it is empty', 400, 'пуст', async () => mend(await sentBack('two'), form(''))],
    ['for a ticket that was not sent back', 409, 'не ждёт исправленного', async () => mend(stage.path('working'), form('G1'))],
    ['as a body that is no form', 415, 'Файл пришёл не из формы', async () => mend(await sentBack('three'), 'G28')],
    ['as a body of no type', 415, 'Файл пришёл не из формы', async () => mend(await sentBack('typeless'), new Blob(['G28']))],
    [
      'with the school’s no, in the school’s words',
      409,
      'Квота на неделю исчерпана. Обновится в понедельник.',
      async () => {
        const path = await sentBack('four')
        const denial = {
          code: 'quota',
          text: { ru: 'Квота на неделю исчерпана.', en: 'No.' },
          help: { ru: 'Обновится в понедельник.', en: '' },
        }
        stage.answer = ({ id }) => ({ outcome: 'refused', command: id, at: 1, denial })
        return mend(path, form('G28'))
      },
    ],
  ])('%s', async ([, status, sentence, send]) => {
    const response = await send()
    expect(response.status).toBe(status)
    const text = words(await response.text())
    expect(text).toContain(sentence)
    expect(text).toContain('№')
    expect(text).not.toMatch(/слайсере тип|запрос/i)
  })

  it('from a page of somebody else, or at a wrong address', async () => {
    const path = await sentBack('five')
    const foreign = await mend(path, form('G28'), { origin: 'https://evil.example' })
    expect([foreign.status, words(await foreign.text())]).toEqual([403, expect.stringContaining('со страницы с другого адреса')])
    expect((await mend('/t/14-abcdefghjkmn', form('G28'))).status).toBe(404)
    expect(stage.commands).toEqual([])
  })

  it('the sixth time in a few minutes', async () => {
    const path = await sentBack('six')
    const said: number[] = []
    for (let n = 0; n < 6; n++) said.push((await mend(path, form('G28'))).status)
    expect(said).toEqual([303, 303, 303, 303, 303, 429])
  })

  it('when it breaks off half-way, and the next try is free', async () => {
    const path = await sentBack('half')
    const { hostname, port } = new URL(stage.url)
    const before = stage.stored().filter(name => name.startsWith('incoming/'))
    const socket = connect(Number(port), hostname)
    const head = `POST ${path}/mend HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9000\r\n\r\n`
    socket.write(`${head}--b\r\nContent-Disposition: form-data; name="file"; filename="a.gcode"\r\n\r\nG28\nG1`)
    await new Promise(resolve => setTimeout(resolve, 100))
    expect((await mend(path, form('G28'))).status).toBe(429)
    socket.destroy()
    await expect.poll(async () => (await mend(path, form('G28'))).status).toBe(303)
    expect(stage.stored().filter(name => name.startsWith('incoming/'))).toEqual(before)
  })

  it('larger than the school takes', async () => {
    await using small = await openTickets({ uploadLimitBytes: 2_000 })
    put('big', { state: 'returned', returned }, small)
    const response = await mend(small.path('big'), form('x'.repeat(100_000)), {}, small)
    expect([response.status, words(await response.text())]).toEqual([
      413,
      expect.stringContaining('Увеличь толщину слоя или раздели модель'),
    ])
    expect(small.stored().filter(name => name.startsWith('files/') || name.startsWith('incoming/'))).toEqual([])
  })

  it('after a while: the page says that it is checked, then the school’s late word', async () => {
    const path = await sentBack('late')
    const page = async () => words((await read(`${path}?asked=command-late-1&lang=ru`)).text)
    const late = (reply: Reply | undefined) =>
      reply === undefined ? stage.replies.delete('command-late-1') : stage.replies.set('command-late-1', reply)
    expect(await page()).toContain('Школа ещё проверяет его')
    expect((await read(`${path}?asked=command-late-1`)).text).toContain('http-equiv="refresh"')
    const denial = { code: 'x', text: { ru: 'Деталь больше стола.', en: 'Too big.' } }
    late({ outcome: 'refused', command: 'command-late-1', at: 1, denial })
    expect(await page()).toContain('Деталь больше стола.')
    late({ outcome: 'done', command: 'command-late-1', at: 1 })
    expect(await page()).toContain('Исправленный файл принят')
  })

  it('and a script hears why in JSON', async () => {
    const response = await mend(await sentBack('seven'), form(''), { accept: 'application/json' })
    expect(await response.json()).toEqual({ text: expect.stringContaining('пуст') })
    const taken = await mend(await sentBack('eight'), form('G28'), { accept: 'application/json' })
    expect(await taken.json()).toEqual({ path: expect.stringContaining('said=mended') })
  })

  let letters = 0
  async function sentBack(id: string): Promise<string> {
    put(id, { state: 'returned', returned, ticket: 200 + letters++ })
    return stage.path(id)
  }
})

describe('a plan of the marked place', () => {
  it.for<[string, number]>([
    ['a square', 4],
    ['three hundred lines', 300],
    ['a layer dense with infill', 1_400],
  ])('of %s stays under 8 kB and has its pin', ([, perLayer]) => {
    const svg = drawPlan(cube(perLayer), { x: 10, y: 10, layer: 3 })
    expect(Buffer.byteLength(svg)).toBeLessThan(8_000)
    expect(svg).toContain('<circle')
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
    expect(svg.match(/<path d="M[^"]{20,}/)).not.toBeNull()
  })

  it('puts the pin where it is: Y grows away from the reader', () => {
    const pin = (x: number, y: number) => {
      const [, cx, cy] = /<circle cx="(\d+)" cy="(\d+)"/.exec(drawPlan(cube(), { x, y, layer: 0 })) ?? []
      return [Number(cx), Number(cy)] as const
    }
    const [left, low] = pin(0, 0)
    const [right, high] = pin(40, 40)
    expect(left).toBeLessThan(right)
    expect(low).toBeGreaterThan(high)
  })

  it('shows a mark beside the part, one in a layer there is not, and a program without any', () => {
    for (const mark of [
      { x: 500, y: -300 },
      { x: 1, y: 1, layer: 999 },
    ])
      expect(drawPlan(cube(), mark)).toContain('<circle')
    const empty = { bounds: { min: [0, 0, 0], max: [0, 0, 0] }, points: [], work: [] } satisfies Parameters<typeof drawPlan>[0]
    expect(drawPlan(empty, { x: 0, y: 0 })).not.toMatch(/NaN|Infinity/)
  })
})

describe('a part made on one bed with others', () => {
  it('shows the bed’s progress and end, and is ready when the bed is', async () => {
    await using at = await openTickets()
    put('plate', { state: 'running', machine: 'ender', startedAt: 2_000, author: teacher, ticket: 300 }, at)
    put('follower', { state: 'running', machine: 'ender', plate: 'job-plate', ticket: 301 }, at)
    at.fleet.apply('alpha', {
      name: 'machine',
      machine: 'ender',
      payload: machineMessage('ender', { state: 'running', since: 1, job: 'job-plate' }),
    })
    const progress = { job: 'job-plate', lines: 1, bytes: 1, fraction: 0.42, elapsedSeconds: 10 }
    at.fleet.apply('alpha', { name: 'telemetry', machine: 'ender', payload: { at: 2, progress } })
    const end: [number, number] = [Date.now() + 60_000, Date.now() + 600_000]
    at.fleet.apply('alpha', { name: 'queue', payload: { at: 1, jobs: { 'job-plate': { end, ahead: 0 } } } })
    const said = words((await read(at.path('follower'), at)).text)
    for (const each of ['№ 301', 'В работе', 'вместе с другими', 'Сделано 42 %', 'Будет готово']) expect(said).toContain(each)
    const done: NonNullable<Job['end']> = { outcome: 'completed', evidence: 'M400', lines: 1, bytes: 1, seconds: 3_700, resends: 0 }
    const verdict = { quality: 'ok' as const, by: teacher, at: 3_000 }
    put('plate', { state: 'completed', machine: 'ender', startedAt: 2, endedAt: Date.now(), end: done, verdict, ticket: 300 }, at)
    expect(words((await read(at.path('follower'), at)).text)).toContain('Можно забрать')
    put('follower', { state: 'completed', plate: 'job-plate', endedAt: Date.now(), end: { ...done, seconds: 0 }, verdict, ticket: 301 }, at)
    const own = words((await read(at.path('follower'), at)).text)
    expect(own).toContain('Можно забрать')
    expect(own).not.toContain('Время работы')
  })
})

describe('a ticket at its end', () => {
  it('tells what was made, and when it was handed over', async () => {
    const end: NonNullable<Job['end']> = { outcome: 'completed', evidence: 'M400', lines: 1, bytes: 1, seconds: 5_400, resends: 0 }
    const verdict = { quality: 'ok' as const, by: teacher, at: 3_000 }
    const program = { sha256: sha('a'), name: 'а.gcode', size: 1, kind: 'printer' as const, lines: 1, material: 'PLA', grams: 12.34 }
    const common = { machine: 'ender', startedAt: 1, endedAt: Date.now(), end, verdict, program }
    put('made', { state: 'completed', ...common })
    const made = words((await read(stage.path('made'))).text)
    for (const each of ['Материал: PLA, 12 г', 'Время работы: 1 ч 30 мин', 'Слоёв: 40']) expect(made).toContain(each)
    const collectedAt = Date.parse(`${new Date(Date.now() + 3 * 3_600_000).toISOString().slice(0, 10)}T14:05:00+03:00`)
    put('given', { state: 'collected', ...common, collectedAt, ticket: 400 })
    expect(words((await read(stage.path('given'))).text)).toContain('Деталь выдана: сегодня 14:05')
  })
})

describe('«Мне помочь»', () => {
  const help = (path: string) =>
    fetch(`${stage.url}${path}/help`, { method: 'POST', redirect: 'manual', headers: { 'accept-language': 'ru' } })

  it('calls the teacher to the machine the part is on, as the job’s author', async () => {
    expect(words((await read(stage.path('working'))).text)).toContain('Мне помочь')
    expect((await help(stage.path('working'))).headers.get('location')).toContain('said=called')
    expect(stage.commands).toMatchObject([{ author: pupil, ask: { kind: 'machine.help', machine: 'ender' } }])
  })

  it('is not there where there is no machine to come to', async () => {
    for (const phase of ['waiting', 'checking', 'collected', 'denied']) {
      expect(words((await read(stage.path(phase))).text)).not.toContain('Мне помочь')
      await help(stage.path(phase))
    }
    expect(stage.commands).toEqual([])
  })
})
