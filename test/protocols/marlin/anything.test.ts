// Whatever is heard and asked, in whatever order: nothing throws, and every job and every deed gets exactly one answer.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Deed } from '../../../protocols/contract/room.ts'
import { createMarlinSession } from '../../../protocols/marlin/session.ts'
import type { SessionInput } from '../../../protocols/session.ts'
import { cursorOf, printer } from './desk.ts'

const spoken = [
  'ok',
  'ok',
  'ok',
  'ok',
  'ok T:210.0 /210.0 B:60.0 /60.0',
  'ok N12 P15 B3',
  'okok',
  'start',
  'wait',
  'echo:busy: processing',
  'echo:busy: paused for user',
  'Resend: 3',
  'Resend: 9',
  'Resend: 1',
  'Error:checksum mismatch, Last Line: 8',
  'Error:Printer halted. kill() called!',
  'Error:Printer stopped due to errors. Fix the error and use M999 to restart.',
  'Error:',
  '//action:pause',
  '//action:paused',
  '//action:resume',
  '//action:resumed',
  '//action:cancel',
  '//action:start',
  '//action:prompt_begin A',
  '//action:prompt_button Continue',
  '//action:prompt_show',
  '//action:prompt_end',
  'SD printing byte 1/2',
  'Not SD printing',
  'FIRMWARE_NAME:Marlin 2.1 EXTRUDER_COUNT:99',
  'Cap:EMERGENCY_PARSER:1',
  'Cap:PROMPT_SUPPORT:1',
  'Cap:AUTOREPORT_TEMP:1',
  'X:1.00 Y:2.00 Z:3.00 E:4.00 Count X:0 Y:0 Z:0',
  'T:210.0 /210.0',
  'echo:Unknown command: "M600"',
  'o',
  'k',
  '',
]
const deeds: Deed[] = [
  { kind: 'pause' },
  { kind: 'resume' },
  { kind: 'cancel' },
  { kind: 'stop' },
  { kind: 'home' },
  { kind: 'unlock' },
  { kind: 'reset' },
  { kind: 'jog', x: 1, feed: 100 },
  { kind: 'override', feed: 50 },
  { kind: 'heat', heater: 'bed', target: 60 },
  { kind: 'answer', choice: 1 },
  { kind: 'console', line: 'M503' },
]
const program = ['G28', 'M109 S200', 'G1 X1 F100', '@pause', 'M600', 'G91', 'G1 X2', 'M0', 'G1 X3', 'T1', 'G4 P10', 'G1 X4']

type Step =
  | { readonly do: 'hear'; readonly line: string }
  | { readonly do: 'pass' | 'run' | 'open' | 'close' }
  | { readonly do: 'deed'; readonly deed: Deed }

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom(...spoken).map(line => ({ do: 'hear', line }) as const) },
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map(line => ({ do: 'hear', line }) as const) },
  { weight: 30, arbitrary: fc.constant({ do: 'pass' } as const) },
  { weight: 8, arbitrary: fc.constantFrom(...deeds).map(deed => ({ do: 'deed', deed }) as const) },
  { weight: 4, arbitrary: fc.constant({ do: 'run' } as const) },
  { weight: 1, arbitrary: fc.constantFrom({ do: 'open' } as const, { do: 'close' } as const) },
)

it.for([[[]], [['no-numbering']]] as const)('nothing throws and everything is answered once, quirks %j', ([quirks]) => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 300 }), fc.constantFrom(1, 4), (all, windowLines) => {
      const session = createMarlinSession({ ...printer, bootMs: 0, windowLines, quirks })
      const asked = new Map<string, number>()
      const jobs = new Map<string, number>()
      let now = 1_700_000_000_000
      let wakeAt = Number.POSITIVE_INFINITY
      const give = (input: SessionInput) => {
        for (const effect of session.receive(input, now)) {
          if (effect.kind === 'wakeAt') {
            expect(effect.atMs).toBeGreaterThan(now)
            wakeAt = effect.atMs
          } else if (effect.kind === 'report' && effect.report.kind === 'answer') {
            asked.set(effect.report.id, (asked.get(effect.report.id) ?? 0) + 1)
          } else if (effect.kind === 'report' && effect.report.kind === 'job-ended') {
            jobs.set(effect.report.job, (jobs.get(effect.report.job) ?? 0) + 1)
          }
        }
      }
      give({ kind: 'opened' })
      // Through the hello, so that most of what follows finds a machine that is ready.
      for (const step of ['wake', 'ok', 'ok', 'wake', 'Cap:EMERGENCY_PARSER:1', 'ok', 'ok', 'ok', 'ok'] as const) {
        if (step === 'wake') {
          now = wakeAt
          wakeAt = Number.POSITIVE_INFINITY
          give({ kind: 'wake' })
        } else give({ kind: 'line', line: step })
      }
      expect(session.state.state).toBe('ready')
      for (const [index, step] of all.entries()) {
        switch (step.do) {
          case 'hear':
            give({ kind: 'line', line: step.line })
            break
          case 'pass':
            if (wakeAt === Number.POSITIVE_INFINITY) break
            now = wakeAt
            wakeAt = Number.POSITIVE_INFINITY
            give({ kind: 'wake' })
            break
          case 'run':
            jobs.set(`job-${index}`, 0)
            give({ kind: 'run', job: `job-${index}`, cursor: cursorOf(program) })
            break
          case 'deed':
            asked.set(`deed-${index}`, 0)
            give({ kind: 'deed', id: `deed-${index}`, deed: step.deed })
            break
          case 'open':
            give({ kind: 'closed', reason: 'test' })
            give({ kind: 'opened' })
            break
          case 'close':
            give({ kind: 'closed', reason: 'test' })
            break
        }
      }
      give({ kind: 'closed', reason: 'end' })
      expect([...asked].filter(([, times]) => times !== 1)).toEqual([])
      expect([...jobs].filter(([, times]) => times !== 1)).toEqual([])
    }),
    { numRuns: 500 },
  )
})
