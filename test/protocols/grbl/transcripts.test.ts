// Conversations written down: what a firmware said, what we must have said, and what we made of it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Deed } from '../../../protocols/contract/room.ts'
import { answers, Bench, type Flavour } from './bench.ts'

const folder = join(import.meta.dirname, '../../fixtures')
const transcripts = readdirSync(folder).filter(name => /^(?:grbl|grblhal|fluidnc)-.*\.txt$/.test(name))

/**
 * One step a line:
 *   `open` · `laser` (first) · `< line` heard · `> piece` sent next, status queries aside · `+ ms` time passes ·
 *   `hello flavour State` the whole identification · `run a|b|c` · `deed {…}` · `answered [code]` · `= {…}` the state · `end {…}` the job's end
 */
function play(text: string): void {
  const laser = /^laser$/m.test(text)
  const bench = new Bench(laser ? { machineKind: 'laser', constantPowerAllowed: false } : {})
  const pending: string[] = []
  let lastDeed = ''
  const sent = (): string[] => {
    pending.push(...bench.takeOrders())
    return pending
  }
  for (const [index, line] of text.split('\n').entries()) {
    const where = `line ${index + 1}: ${line}`
    const rest = line.slice(2)
    const word = line.split(' ')[0] ?? ''
    if (line.startsWith('#') || line === '' || line === 'laser') continue
    else if (word === 'open') bench.input({ kind: 'opened' })
    else if (word === '<') bench.hear(rest)
    else if (word === '>') expect(sent().shift(), where).toBe(rest)
    else if (word === '+') bench.pass(Number(rest))
    else if (word === '=') expect(bench.session.state, where).toMatchObject(JSON.parse(rest))
    else if (word === 'run') bench.run(line.slice(4).split('|'))
    else if (word === 'deed') lastDeed = bench.deed(JSON.parse(line.slice(5)) as Deed)
    else if (word === 'answered') expect(bench.answersOf(lastDeed), where).toEqual([line === word ? undefined : line.slice(9)])
    else if (word === 'family') expect(bench.session.firmware?.family, where).toBe(line.slice(7))
    else if (word === 'end') expect(bench.ends, where).toMatchObject([JSON.parse(line.slice(4))])
    else if (word === 'hello') hello(bench, line.split(' ')[1] as Flavour, line.split(' ')[2] ?? 'Idle')
    else throw new Error(`${where}: not a step`)
    sent()
  }
  expect(pending).toEqual([])
}

function hello(bench: Bench, flavour: Flavour, state: string): void {
  for (const question of ['$I', '$$', '$G', '$#']) {
    for (let turn = 0; turn < 20 && !bench.sent.includes(question); turn++) {
      bench.pass(100)
      if (bench.sent.includes('?')) {
        bench.sent = bench.sent.filter(piece => piece !== '?')
        bench.hear(`<${state}|MPos:0.000,0.000,0.000|FS:0,0>`)
      }
    }
    expect(bench.takeOrders()).toEqual([question])
    bench.hear(...(answers[flavour][question] ?? []), 'ok')
  }
  bench.hear(`<${state}|MPos:0.000,0.000,0.000|FS:0,0>`)
}

describe('a transcript', () => {
  it.for(transcripts)('%s', name => {
    play(readFileSync(join(folder, name), 'utf8'))
  })

  it('is there for each firmware', () => {
    expect(new Set(transcripts.map(name => name.split('-')[0]))).toEqual(new Set(['grbl', 'grblhal', 'fluidnc']))
  })
})
