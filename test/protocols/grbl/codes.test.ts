// The tables of codes, the realtime bytes and the sentences: whole, in both languages, and different where firmwares differ.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultSchema } from '../../../protocols/contract/words.ts'
import { alarmKind, codeFault, type GrblFamily } from '../../../protocols/grbl/codes.ts'
import { overrideStep } from '../../../protocols/grbl/realtime.ts'
import { faults } from '../../../protocols/grbl/words.ts'

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at)
const shared = [...range(1, 17), ...range(20, 37)]
const errors: Record<Exclude<GrblFamily, 'unknown-grbl'>, number[]> = {
  grbl: [...shared, 38],
  grblhal: [...shared, 18, 19, ...range(38, 58), ...range(60, 66), ...range(70, 92), 253],
  fluidnc: [
    ...shared,
    18,
    19,
    ...range(38, 40),
    ...range(60, 70),
    ...range(80, 83),
    90,
    100,
    101,
    ...range(110, 114),
    120,
    130,
    ...range(150, 152),
    ...range(160, 162),
    ...range(170, 181),
  ],
}
const alarms = { grbl: range(1, 10), grblhal: range(1, 22), fluidnc: range(1, 18) }
const families = ['grbl', 'grblhal', 'fluidnc'] as const

describe('codes', () => {
  it.for(
    families.flatMap(family => [
      ...errors[family].map(code => ['error', family, code] as const),
      ...alarms[family].map(code => ['alarm', family, code] as const),
    ]),
  )('%s of %s: %d has a sentence and advice in both languages', ([kind, family, code]) => {
    const fault = codeFault(kind, family, code, `${kind}:${code}`)
    expect(faultSchema.safeParse(fault).success).toBe(true)
    expect(fault.text.ru).toMatch(/[а-яё]{3}.*[.)]$/i)
    expect(fault.text.en).toMatch(/[a-z]{3}.*[.)]$/i)
    expect(fault.text.ru).not.toMatch(/сообщил об (ошибке|аварии) \d/)
    expect(fault.help?.ru).toMatch(/[а-яё]{3}/i)
    expect(fault.help?.en).not.toMatch(/[а-яё]/i)
  })

  it('from 18 (errors) and 10 (alarms) on mean different things on each firmware', () => {
    for (const [kind, code] of [
      ['error', 18],
      ['error', 39],
      ['error', 70],
      ['alarm', 10],
      ['alarm', 14],
      ['alarm', 17],
    ] as const) {
      const hal = codeFault(kind, 'grblhal', code, '')
      const fluid = codeFault(kind, 'fluidnc', code, '')
      expect(hal.text.en).not.toBe(fluid.text.en)
      expect(hal.code).not.toBe(fluid.code)
    }
    expect(codeFault('error', 'grblhal', 2, '').code).toBe(codeFault('error', 'fluidnc', 2, '').code)
  })

  it('that nobody knows still make a fault, with the board’s own words where it told them', () => {
    expect(codeFault('error', 'grbl', 77, 'error:77').text.ru).toContain('77')
    expect(codeFault('error', 'unknown-grbl', 25, 'error:25').code).toBe('grbl-error-25')
    expect(codeFault('alarm', 'grblhal', 99, 'ALARM:99', new Map([['alarm:99', 'Roof.']])).text.en).toBe('Roof.')
    expect(codeFault('error', 'grbl', undefined, 'error: Bad number format').text.en).toContain('Bad number format')
  })

  it.for([
    ['grbl', 1, { loops: true, reset: true, byProgram: false, down: false }],
    ['grbl', 2, { loops: true, reset: true, byProgram: true, down: false }],
    ['grblhal', 10, { loops: true, reset: false, down: true }],
    ['grblhal', 11, { reset: false, down: false }],
    ['fluidnc', 10, { loops: false, reset: true, down: true }],
    ['fluidnc', 17, { byProgram: true, reset: true }],
    ['grbl', undefined, { reset: true, loops: false }],
  ] as const)('tell what to do about %s ALARM:%s', ([family, code, kind]) => {
    expect(alarmKind(family, code)).toMatchObject(kind)
  })
})

describe('the session’s own sentences', () => {
  it('stand in both languages, and none is empty', () => {
    for (const make of Object.values(faults) as ((...args: unknown[]) => unknown)[]) {
      const meaning = codeFault('error', 'grbl', 2, 'error:2')
      const raw = make === faults.rejectedLine ? make(3, 'G1', meaning) : make(1, 'x', 79)
      const fault = faultSchema.parse({ ...(raw as object), detail: 'detail' })
      expect(fault.text.ru).toMatch(/[а-яё]{3}/i)
      expect(fault.text.en).not.toMatch(/[а-яё]/i)
      expect(fault.help?.ru ?? 'слово').toMatch(/[а-яё]{3}/i)
    }
  })
})

describe('override steps', () => {
  const applied: Record<number, (percent: number) => number> = {
    144: () => 100,
    145: percent => Math.min(200, percent + 10),
    146: percent => Math.max(10, percent - 10),
    147: percent => Math.min(200, percent + 1),
    148: percent => Math.max(10, percent - 1),
  }

  it('reach any percentage from any other, never with one byte twice in a turn', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 200 }), fc.integer({ min: 10, max: 200 }), (from, to) => {
        let feed = from
        for (let turn = 0; turn < 30; turn++) {
          const bytes = overrideStep({ feed, rapid: 100, power: 100 }, { feed: to })
          if (bytes.length === 0) break
          expect(new Set(bytes).size).toBe(bytes.length)
          for (const byte of bytes) feed = applied[byte]?.(feed) ?? Number.NaN
        }
        expect(feed).toBe(to)
      }),
    )
  })

  it.for([
    [{ feed: 100, rapid: 100, power: 100 }, { rapid: 25 }, [0x97]],
    [{ feed: 100, rapid: 25, power: 100 }, { rapid: 50 }, [0x96]],
    [{ feed: 100, rapid: 25, power: 100 }, { rapid: 100 }, [0x95]],
    [{ feed: 100, rapid: 100, power: 100 }, { power: 89 }, [0x9b, 0x9d]],
    [{ feed: 150, rapid: 100, power: 100 }, { feed: 100 }, [0x90]],
    [{ feed: 100, rapid: 100, power: 100 }, { feed: 100, rapid: 100, power: 100 }, []],
  ] as const)('from %j to %j are %j', ([now, wanted, bytes]) => {
    expect(overrideStep(now, wanted)).toEqual(bytes)
  })
})
