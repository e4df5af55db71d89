// Scenes of the machine's own start button and of the camera over its bed.
import { answerCamera, armedFor, laserPath, withButton } from './camera-scenes.ts'
import type { Shot } from './shots.ts'

const both: Shot['sizes'] = ['wide', 'phone']
const everything = { sizes: both, languages: ['ru', 'en'], schemes: ['light', 'dark'] } satisfies Partial<Shot>
const atSchool = {
  scene: 'attention',
  as: 'teacher',
  scope: { kind: 'school', site: 'school-5' },
  sites: ['school-5'],
} satisfies Shot['options']
const inCity = { scene: 'attention', as: 'teacher', sites: ['school-5'] } satisfies Shot['options']
const show: NonNullable<Shot['prepare']> = page => page.getByRole('button', { name: /^(Показать|Show)$/ }).click()

export const cameraShots: readonly Shot[] = [
  { name: 'machine-button', options: { ...atSchool, picture: withButton(true) }, path: laserPath, ...everything },
  { name: 'machine-armed', options: { ...atSchool, picture: armedFor(23) }, path: laserPath, ...everything },
  { name: 'school-armed', options: { ...atSchool, picture: armedFor(23) }, path: '/sites/school-5', sizes: both },
  {
    name: 'camera',
    options: { ...inCity, picture: withButton() },
    path: laserPath,
    ...everything,
    prepare: async (page, fake) => {
      await answerCamera(page, { kind: 'picture', age: 4 })
      await show(page, fake)
    },
  },
  {
    name: 'camera-kept',
    options: { ...atSchool, picture: withButton(false, 90) },
    path: laserPath,
    sizes: both,
    prepare: async (page, fake) => {
      const now = Date.now()
      await answerCamera(page, { kind: 'picture' }, [now - 7_200_000, now - 3_600_000, now - 600_000])
      await show(page, fake)
    },
  },
  {
    name: 'camera-none',
    options: { ...inCity, picture: withButton() },
    path: laserPath,
    sizes: both,
    prepare: async (page, fake) => {
      await answerCamera(page, { kind: 'none' })
      await show(page, fake)
    },
  },
]
