// Lines through a corrupting wire to a model of Marlin's queue: how many were lost, doubled or out of order. `npm run bench -- soak`
// Numbers on every line are what makes this possible; Grbl has neither numbers nor checksums, so there is no such promise there.
import type { FirmwareHabits } from '../test/protocols/marlin/firmware.ts'
import { type SoakResult, soak } from '../test/protocols/marlin/soak.ts'

/** TSEKH_SOAK_LINES=10000000 is the design's figure; it takes a while. */
const linesInAll = Number(process.env.TSEKH_SOAK_LINES ?? 1_000_000)
const linesOfAJob = 20_000
const corruption = 1e-3

const usual = { keepalive: true, autoTemperature: true, waits: false }

const firmwares: { name: string; habits: FirmwareHabits }[] = [
  {
    name: 'Marlin 2.1: drops doubles, no ok after Resend',
    habits: { ...usual, duplicates: 'silent', okAfterResend: false, advancedOk: false },
  },
  {
    name: 'Marlin 2.0: errors on doubles, ok after Resend',
    habits: { ...usual, duplicates: 'error', okAfterResend: true, advancedOk: false },
  },
  { name: 'with ADVANCED_OK', habits: { ...usual, duplicates: 'silent', okAfterResend: false, advancedOk: true } },
]

export async function benchSoak(): Promise<void> {
  console.log(
    `\n${corruption} of the bytes hurt in either direction, window 4 where it holds, ${linesInAll.toLocaleString('en')} lines in all\n`,
  )
  console.log(
    `${'firmware'.padEnd(50)}${'lines'.padStart(11)}${'lost'.padStart(6)}${'doubled'.padStart(9)}${'wrong'.padStart(7)}${'altered'.padStart(9)}${'resends'.padStart(9)}${'ended early'.padStart(13)}`,
  )
  let seed = 1
  for (const { name, habits } of firmwares) {
    const results: SoakResult[] = []
    const jobs = Math.max(1, Math.round(linesInAll / firmwares.length / linesOfAJob))
    for (let job = 0; job < jobs; job++) {
      const noise = { toMachine: corruption, toHost: corruption, kinds: ['bit', 'byte', 'drop', 'double'] as const }
      results.push(soak({ seed: seed++, lines: linesOfAJob, habits, noise, windowLines: 4 }))
    }
    const sum = (pick: (result: SoakResult) => number) => results.reduce((total, result) => total + pick(result), 0)
    const early = results.filter(({ end }) => end?.outcome !== 'completed').length
    const cells = [
      sum(r => r.executed),
      sum(r => r.lost),
      sum(r => r.doubled),
      sum(r => r.wrong),
      sum(r => r.altered),
      sum(r => r.resends),
      early,
    ]
    const widths = [11, 6, 9, 7, 9, 9, 13]
    console.log(name.padEnd(50) + cells.map((cell, i) => cell.toLocaleString('en').padStart(widths[i] ?? 9)).join(''))
  }
  console.log(
    "\naltered: another text with a right number and a right checksum. Marlin's XOR cannot see two equal bits turned, and no host can.\n",
  )
}
