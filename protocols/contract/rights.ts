// Who may do what (DESIGN §6). Judged at the daemon, again, whatever the screen allowed; the screen asks the same function what to offer.
import type { MachineKind } from './machine.ts'
import { type RightsCode, rightsWords } from './rights-words.ts'
import type { Role } from './role.ts'
import type { Denial } from './words.ts'

export type { Role }

/** What an Ask shows to the judge; every Ask has this shape. */
export type Asked = {
  readonly kind: string
  readonly allowConstantPower?: boolean | undefined
  readonly target?: number
  readonly person?: string
  readonly people?: readonly string[]
}

export type RightsContext = {
  /** Where the command came in, known from the door and never from the message. */
  readonly origin: 'school' | 'city'
  /** Author of the job the ask names, where it names one. */
  readonly jobAuthor?: string
  /** Kind of the machine the ask names, or on which its job runs. */
  readonly machineKind?: MachineKind
  /** Role of the person the ask is about, where it names one. */
  readonly personRole?: Role
}

type Rule = {
  readonly roles: readonly Role[]
  /** A pupil may do it to the pupil's own job. */
  readonly ownJob?: true
  /** Where any of the staff may, though `roles` names fewer: the case in which it can do no harm. */
  readonly staffWhere?: (ask: Asked, context: RightsContext) => boolean
  /** On lasers and mills it can set a beam, a cutter or an axis moving: only with eyes on the machine, so only from the school's own screen. */
  readonly atMachine?: true
}

const everyone: readonly Role[] = ['pupil', 'teacher', 'technician', 'administrator']
const staff: readonly Role[] = ['teacher', 'technician', 'administrator']
const keepers: readonly Role[] = ['technician', 'administrator']
/** Firmware's own doors: console, alarm unlock, reset, heaters, constant laser power. */
const technician: readonly Role[] = ['technician']

/** One row for each kind of Ask; a kind without a row is nobody's right. */
const rules: Readonly<Record<string, Rule>> = {
  'job.submit': { roles: everyone },
  'program.check': { roles: everyone },
  'job.cancel': { roles: staff, ownJob: true },
  'job.approve': { roles: staff },
  'job.return': { roles: staff },
  'job.deny': { roles: staff },
  'job.hold': { roles: staff },
  'job.release': { roles: staff },
  'job.move': { roles: staff },
  'job.assign': { roles: staff },
  'job.mend': { roles: staff, ownJob: true },
  'job.start': { roles: staff, atMachine: true },
  'job.arm': { roles: staff, atMachine: true },
  'job.plate': { roles: staff },
  'job.collect': { roles: staff },
  'machine.pause': { roles: staff },
  'machine.resume': { roles: staff, atMachine: true },
  'machine.stop': { roles: staff },
  'machine.clear': { roles: staff },
  'machine.home': { roles: staff, atMachine: true },
  'machine.frame': { roles: staff, atMachine: true },
  'machine.jog': { roles: staff, atMachine: true },
  'machine.override': { roles: staff, atMachine: true },
  'machine.answer': { roles: staff, atMachine: true },
  'machine.service': { roles: keepers },
  'machine.unlock': { roles: technician, atMachine: true },
  // A printer halted by a stop wants a restart before it takes the next job; nothing moves and nothing burns by it.
  'machine.reset': { roles: technician, staffWhere: (_, { machineKind }) => machineKind === 'printer' },
  // Switching a heater off never harms: a teacher need not wait for a technician.
  'machine.heat': { roles: technician, staffWhere: ({ target }) => target === 0 },
  'machine.console': { roles: technician, atMachine: true },
  'machine.report': { roles: everyone },
  'machine.help': { roles: everyone },
  'machine.settle': { roles: staff },
  'machine.look': { roles: staff },
  'care.done': { roles: keepers },
  'care.undo': { roles: keepers },
  'part.put': { roles: keepers },
  'order.open': { roles: staff },
  'order.note': { roles: staff },
  'lesson.book': { roles: staff },
  'lesson.cancel': { roles: staff },
  'quota.set': { roles: staff },
  'instruction.record': { roles: staff },
  'permit.grant': { roles: staff },
  'permit.revoke': { roles: staff },
  'group.open': { roles: staff },
  'group.close': { roles: staff },
  'pupil.forget': { roles: staff },
}

/**
 * May this person ask this, from here? Undefined: yes. Otherwise a denial with one of the codes of rights-words.ts.
 * Judges the person only; whether the job or machine is in a state for it is the daemon's queue to say.
 */
export function judge(author: { readonly id: string; readonly role: Role }, ask: Asked, context: RightsContext): Denial | undefined {
  const rule = rules[ask.kind]
  if (rule === undefined) return denial('unknown-order')
  const harmless = staff.includes(author.role) && rule.staffWhere?.(ask, context) === true
  const own = rule.ownJob === true && context.jobAuthor === author.id
  if (!rule.roles.includes(author.role) && !harmless && !own) return denial(refusalFor(author.role, rule))
  if (ask.allowConstantPower === true && author.role !== 'technician') return denial('constant-power-needs-technician')
  // Nobody is one's own instructor.
  if ((ask.kind === 'permit.grant' && ask.person === author.id) || (ask.kind === 'instruction.record' && ask.people?.includes(author.id))) {
    return denial('not-for-yourself')
  }
  if (ask.kind === 'permit.grant' && author.role === 'teacher' && context.personRole !== 'pupil' && context.personRole !== undefined) {
    return denial('colleagues-by-technician')
  }
  const dangerous = context.machineKind === 'laser' || context.machineKind === 'mill'
  if (rule.atMachine === true && dangerous && context.origin !== 'school') return denial('only-at-the-machine')
  return undefined
}

/** Whether there is any case in which this role may ask this: the judgement of a first door that does not know the case. */
export function mayEver(role: Role, kind: string): boolean {
  const rule = rules[kind]
  if (rule === undefined) return false
  return rule.roles.includes(role) || rule.ownJob === true || (rule.staffWhere !== undefined && staff.includes(role))
}

function refusalFor(role: Role, rule: Rule): RightsCode {
  if (rule.ownJob === true) return 'not-your-job'
  if (role === 'pupil' && rule.roles.includes('teacher')) return 'teacher-only'
  return 'technician-only'
}

function denial(code: RightsCode): Denial {
  return { code, ...rightsWords[code] }
}
