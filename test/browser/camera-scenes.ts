// A school with a camera over its laser and a start button on it, in the states that matter; and a camera's answers for a page.
import type { Page } from 'playwright-core'
import type { MachineState } from '../../protocols/contract/machine.ts'
import type { SitePicture } from '../../protocols/contract/screen.ts'
import { BedView } from '../devices/bed.ts'
import { school } from './scenes.ts'
import { must } from './stage.ts'

export const laserPath = '/sites/school-5/machines/laser'
const notPressed = {
  code: 'not-pressed',
  text: {
    ru: 'Кнопку на станке не нажали за две минуты: задание вернулось в очередь.',
    en: 'The button on the machine was not pressed within two minutes: the job is back in the queue.',
  },
}

/** The laser with its camera and its button. `job`: what is told of the job before it. */
function laserWith(state: MachineState | undefined, back: boolean, turn?: 90, at = Date.now()): SitePicture {
  const picture = school('attention', at)
  const laser = must(picture.machines.laser)
  const declaration = { ...laser.declaration, camera: true, startButton: true, ...(turn ? { cameraTurn: turn } : {}) } as const
  const queued = must(Object.values(picture.jobs).find(job => job.state === 'queued' && job.suitable.includes('laser')))
  const job =
    state === undefined ? { ...queued, ...(back ? { back: notPressed } : {}) } : { ...queued, state: 'starting' as const, machine: 'laser' }
  const seen = state === undefined ? laser.state : state.state === 'attention' ? { ...state, job: queued.id } : state
  return {
    ...picture,
    machines: { ...picture.machines, laser: { ...laser, declaration, state: seen } },
    jobs: { ...picture.jobs, [job.id]: job },
  }
}

/** Free, with a job before it; `back`: that came back unpressed. */
export const withButton =
  (back = false, turn?: 90) =>
  (now: number) =>
    laserWith(undefined, back, turn, now)
/** Armed for so many seconds. */
export const armedFor = (seconds: number) => (now: number) =>
  laserWith({ state: 'attention', since: now - seconds * 1000, why: 'button' }, false, undefined, now)

const bed = new BedView({ x: 400, y: 300 })
export const bedPicture = bed.png({
  mode: 'Idle',
  position: [140, 120, 0],
  moving: false,
  speed: 0,
  heaters: {},
  burnAtStandstillMs: 0,
  plannedBlocks: 0,
  seconds: 0,
  motionSeconds: 0,
  ranDry: 0,
})

/** What the camera answers; counts how often it was asked. */
export async function answerCamera(
  page: Page,
  answer: { kind: 'picture'; age?: number } | { kind: 'none' } | { kind: 'denied' },
  kept: number[] = [],
): Promise<{ asked: number }> {
  const count = { asked: 0 }
  await page.route('**/machines/laser/camera', route => {
    count.asked++
    if (answer.kind === 'none') return route.fulfill({ status: 204 })
    if (answer.kind === 'denied')
      return route.fulfill({
        status: 503,
        json: { denial: { code: 'camera-unreachable', text: { ru: 'Камера не отвечает.', en: 'The camera does not answer.' } } },
      })
    return route.fulfill({ body: bedPicture, contentType: 'image/png', headers: { age: String(answer.age ?? 2) } })
  })
  await page.route('**/machines/laser/camera/stream', route => route.fulfill({ body: bedPicture, contentType: 'image/png' }))
  await page.route('**/machines/laser/camera/kept', route => route.fulfill({ json: { at: kept } }))
  await page.route('**/machines/laser/camera/kept/*', route => route.fulfill({ body: bedPicture, contentType: 'image/png' }))
  return count
}
