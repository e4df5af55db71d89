// What the school says of a camera that gave no picture. Never its address, never its password.
import type { Sentence } from '../../protocols/contract/words.ts'

type Words = { text: () => Sentence; help?: Sentence }
const said = (ru: string, en: string, help?: Sentence): Words => ({ text: () => ({ ru, en }), ...(help ? { help } : {}) })
const technician: Sentence = {
  ru: 'Позовите техника: адрес и пароль камеры записаны в файле школы.',
  en: 'Call a technician: the camera’s address and password stand in the school’s file.',
}

export const cameraWords = {
  'no-camera': said('У этого станка нет камеры.', 'This machine has no camera.'),
  'camera-unreachable': said('Камера не отвечает.', 'The camera does not answer.', {
    ru: 'Проверьте, что она включена и в сети школы.',
    en: 'Check that it is on and in the school’s network.',
  }),
  'camera-refused': said('Камера не приняла имя и пароль.', 'The camera refused the name and password.', technician),
  'camera-wrong-address': said('По адресу камеры картинки нет.', 'There is no picture at the camera’s address.', technician),
  'camera-elsewhere': said(
    'Камера отсылает на чужой адрес: туда мы не ходим.',
    'The camera sends us to another address: we do not go there.',
    technician,
  ),
  'camera-no-picture': said('Камера прислала не картинку.', 'What the camera sent is no picture.', technician),
  'camera-broken-picture': said('Картинка с камеры оборвалась на середине.', 'The camera’s picture broke off in the middle.', {
    ru: 'Попробуйте ещё раз.',
    en: 'Try again.',
  }),
  'camera-too-large': said('Картинка с камеры больше 4 МБ.', 'The camera’s picture is larger than 4 MB.', {
    ru: 'Уменьшите разрешение в настройках камеры.',
    en: 'Choose a smaller resolution in the camera’s settings.',
  }),
  'picture-not-sent': said('Картинка не дошла до города.', 'The picture did not reach the city.', {
    ru: 'Попробуйте ещё раз или посмотрите с экрана школы.',
    en: 'Try again, or look from the school’s own screen.',
  }),
  'camera-crowded': said('Сейчас смотрят слишком многие.', 'Too many people are watching now.', {
    ru: 'Попробуйте через минуту.',
    en: 'Try again in a minute.',
  }),
} satisfies Record<string, Words>
