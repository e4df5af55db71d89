// A console's command: what the firmware said to it comes back with the answer, and stands in the journal as it was typed.
import { describe, expect, it } from 'vitest'
import { Listening } from '../../daemon/listening.ts'
import { startSchool } from '../../daemon/main.ts'
import { silent, temporaryFolder, until } from '../daemon/kit.ts'
import { Visitor, writeSchool } from '../daemon/school-kit.ts'
import { startDevice } from '../devices/device.ts'

describe('listening', () => {
  it('tells each listener what was said between its order and its end, and nobody what was said before', async () => {
    const listening = new Listening({ tailMs: 5 })
    listening.heard('one', 'before')
    const first = listening.listen('one')
    listening.heard('one', 'a')
    const second = listening.listen('one')
    listening.heard('one', 'b')
    listening.heard('two', 'of another machine')
    const told = await first()
    listening.heard('one', 'c')
    expect([told, await second()]).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ])
  })

  it('keeps the last lines of a machine that babbles, cut and printable', async () => {
    const listening = new Listening({ tailMs: 1 })
    const end = listening.listen('one')
    for (let n = 0; n < 500; n++) listening.heard('one', `${n} \u001b[2J${'x'.repeat(400)}`)
    const lines = await end()
    expect(lines).toHaveLength(200)
    expect(lines[0]).toMatch(/^300 \ufffd\[2Jx+$/)
    expect(Math.max(...lines.map(line => line.length))).toBe(200)
  })
})

describe('the console of a school', () => {
  it('brings back the answers of a printer and a mill, and what they said before a refusal', async () => {
    using folder = temporaryFolder()
    await using printer = await startDevice({ kind: 'marlin', listen: 'tcp://127.0.0.1:0', speed: 100, bootMs: 10 })
    await using mill = await startDevice({ kind: 'grbl', listen: 'tcp://127.0.0.1:0', speed: 100, bootMs: 10 })
    const machines = [
      { id: 'printer-1', model: 'creality-ender-3', port: printer.url },
      { id: 'mill-1', model: 'generic-grbl-mill', port: mill.url },
    ]
    const school = await startSchool({ configPath: writeSchool(folder.path, machines), log: silent })
    try {
      const technician = await new Visitor(school.url).signIn('technician')
      const ask = (machine: string, line: string) => technician.ask({ kind: 'machine.console', machine, line })
      await until(async () => (await ask('printer-1', 'M105')).outcome === 'done', 'the printer answers', 20_000)
      await until(async () => (await ask('mill-1', '$I')).outcome === 'done', 'the mill answers', 20_000)
      const heard = async (machine: string, line: string) => {
        const reply = await ask(machine, line)
        return { outcome: reply.outcome, heard: ('heard' in reply && reply.heard) || [] }
      }
      const settings = await heard('mill-1', '$$')
      expect(settings.outcome).toBe('done')
      expect(settings.heard.filter(line => /^\$\d+=/.test(line)).length).toBeGreaterThan(30)
      expect((await heard('printer-1', 'M503')).heard.join('\n')).toMatch(/M92[\s\S]*M203/)
      expect((await heard('printer-1', 'M105')).heard.join('\n')).toMatch(/T:/)
      expect(await heard('mill-1', 'G1 X1')).toMatchObject({ outcome: 'refused' })
      expect(await heard('printer-1', 'M112')).toMatchObject({ outcome: 'refused' })
      expect(await heard('mill-1', '!')).toMatchObject({ outcome: 'refused' })
      const typed = (await technician.journal()).flatMap(event => (event.kind === 'action' ? [event.detail] : []))
      expect(typed).toContainEqual({ line: '$$' })
      expect(typed).toContainEqual({ line: 'M112', refused: 'bad-line' })
    } finally {
      await school.stop({ stopRoom: true })
    }
  }, 60_000)
})
