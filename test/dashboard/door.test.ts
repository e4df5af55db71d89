// The city's door: what does not fit is dropped, and costs nothing that does.
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createDoor } from '../../dashboard/broker/door.ts'
import { readTopic } from '../../protocols/contract/wire.ts'
import { aJob } from '../daemon/kit.ts'

const topic = readTopic('tsekh/v1/school-1/events')
const event = (number: number, more: object = {}) => ({ kind: 'job', number, at: 1000, change: 'submitted', job: { ...aJob(), ...more } })

function door() {
  const lines: { why: string; msg: string }[] = []
  const { read } = createDoor(pino({ level: 'warn' }, { write: (line: string) => lines.push(JSON.parse(line)) }))
  const hear = (events: object[]) => {
    const heard = topic && read(topic, Buffer.from(JSON.stringify({ session: 'session-1', events })))
    return heard?.name === 'batch' ? heard.batch.events.map(({ number }) => number) : undefined
  }
  return { lines, hear }
}

describe('a batch of events', () => {
  it('loses only what does not fit: a school that sent it again for ever would never be heard', () => {
    const { lines, hear } = door()
    const bad = event(2, { program: { ...aJob().program, grams: Number.POSITIVE_INFINITY } })
    for (let turn = 0; turn < 2; turn++) expect(hear([event(1), bad, event(3), { kind: 'tomorrow', number: 4, at: 1 }])).toEqual([1, 3])
    expect(lines).toMatchObject([
      { why: expect.stringContaining('events.1.job.program.grams'), msg: expect.stringContaining('dropped from their batch') },
    ])
  })

  it('is dropped whole where nothing fits, or where what fits is of another site', () => {
    const { lines, hear } = door()
    expect(hear([event(1, { ticket: 'five' })])).toBeUndefined()
    expect(hear([event(1, { ticket: 'five' }), event(2, { site: 'school-2' })])).toBeUndefined()
    expect(lines.map(({ why }) => why).at(-1)).toBe('speaks of another site')
  })
})
