// Which machines may take a checked program, as this person may allow.
import type { Finding, Program, Suitability } from '../../../protocols/contract/program.ts'

/** Code of the one finding that a technician's leave answers (command.ts, allowConstantPower). */
const constantPowerCode = 'constant-power'

/** with-leave: only constant laser power stands in the way, and a technician may allow it. */
export type Fit = 'fits' | 'with-leave' | 'no'

export function fitOf({ fits, findings }: Suitability): Fit {
  if (fits) return 'fits'
  const stops = findings.filter(finding => finding.severity === 'stop')
  return stops.length > 0 && stops.every(finding => finding.code === constantPowerCode) ? 'with-leave' : 'no'
}

/** The machines that could take it now, given whether constant power is allowed. */
export function takers(program: Program, allowed: boolean): Suitability[] {
  return program.machines.filter(machine => {
    const fit = fitOf(machine)
    return fit === 'fits' || (allowed && fit === 'with-leave')
  })
}

export function asksLeave(program: Program): boolean {
  return program.machines.some(machine => fitOf(machine) === 'with-leave')
}

/** The program's own findings and the chosen machine's, worst first, none told twice. */
export function findingsFor(program: Program, machine: string | undefined): Finding[] {
  const own = program.machines.find(each => each.machine === machine)?.findings ?? []
  const worst = ['stop', 'ask', 'note']
  const seen = new Set<string>()
  return [...program.findings, ...own]
    .filter(finding => {
      const key = `${finding.code} ${finding.line ?? ''}`
      return seen.has(key) ? false : seen.add(key)
    })
    .sort((a, b) => worst.indexOf(a.severity) - worst.indexOf(b.severity))
}
