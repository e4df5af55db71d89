// What holds for any program, any interleaving and any stumble.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Deed } from '../../../protocols/contract/room.ts'
import type { ProgramCursor } from '../../../protocols/session.ts'
import { Bench, type Flavour } from './bench.ts'
import { Fake } from './fake.ts'

const flavour = fc.constantFrom<Flavour>('grbl', 'grblhal', 'fluidnc')
const programLine = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: 0, max: 999 })).map(([x, s]) => `X${x / 100}S${s}`),
  },
  { weight: 2, arbitrary: fc.nat(99).map(n => `G1 X${n}.123 Y${n}.456 Z-${n}.789 F${n + 100}`) },
  { weight: 1, arbitrary: fc.constantFrom('G10 L2 P1 X0', 'G54', 'M5', 'G4 P0', 'M4 S100', 'G28', 'G21 G90', `G1 ${'X1 '.repeat(23)}F1`) },
)
const program = fc.array(programLine, { maxLength: 60 })

type Step = { kind: 'turn' } | { kind: 'hear' } | { kind: 'pass'; ms: number } | { kind: 'more' }
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>({ kind: 'turn' }) },
  { weight: 6, arbitrary: fc.constant<Step>({ kind: 'hear' }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 300 }).map<Step>(ms => ({ kind: 'pass', ms })) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'more' }) },
)

const reported: Record<Flavour, number> = { grbl: 128, grblhal: 1024, fluidnc: 128 }

/** A cursor that has only so many lines read ahead; `more` reads on. */
class SlowCursor implements ProgramCursor {
  readonly #lines: readonly string[]
  #at = 0
  #ready = 3

  constructor(lines: readonly string[]) {
    this.#lines = lines
  }

  next(): ReturnType<ProgramCursor['next']> {
    const text = this.#lines[this.#at]
    if (text === undefined) return 'end'
    if (this.#at >= this.#ready) return 'waiting'
    this.#at++
    return { text, number: this.#at, endByte: this.#at * 10 }
  }

  readOn(): void {
    this.#ready += 5
  }
}

class Stage {
  readonly bench: Bench
  readonly fake: Fake
  readonly cursor: SlowCursor
  #seen: number

  constructor(kind: Flavour, lines: readonly string[], button = false) {
    this.bench = Bench.ready(kind)
    this.fake = new Fake(kind, reported[kind])
    this.cursor = new SlowCursor(lines)
    this.#seen = this.bench.pieces.length
    this.bench.input({ kind: 'run', job: 'job-0001', cursor: this.cursor, button })
    this.flow()
  }

  /** What the session has sent reaches the controller. */
  flow(): void {
    for (const piece of this.bench.pieces.slice(this.#seen)) this.fake.receive(piece.bytes, piece.how)
    this.#seen = this.bench.pieces.length
  }

  play(step: Step): void {
    switch (step.kind) {
      case 'turn':
        this.fake.turn()
        break
      case 'hear': {
        const line = this.fake.replies.shift()
        if (line !== undefined) this.bench.hear(line)
        break
      }
      case 'pass':
        this.bench.pass(step.ms)
        break
      case 'more':
        this.cursor.readOn()
        this.bench.input({ kind: 'more' })
    }
    this.flow()
  }

  /** Lets everything run out, as it would with time. */
  runOut(turns: number): void {
    for (let turn = 0; turn < turns; turn++) {
      this.play({ kind: 'more' })
      for (let line = 0; line < 4; line++) this.play({ kind: 'turn' })
      while (this.fake.replies.length > 0) this.play({ kind: 'hear' })
      this.play({ kind: 'pass', ms: 100 })
    }
  }
}

describe('any program, in any interleaving of answers, reports and reads', () => {
  it('arrives whole, in order, once; never overruns the buffer; ends once, completed', () => {
    fc.assert(
      fc.property(flavour, program, fc.array(step, { maxLength: 200 }), (kind, lines, steps) => {
        const stage = new Stage(kind, lines)
        for (const each of steps) stage.play(each)
        stage.runOut(120)
        expect(stage.fake.complaints).toEqual([])
        expect(stage.bench.ends.map(end => end.outcome)).toEqual(['completed'])
        expect(stage.bench.ends[0]?.lines).toBe(lines.length)
        const own = new Set(['M5', 'G4 P0.01'])
        const tail = stage.fake.executed.slice(lines.length)
        expect(stage.fake.executed.slice(0, lines.length)).toEqual(lines)
        expect(tail.every(line => own.has(line))).toBe(true)
        expect(tail.at(-1)).toBe('G4 P0.01')
      }),
      { numRuns: 150 },
    )
  })

  it('keeps the buffer nearly full while there is anything to send', () => {
    const stage = new Stage(
      'grbl',
      Array.from({ length: 2000 }, (_, at) => `X${100 + (at % 800)}.1S${100 + (at % 900)}`),
    )
    const fill: number[] = []
    for (let turn = 0; turn < 1500; turn++) {
      if (turn % 4 === 0) stage.play({ kind: 'more' })
      fill.push(stage.bench.pieces.length)
      stage.play({ kind: 'turn' })
      while (stage.fake.replies.length > 0) stage.play({ kind: 'hear' })
    }
    expect(stage.fake.mostBytes).toBeGreaterThan(128 - 13)
    expect(stage.fake.mostBytes).toBeLessThanOrEqual(127)
    expect(stage.fake.complaints).toEqual([])
  })
})

const deed: fc.Arbitrary<Deed> = fc.constantFrom<Deed>(
  { kind: 'pause' },
  { kind: 'resume' },
  { kind: 'cancel' },
  { kind: 'stop' },
  { kind: 'home' },
  { kind: 'unlock' },
  { kind: 'reset' },
  { kind: 'jog', x: 1, feed: 100 },
  { kind: 'override', feed: 120 },
  { kind: 'answer', choice: 0 },
  { kind: 'console', line: '$G' },
  { kind: 'heat', heater: 'bed', target: 1 },
)
type Chaos =
  | { kind: 'deed'; deed: Deed }
  | { kind: 'stumble'; how: 'banner' | 'alarm' | 'error' | 'garbage' }
  | { kind: 'lose' }
  | { kind: 'close' }
  | Step
const chaos: fc.Arbitrary<Chaos> = fc.oneof(
  { weight: 30, arbitrary: step },
  { weight: 3, arbitrary: deed.map<Chaos>(each => ({ kind: 'deed', deed: each })) },
  { weight: 1, arbitrary: fc.constantFrom('banner', 'alarm', 'error', 'garbage').map<Chaos>(how => ({ kind: 'stumble', how })) },
  { weight: 1, arbitrary: fc.constant<Chaos>({ kind: 'lose' }) },
  { weight: 1, arbitrary: fc.constant<Chaos>({ kind: 'close' }) },
)

describe('any chaos', () => {
  it('ends a job exactly once, answers each deed exactly once, and never says done without the whole program', () => {
    fc.assert(
      fc.property(flavour, program, fc.array(chaos, { maxLength: 150 }), (kind, lines, happenings) => {
        const stage = new Stage(kind, lines)
        const deeds: string[] = []
        let closed = false
        for (const each of happenings) {
          if (each.kind === 'deed') deeds.push(stage.bench.deed(each.deed))
          else if (each.kind === 'stumble') stage.fake.stumble(each.how)
          else if (each.kind === 'lose') stage.fake.replies.shift()
          else if (each.kind === 'close') {
            stage.bench.input({ kind: 'closed', reason: 'pulled' })
            stage.fake.stumble('banner')
            stage.fake.replies.length = 0
            closed = true
          } else stage.play(each)
          stage.flow()
          if (closed) {
            closed = false
            stage.bench.input({ kind: 'opened' })
          }
        }
        // A person looks at whatever waits for one, and ends it.
        stage.runOut(50)
        if (stage.bench.ends.length === 0) deeds.push(stage.bench.deed({ kind: 'stop' }))
        stage.flow()
        stage.runOut(420)
        expect(stage.bench.ends).toHaveLength(1)
        for (const id of deeds) expect(stage.bench.answersOf(id)).toHaveLength(1)
        expect(stage.fake.complaints).toEqual([])
        if (stage.bench.ends[0]?.outcome === 'completed') expect(stage.fake.executed.slice(0, lines.length)).toEqual(lines)
      }),
      { numRuns: 200 },
    )
  }, 120_000)

  it('carries out no line of an armed job before its button is pressed, and ends it exactly once', () => {
    const lines = ['M3 S700', 'G1 X11.1 F600', 'G1 X22.2', 'M5']
    fc.assert(
      fc.property(flavour, fc.array(chaos, { maxLength: 120 }), fc.boolean(), (kind, happenings, pressed) => {
        const stage = new Stage(kind, lines, true)
        const deeds: string[] = []
        for (const each of happenings) {
          if (each.kind === 'deed') deeds.push(stage.bench.deed(each.deed))
          else if (each.kind === 'stumble') stage.fake.stumble(each.how)
          else if (each.kind === 'lose') stage.fake.replies.shift()
          else if (each.kind === 'close') {
            stage.bench.input({ kind: 'closed', reason: 'pulled' })
            stage.fake.replies.length = 0
            stage.flow()
            stage.bench.input({ kind: 'opened' })
          } else stage.play(each)
          stage.flow()
        }
        stage.runOut(30)
        expect(stage.fake.executed.filter(line => lines.includes(line) && line !== 'M5')).toEqual([])
        if (pressed) stage.fake.press()
        stage.runOut(60)
        if (stage.bench.ends.length === 0) deeds.push(stage.bench.deed({ kind: 'stop' }))
        stage.flow()
        stage.runOut(420)
        expect(stage.bench.ends).toHaveLength(1)
        if (!pressed) expect(stage.fake.executed.filter(line => lines.includes(line) && line !== 'M5')).toEqual([])
        for (const id of deeds) expect(stage.bench.answersOf(id)).toHaveLength(1)
        expect(stage.fake.complaints).toEqual([])
        if (stage.bench.ends[0]?.outcome === 'completed') expect(stage.fake.executed.filter(line => lines.includes(line))).toEqual(lines)
      }),
      { numRuns: 200 },
    )
  }, 120_000)

  it('throws for no bytes whatever, in any state', () => {
    const anyLine = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('ok', 'error:9', 'ALARM:2', '<Idle|MPos:0,0,0>', "Grbl 1.1h ['$' for help]"),
    )
    fc.assert(
      fc.property(flavour, fc.array(fc.oneof(anyLine, deed, fc.nat(3000)), { maxLength: 60 }), (kind, happenings) => {
        const bench = Bench.ready(kind)
        bench.run(['G1 X1 F1', 'M0', 'G1 X2'])
        for (const each of happenings) {
          if (typeof each === 'string') bench.hear(each)
          else if (typeof each === 'number') bench.pass(each)
          else bench.deed(each)
        }
        expect(bench.ends.length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 200 },
    )
  })
})
