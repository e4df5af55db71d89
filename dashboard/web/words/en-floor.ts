// Words of calls from a machine: call the teacher, report a problem, settled.
import type { ruFloor } from './ru-floor.ts'

export const enFloor: typeof ruFloor = {
  floor: {
    help: 'Call the teacher',
    helpDone: machine => `The teacher is called to “${machine}”.`,
    report: 'Report a problem',
    reportTitle: machine => `What is wrong: ${machine}`,
    danger: 'Smoke or fire: the red button on the machine at once, step away and shout.',
    what: 'What is wrong?',
    own: 'In your own words',
    ownHint: 'You need not write anything. No surnames, please.',
    send: 'Report',
    cancel: 'Never mind',
    reportDone: 'Thank you. The teacher and the technician see it.',
    called: 'The teacher is called here',
    reported: 'A problem was reported',
    going: 'Coming',
    settled: 'Settled',
    stickerPage: 'QR page',
    stickers: 'QR stickers for the machines',
  },
}
