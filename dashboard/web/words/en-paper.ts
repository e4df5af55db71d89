// Words of the sheet on paper: the queue for a day without power or network.
import type { ruPaper } from './ru-paper.ts'

export const enPaper: typeof ruPaper = {
  paper: {
    asOf: moment => `As of ${moment}`,
    queue: 'The queue on paper',
    empty: 'The queue is empty.',
    held: 'on hold',
    place: 'Place',
    ticket: 'Ticket',
    who: 'Whose',
    file: 'File',
    machine: 'Machine',
    takes: 'Takes',
    mark: 'Mark',
    working: 'working',
    shelf: 'On the shelf',
    shelfEmpty: 'Nothing waits to be handed over.',
    handed: 'Handed over',
    state: 'State',
    later: 'When the connection is back, bring the marks to the screen: beds cleared, parts handed over, cancelled jobs.',
  },
}
