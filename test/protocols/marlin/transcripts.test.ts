// Transcripts of real conversations (test/fixtures/marlin-*.txt), named by firmware and event, played against the session.
//   < heard   > said (number and command; the checksum is checked, too)   wait ms   state …   ended outcome lines, resends   fault code
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { deedSchema } from '../../../protocols/contract/room.ts'
import { Desk, unframed } from './desk.ts'

const folder = join(import.meta.dirname, '../../fixtures')
const names = readdirSync(folder).filter(name => name.startsWith('marlin-'))

it('finds the transcripts', () => expect(names.length).toBeGreaterThan(15))

it.for(names)('%s', name => {
  const program: string[] = []
  let desk = new Desk()
  let firmware: string | undefined
  let read = 0
  const said = () => {
    const frames = desk.frames.slice(read).map(frame => frame.replaceAll('\n', ''))
    read = desk.frames.length
    for (const frame of frames) unframed(frame)
    return frames.map(frame => frame.replace(/\*\d+$/, ''))
  }
  const pending: string[] = []
  const quiet = (at: string) => {
    pending.push(...said())
    expect(pending, `said and not in the transcript, before: ${at}`).toEqual([])
  }
  for (const step of readFileSync(join(folder, name), 'utf8').split('\n')) {
    const at = step.indexOf(' ')
    const [word, rest] = at < 0 ? [step, ''] : [step.slice(0, at), step.slice(at + 1)]
    switch (word) {
      case '':
      case '#':
        break
      case 'options':
        desk = new Desk(Object.fromEntries(rest.split(' ').map(pair => [pair.split('=')[0], Number(pair.split('=')[1])])))
        break
      case 'hello-as':
        firmware = rest
        break
      case 'hello':
        desk.hello({ capabilities: rest === '' ? [] : rest.split(' '), ...(firmware ? { firmware } : {}) })
        said()
        break
      case '|':
        program.push(rest)
        break
      case 'repeat': {
        const [count, ...text] = rest.split(' ')
        for (let n = 0; n < Number(count); n++) program.push(text.join(' ').replace('%', String(n)))
        break
      }
      case 'run':
        desk.run(program)
        break
      // Lines that are of no interest: so many are acknowledged, what is in flight behind them is to be read.
      case 'obey':
        for (let n = 0; n < Number(rest); n++) desk.hear('ok')
        read += Number(rest)
        break
      case 'insist': {
        const [times, line, ...text] = rest.split(' ')
        for (let n = 0; n < Number(times); n++) {
          desk.hear(`Resend: ${line}`)
          desk.pass(100)
          expect(said()).toEqual([`N${line} ${text.join(' ')}`])
        }
        break
      }
      case '<':
        quiet(step)
        desk.hear(rest)
        break
      case '>':
        pending.push(...said())
        expect(pending.shift(), `in place of: ${step}`).toBe(rest)
        break
      case 'wait':
        quiet(step)
        desk.pass(Number(rest))
        break
      case 'deed':
        quiet(step)
        expect(desk.deed(deedSchema.parse(JSON.parse(rest)))).toBeUndefined()
        break
      case 'state':
        expect(desk.state).toBe(rest)
        break
      case 'fault':
        expect(desk.faults).toContain(rest)
        break
      case 'ended': {
        const end = desk.ended
        expect(end && `${end.outcome} ${end.lines} lines, ${end.resends} resends`).toBe(rest)
        break
      }
      default:
        throw new Error(`${name}: no such step: ${step}`)
    }
  }
  pending.push(...said())
  expect(pending).toEqual([])
  expect(desk.session.state.state).not.toBe('offline')
})
