// Words of the machine's own start button and of the camera over its bed.
import type { ruCamera } from './ru-camera.ts'

export const enCamera: typeof ruCamera = {
  arm: {
    arm: 'Arm: start by the button on the machine',
    about: 'No PIN needed: the button on the machine says that you are there.',
    press: 'Press the start button on the machine',
    left: time => `${time} left. Then the job goes back into the queue by itself.`,
    over: 'Time is up: the job is going back into the queue.',
    cancel: 'Call it off',
    still: 'Until it is pressed the machine stands still, spindle and beam off. No screen can start this job.',
  },
  camera: {
    title: 'Camera',
    show: 'Show',
    hide: 'Hide',
    now: 'Now',
    kept: 'Kept from the last hours',
    about: 'A picture is taken only while you look.',
    bedOnly: 'The camera sees the machine’s bed only.',
    alt: machine => `The bed of “${machine}”`,
    loading: 'Asking the camera…',
    live: 'Live',
    age: age => `Taken ${age} ago`,
    old: age => `Taken ${age} ago: there is no fresh picture.`,
    none: 'There is no picture yet.',
    broken: 'The picture did not come.',
    silent: 'The school is offline: no fresh picture will come.',
    paused: 'The tab was hidden, so the camera was stopped.',
  },
}
