// Whatever a simulated machine hears, it lives on: noise, nonsense, half lines, all realtime bytes at all times.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../devices/random.ts'
import { grblBench, marlinBench, numbered } from './bench.ts'

const grblPieces = [
  'G1X10Y5F600\n',
  'G0X0\n',
  'G2X5Y5I2J3\n',
  'G3X1R5\n',
  'G91\n',
  'G90\n',
  'M3S500\n',
  'M4\n',
  'M5\n',
  'G4P0.1\n',
  '$H\n',
  '$X\n',
  '$$\n',
  '$J=X5F500\n',
  '$C\n',
  'M0\n',
  'M30\n',
  'G92X0\n',
  'G10L20P1X0\n',
  '$20=1\n',
  '$22=1\n',
  '$32=1\n',
  'G38.2X5F100\n',
  'M6\n',
  '!',
  '~',
  '?',
  '(x',
  '\r',
  '\n',
  'G',
  '-',
  '.',
  '1e9',
  'X99999999\n',
  'G1X1e308F1\n',
  '$RST=*\n',
  '$SLP\n',
  '$N0=G20\n',
  '$I\n',
  'G28\n',
  'G28.1\n',
  'F0\n',
  'G93\n',
  'G94\n',
  'F1X1\n',
  '$100=0\n',
  '$110=0\n',
  '$120=0\n',
  '$11=0\n',
  '$12=0\n',
]
const marlinPieces = [
  'G1 X10 Y5 F600\n',
  'G1 E5\n',
  'G28\n',
  'G29\n',
  'M109 S200\n',
  'M190 S60\n',
  'M104 S0\n',
  'M108\n',
  'M600\n',
  'M0\n',
  'M876 S0\n',
  'M400\n',
  'G4 P100\n',
  'M410\n',
  'M110 N5\n',
  'N1 G1 X1*99\n',
  'N',
  '*',
  '\n',
  '\r',
  ';',
  '\\',
  'G2 X5 Y5 I2 J3\n',
  'G3 X1 R5\n',
  'M155 S1\n',
  'M155 S0\n',
  'M113 S1\n',
  'M220 S0\n',
  'M220 S50\n',
  'M92 X0\n',
  'M201 X0\n',
  'M203 X0\n',
  'M204 S0\n',
  'M205 J0\n',
  'G1 F0\n',
  'G1 X1e30\n',
  'M28 A\n',
  'M29\n',
  'M23 A\n',
  'M24\n',
  'M25\n',
  'M27\n',
  'T9\n',
  'M118 E1 hi\n',
  'M125\n',
  'G92\n',
  'G20\n',
  'M503\n',
  numbered(1, 'G1 X3'),
]

describe('a machine that hears anything', () => {
  it.for([1, 2, 3, 4, 5, 6] as const)('Grbl, grblHAL and FluidNC live on (seed %i)', seed => {
    for (const kind of ['grbl', 'grblhal', 'fluidnc'] as const) {
      const random = createRandom(seed)
      const { machine, tell, live, heard } = grblBench(kind, { settings: { $110: 3000, $111: 3000, $120: 200, $121: 200 } })
      for (let i = 0; i < 600; i += 1) {
        const dice = random()
        if (dice < 0.7) tell(grblPieces[Math.floor(random() * grblPieces.length)] ?? '')
        else if (dice < 0.9) tell([Math.floor(random() * 256)])
        else if (dice < 0.92) machine.provoke({ kind: 'door', open: random() < 0.5 })
        else if (dice < 0.93) machine.provoke({ kind: 'hard-limit', axis: 'X' })
        else if (dice < 0.94) machine.reset()
        else if (dice < 0.96) machine.provoke({ kind: 'stall', seconds: random() })
        else tell([0x18])
        live(random() * 2)
      }
      machine.reset()
      live(1)
      heard()
      tell('?')
      live(0.1)
      expect(heard().join()).toMatch(/^<(Idle|Alarm)\|/)
      for (const mm of machine.state().position) expect(Number.isFinite(mm)).toBe(true)
    }
  })

  it.for([1, 2, 3, 4, 5, 6] as const)('Marlin lives on (seed %i)', seed => {
    const random = createRandom(seed)
    const { machine, tell, live, heard } = marlinBench({ emergencyParser: seed % 2 === 0, advancedOk: seed % 3 === 0, waitSeconds: 1 })
    for (let i = 0; i < 800; i += 1) {
      const dice = random()
      if (dice < 0.8) tell(marlinPieces[Math.floor(random() * marlinPieces.length)] ?? '')
      else if (dice < 0.95) tell([Math.floor(random() * 256)])
      else if (dice < 0.96) machine.provoke({ kind: 'runout' })
      else if (dice < 0.97) machine.provoke({ kind: 'button', button: 'continue' })
      else if (dice < 0.975) machine.reset()
      else machine.provoke({ kind: 'stall', seconds: random() * 5, word: 'processing' })
      live(random() * 5)
    }
    machine.reset()
    live(1)
    heard()
    tell('M105\n')
    live(0.1)
    expect(heard().join()).toContain('ok T:')
    for (const mm of machine.state().position) expect(Number.isFinite(mm)).toBe(true)
  })
})
