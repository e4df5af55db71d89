// The file of a demo's school, as `tsekh school` reads it.
import { join } from 'node:path'
import { weekdays } from '../../protocols/contract/calendar.ts'
import { type DemoMachine, type DemoSchool, demoPeople } from './demo-plan.ts'

export function schoolConfig(
  school: DemoSchool,
  folder: string,
  port: number,
  portOf: (machine: DemoMachine) => string,
  windowOf: (machine: DemoMachine) => number | undefined,
  city: { broker: string; web: string; password: string | undefined },
) {
  return {
    site: { id: school.id, name: school.name },
    data: join(folder, school.id),
    screen: { host: '127.0.0.1', port },
    city,
    machines: school.machines.map(machine => ({
      id: machine.id,
      name: machine.name,
      model: machine.model,
      port: portOf(machine),
      ...seenThrough(windowOf(machine)),
    })),
    people: demoPeople
      .filter(({ sites }) => sites === 'all' || sites.includes(school.id))
      .map(({ id, login, name, role }) => ({ id, login, name, role, password: login })),
    hours: demoHours(),
    // A pupil's job of more than six hours is for a teacher to decide; a printer may go on after the lesson.
    rules: { jobMaxHours: 6, jobTooLong: 'ask', runPastClosing: true },
    demo: true,
  }
}

/** What a simulated machine's window offers: a button on its front, a camera over its bed. */
function seenThrough(window: number | undefined) {
  if (window === undefined) return {}
  const url = `http://127.0.0.1:${window}`
  return { startButton: true, camera: { snapshot: `${url}/snapshot`, stream: `${url}/stream`, keepHours: 2 } }
}

/** Never closed and always supervised, for whoever tries it at night; the bells are those of a school. */
function demoHours() {
  const days = (spans: string, which: readonly string[]) => Object.fromEntries(which.map(day => [day, spans]))
  const workdays = weekdays.slice(0, 5)
  return {
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    open: days('00:00-24:00', weekdays),
    supervised: days('00:00-24:00', weekdays),
    lessons: days('08:30-09:15, 09:25-10:10, 10:30-11:15, 11:25-12:10, 12:30-13:15, 13:25-14:10', workdays),
  }
}
