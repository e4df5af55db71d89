// «С чего начать»: steps tick themselves by what is done, the card hides and comes back, and blocks nothing.
import { describe, expect, it } from 'vitest'
import { type Seen, stepsOf } from '../../dashboard/web/guide/steps.ts'
import type { Job } from '../../protocols/contract/job.ts'
import { region } from './pages.ts'
import { roster } from './roster.ts'
import { job, people } from './scenes.ts'
import { atSchool, phone, schoolPath, setStage } from './stage.ts'

const nothing: Seen = { me: {}, person: 'a-pupil', jobs: [] }
const own = (state: Job['state'], more: Partial<Job> = {}) => job('job-00001', 1, state, 0, { author: people.pupil, ...more })
const verdict = { quality: 'ok', by: people.teacher, at: 1 } as const

describe('the first steps', () => {
  it.for<[string, Parameters<typeof stepsOf>, string]>([
    ['of a pupil who has done nothing', ['pupil', nothing], 'send approved fetch'],
    ['of a pupil whose file waits for its check', ['pupil', { ...nothing, jobs: [own('submitted')] }], 'SEND approved fetch'],
    ['of a pupil whose file came back', ['pupil', { ...nothing, jobs: [own('returned')] }], 'SEND approved fetch'],
    ['of a pupil whose part is fetched', ['pupil', { ...nothing, jobs: [own('collected')] }], 'SEND APPROVED FETCH'],
    ['are not done by somebody else', ['pupil', { ...nothing, person: 'another', jobs: [own('collected')] }], 'send approved fetch'],
    [
      'of a teacher at the school',
      ['teacher', { ...nothing, me: { pin: { set: true, atStart: true } }, roster, jobs: [own('completed', { verdict })] }],
      'PIN GROUP APPROVE CLEAR hand',
    ],
    ['of a teacher where there are no PINs', ['teacher', nothing], 'group approve clear hand'],
    ['of a technician', ['technician', { ...nothing, screens: 1, taken: 0 }], 'linked take SCREEN'],
    ['of an administrator', ['administrator', { ...nothing, me: { keepsStaff: true }, staff: 3 }], 'STAFF linked screen begun'],
    [
      'of an administrator whose schools are there and work',
      ['administrator', { ...nothing, sites: [{ link: { link: 'online', since: 0, heardAt: 0 }, counts: {}, queued: 2 }] }],
      'LINKED screen BEGUN',
    ],
  ])('%s', ([, [role, seen], said]) => {
    expect(
      stepsOf(role, seen)
        .map(({ name, done }) => (done ? name.toUpperCase() : name))
        .join(' '),
    ).toBe(said)
  })
})

const stage = setStage()
const card = () => region(stage.page, 'С чего начать')

describe('the card', () => {
  it('ticks a step when it is done, stays ticked when the job is gone, and blocks nothing', async () => {
    await stage.open(schoolPath, { ...atSchool, scene: 'empty', as: 'pupil' }, phone)
    await card().getByText('0 из 3').waitFor()
    expect(await stage.page.getByRole('dialog').count()).toBe(0)
    stage.fake.change('school-5', picture => ({ ...picture, jobs: { 'job-00001': own('submitted') } }))
    await card().getByText('1 из 3').waitFor()
    stage.fake.change('school-5', picture => ({ ...picture, jobs: {} }))
    await stage.page.waitForTimeout(200)
    await card().getByText('1 из 3').waitFor()
    expect(await stage.page.getByRole('button', { name: 'Отправить файл' }).isEnabled()).toBe(true)
  })

  it('hides for good in this browser, and comes back from the menu', async () => {
    await stage.open(schoolPath, { ...atSchool, roster })
    await card().getByRole('button', { name: 'Скрыть' }).click()
    await card().waitFor({ state: 'detached' })
    await stage.page.reload()
    await region(stage.page, 'Очередь').waitFor()
    expect(await card().count()).toBe(0)
    await stage.page.getByRole('button', { name: 'Ирина Петровна' }).click()
    await stage.page.getByRole('menuitem', { name: 'С чего начать' }).click()
    await card().waitFor()
  })

  it.for([
    ['technician', 'Примите первую неисправность'],
    ['administrator', 'Подключите экран мастерской'],
  ] as const)('stands on the wall of a %s', async ([as, step]) => {
    await stage.open('/', { as, sites: 'all' })
    await card().getByText(step).waitFor()
  })
})
