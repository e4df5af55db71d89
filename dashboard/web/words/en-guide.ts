// Words of the card "Where to begin".
import type { ruGuide } from './ru-guide.ts'

export const enGuide: typeof ruGuide = {
  guide: {
    title: 'Where to begin',
    of: (done, all) => `${done} of ${all}`,
    about: 'Steps tick themselves; the ticks are kept in this browser only.',
    hide: 'Hide',
    hidden: 'The card is hidden. The menu at the top right brings it back.',
    show: 'Where to begin',
    done: 'done',
    todo: 'not yet',
    open: 'Open',
    steps: {
      send: ['Send a file', 'Press “Send a file” and choose the G-code from your slicer. You get a ticket with a number.'],
      approved: ['Wait for the check', 'The teacher approves the file or returns it with a remark. You see it on the ticket’s page.'],
      fetch: ['Collect your part', 'When the ticket says it is ready, tell the teacher its number.'],
      pin: ['Choose a PIN', 'You need it at the machine when the school works without the city. In the menu at the top right.'],
      group: ['Open a group', 'Pupils join by its code, without names or passwords. The card with the code can be printed.'],
      approve: ['Approve the first job', 'Pupils’ files wait under “Waiting for me”. Many can be approved at once.'],
      clear: ['Take a part off and say how it came out', 'A machine starts nothing new while its bed is not cleared.'],
      hand: ['Hand a part over', '“Handed over” closes the ticket, and the part no longer waits on the shelf.'],
      linked: ['Wait until every school is connected', 'A school appears by itself as soon as its node is online.'],
      take: ['Acknowledge a first fault', 'Open a row on the page “Machine health”, write what you are doing, and press “Acknowledge”.'],
      screen: ['Connect a workshop’s screen', 'The link for a TV is given at the foot of the page “Machine health”.'],
      staff: ['Invite your staff', 'An invitation is valid for three days; each person chooses a password.'],
      begun: ['See that work goes on', 'At least one school has a job in its queue or on a machine.'],
    },
  },
}
