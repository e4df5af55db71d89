// Pauses of a Marlin machine: by a person, by the program, by the firmware itself; never one inside another.
import { describe, expect, it } from 'vitest'
import { Desk, type Introduction } from './desk.ts'

const hot = 'ok T:210.00 /210.00 B:60.00 /60.00 @:85 B@:31'
const capable: Introduction = { capabilities: ['AUTOREPORT_TEMP', 'EMERGENCY_PARSER', 'PROMPT_SUPPORT'] }
const plain: Introduction = { capabilities: ['AUTOREPORT_TEMP'] }
const program = ['G28', 'G90', 'M83', 'G1 X10 Y10 Z0.2 F3000', 'G1 X20 E1 F1500', 'G1 X30 E1', 'G1 X40 E1', 'G1 X50 E1']
const place = 'X:10.00 Y:20.00 Z:3.20 E:7.50 Count X:800 Y:1600 Z:1280'

/** Homed, hot, in the middle of the program; the last line said waits for its ok. */
function printing(introduction = capable, lines = program): Desk {
  const desk = new Desk().hello(introduction)
  desk.run(lines)
  desk.hear('T:210.00 /210.00 B:60.00 /60.00')
  for (let n = 0; n < 5; n++) desk.hear('ok')
  desk.said()
  return desk
}

describe('a pause by a person', () => {
  it('lets the planner run out, notes the place, pulls back and lifts', () => {
    const desk = printing()
    expect(desk.deed({ kind: 'pause' })).toBeUndefined()
    expect(desk.said()).toEqual([])
    desk.hear('ok')
    expect(desk.said()).toEqual(['M400'])
    expect(desk.state).toBe('running')
    desk.hear('ok')
    expect(desk.said()).toEqual(['M114'])
    desk.hear(place, 'ok')
    expect(desk.said()).toEqual(['M105'])
    desk.hear(hot)
    expect(desk.obey(hot)).toEqual(['G21', 'G91', 'M83', 'G1 E-2 F1800', 'G1 Z5 F600', 'G90', 'M400'])
    expect(desk.state).toBe('paused person')
    expect(desk.reports).toContainEqual({ kind: 'job-paused', job: 'job-00001', by: 'person' })
    desk.pass(60_000)
    expect(desk.said().filter(text => text.startsWith('G'))).toEqual([])
  })

  it('is undone exactly: place, filament, E, modes and feed rate', () => {
    const desk = printing()
    desk.deed({ kind: 'pause' })
    desk.hear('ok', 'ok', place, 'ok', hot)
    desk.obey(hot)
    expect(desk.deed({ kind: 'resume' })).toBeUndefined()
    expect(desk.obey(hot)).toEqual([
      'G21',
      'G90',
      'G1 X10 Y20 F6000',
      'G1 Z3.2 F600',
      'M83',
      'G1 E2 F1800',
      'G92 E7.5',
      'G90',
      'M83',
      'G1 F1500',
      'G1 X40 E1',
      'G1 X50 E1',
      'M400',
      'M105',
    ])
    expect(desk.ended).toMatchObject({ outcome: 'completed', lines: 8 })
    expect(desk.reports).toContainEqual({ kind: 'job-resumed', job: 'job-00001' })
  })

  it('leaves the nozzle where it is on a machine that was not homed and is cold', () => {
    const desk = new Desk().hello(capable)
    desk.run(['G91', 'G1 X1', 'G1 X1'])
    desk.deed({ kind: 'pause' })
    expect(desk.obey()).toEqual(['G91', 'M400', 'M114', 'M105'])
    expect(desk.state).toBe('paused person')
    desk.deed({ kind: 'resume' })
    expect(desk.obey()).toEqual(['G1 X1', 'G1 X1', 'M400', 'M105'])
  })

  it('does not lift where the model forbids it', () => {
    const desk = new Desk({ quirks: ['no-lift'] }).hello(capable)
    desk.run(['G28', 'G1 X1'])
    desk.deed({ kind: 'pause' })
    expect(desk.obey()).toEqual(['G28', 'M400', 'M114', 'M105'])
  })

  it('can be taken back while it still runs out', () => {
    const desk = printing()
    desk.deed({ kind: 'pause' })
    desk.deed({ kind: 'resume' })
    desk.hear('ok')
    desk.obey(hot)
    expect(desk.ended?.outcome).toBe('completed')
  })

  it.for([
    ['pause', 'no-job'],
    ['resume', 'not-paused'],
    ['cancel', 'no-job'],
  ] as const)('%s without a job is refused', ([kind, code]) => {
    expect(new Desk().hello().deed({ kind })).toMatchObject({ code })
  })
})

describe('a pause by the firmware', () => {
  it('`paused` is not nested into one of ours, and `resumed` goes on', () => {
    const desk = printing()
    desk.hear('//action:paused')
    expect(desk.state).toBe('paused firmware')
    desk.hear('ok')
    expect(desk.deed({ kind: 'pause' })).toBeUndefined()
    expect(desk.said()).toEqual([])
    desk.hear('//action:resumed')
    expect(desk.said()).toEqual(['G1 X40 E1'])
    expect(desk.reports.flatMap(report => (report.kind === 'job-paused' ? [report.by] : []))).toEqual(['firmware'])
  })

  it('`pause` asks the host to pause, `resume` to go on', () => {
    const desk = printing()
    desk.hear('// action:pause')
    desk.hear('ok', 'ok', place, 'ok', hot)
    desk.obey(hot)
    expect(desk.state).toBe('paused firmware')
    // The firmware says that it paused, too: it is the same pause.
    desk.hear('//action:paused')
    desk.hear('//action:resume')
    desk.obey(hot)
    expect(desk.ended?.outcome).toBe('completed')
  })

  it('`cancel` at the machine cancels the job', () => {
    const desk = printing()
    desk.hear('//action:cancel', 'ok')
    desk.obey(hot)
    expect(desk.ended).toMatchObject({ outcome: 'cancelled' })
  })

  it('a runout wants a person, and its prompt can be answered from here', () => {
    const desk = printing()
    desk.hear('//action:prompt_begin FilamentRunout T0', '//action:prompt_end', '//action:paused filament_runout 0', 'ok')
    expect(desk.state).toBe('attention runout')
    desk.hear('//action:prompt_begin Paused', '//action:prompt_button PurgeMore', '//action:prompt_button Continue', '//action:prompt_show')
    desk.hear('echo:busy: paused for user')
    expect(desk.session.state).toMatchObject({
      state: 'attention',
      why: 'runout',
      prompt: { title: 'Paused', buttons: ['PurgeMore', 'Continue'] },
    })
    expect(desk.deed({ kind: 'answer', choice: 1 })).toBeUndefined()
    expect(desk.said()).toEqual(['M876 S1'])
    desk.hear('ok', '//action:prompt_end', '//action:resumed')
    expect(desk.state).toBe('running')
    expect(desk.said()).toEqual(['G1 X40 E1'])
  })

  it('a filament change the firmware does not know pauses here', () => {
    const desk = new Desk().hello(capable)
    desk.run(['M600', 'G1 X1'])
    desk.hear('echo:Unknown command: "M600"')
    expect(desk.faults).toEqual(['command-missing'])
    desk.obey()
    expect(desk.state).toBe('paused program')
  })

  it('M0 is continued by M108 where the emergency parser hears it', () => {
    const desk = new Desk().hello(capable)
    desk.run(['M0', 'G1 X1'])
    desk.hear('echo:busy: paused for user')
    expect(desk.state).toBe('attention program')
    desk.said()
    expect(desk.deed({ kind: 'resume' })).toBeUndefined()
    expect(desk.said()).toEqual(['M108'])
    desk.hear('ok', 'ok')
    expect(desk.said()).toEqual(['G1 X1'])
  })

  it('M0 without the emergency parser needs the button, and we say so', () => {
    const desk = new Desk().hello(plain)
    desk.run(['M0', 'G1 X1'])
    desk.hear('echo:busy: paused for user')
    expect(desk.deed({ kind: 'resume' })).toMatchObject({ code: 'press-button' })
  })
})
