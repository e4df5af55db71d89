// Getting to know a controller: greeted, silent, noisy, locked, busy.
import { describe, expect, it } from 'vitest'
import { answers, Bench, banners, type Flavour } from './bench.ts'

const flavours: Flavour[] = ['grbl', 'grblhal', 'fluidnc']

describe('hello', () => {
  it.for(flavours)('identifies %s by $I and is ready', flavour => {
    const bench = Bench.ready(flavour)
    const expected = {
      grbl: { name: 'Grbl 1.1h', family: 'grbl', receiveBufferBytes: 128, plannerBlocks: 15 },
      grblhal: { name: 'grblHAL 1.1f', family: 'grblhal', receiveBufferBytes: 1024, plannerBlocks: 100 },
      fluidnc: { name: 'FluidNC v3.7.16', family: 'fluidnc', machine: 'Laser of school 7' },
    }[flavour]
    expect(bench.session.firmware).toMatchObject(expected)
    expect(bench.session.firmware?.settings?.$110).toBe('5000.000')
    expect(bench.session.state.state).toBe('ready')
  })

  it('asks one question at a time, and nothing before the banner has settled', () => {
    const bench = new Bench()
    bench.input({ kind: 'opened' })
    bench.pass(1000)
    expect(bench.takeSent()).toEqual([])
    bench.hear('', banners.grbl)
    expect(bench.takeSent()).toEqual([])
    bench.pass(250)
    expect(bench.takeSent()).toEqual(['?'])
    bench.hear('<Idle|MPos:0.000,0.000,0.000|FS:0,0>')
    for (const question of ['$I', '$$', '$G', '$#']) {
      expect(bench.takeOrders()).toEqual([question])
      bench.hear(...(answers.grbl[question] ?? []), 'ok')
    }
    expect(bench.session.state.state).toBe('ready')
  })

  it('finds a controller that greets nobody (native USB, network) by asking', () => {
    const bench = new Bench()
    bench.input({ kind: 'opened' })
    bench.pass(2100)
    expect(bench.takeSent()).toEqual(['?'])
    bench.hear('<Idle|MPos:0.000,0.000,0.000|FS:0,0>')
    bench.identify('grblhal')
    expect(bench.session.firmware?.family).toBe('grblhal')
  })

  it('says hello twice, since noise can eat the first', () => {
    const bench = new Bench()
    bench.input({ kind: 'opened' })
    bench.hear(banners.grbl)
    bench.pass(250)
    bench.hear('<Idle|MPos:0.000,0.000,0.000|FS:0,0>')
    expect(bench.takeOrders()).toEqual(['$I'])
    bench.hear('error:2')
    expect(bench.takeOrders()).toEqual(['$I'])
    bench.hear(...(answers.grbl.$I ?? []), 'ok')
    expect(bench.takeOrders()).toEqual(['$$'])
  })

  it('asks $I again when nothing comes', () => {
    const bench = new Bench()
    bench.input({ kind: 'opened' })
    bench.hear(banners.grbl)
    bench.pass(250)
    bench.hear('<Idle|MPos:0.000,0.000,0.000|FS:0,0>')
    bench.takeSent()
    bench.pass(2100)
    expect(bench.takeOrders()).toEqual(['$I'])
  })

  it('counts no acknowledgement before or around a banner: an unasked error:7 at boot is not ours', () => {
    const bench = new Bench()
    bench.input({ kind: 'opened' })
    bench.hear('error:7', 'ok', banners.grblhal, 'ok', '>G54G20:ok', 'error:7')
    bench.identify('grblhal')
    expect(bench.session.firmware).toMatchObject({ family: 'grblhal', receiveBufferBytes: 1024 })
    expect(bench.all('fault')).toEqual([])
  })

  it('waits for the reboot that opening the port causes on an Uno', () => {
    const bench = new Bench({ bootMs: 3000 })
    bench.input({ kind: 'opened' })
    bench.hear('\u00ff\u0000\u00fe')
    bench.pass(2900)
    expect(bench.takeSent()).toEqual([])
    bench.hear(`\u00f8\u0000${banners.grbl}`)
    bench.identify('grbl')
    expect(bench.session.firmware?.name).toBe('Grbl 1.1h')
  })

  it('tells a locked controller from a ready one, and can still identify it', () => {
    const bench = new Bench()
    bench.input({ kind: 'opened' })
    bench.hear(banners.grbl, "[MSG:'$H'|'$X' to unlock]")
    bench.pass(250)
    bench.hear('<Alarm|MPos:0.000,0.000,0.000|FS:0,0>')
    for (const question of ['$I', '$$', '$G', '$#']) {
      expect(bench.takeOrders()).toEqual([question])
      bench.hear(...(answers.grbl[question] ?? []), 'ok')
    }
    expect(bench.session.state).toMatchObject({ state: 'attention', why: 'locked' })
    expect(bench.session.firmware?.family).toBe('grbl')
  })

  it.for([
    ['<Run|MPos:1.000,0.000,0.000|FS:500,0>', { state: 'foreign' }],
    ['<Run|MPos:1.000,0.000,0.000|FS:500,0|SD:42.50,/lace.nc>', { state: 'foreign', fraction: 0.425 }],
    ['<Hold:0|MPos:1.000,0.000,0.000|FS:0,0>', { state: 'foreign' }],
    ['<Door:1|MPos:1.000,0.000,0.000|FS:0,0|Pn:D>', { state: 'attention', why: 'door' }],
    ['<Sleep|MPos:1.000,0.000,0.000|FS:0,0>', { state: 'attention', why: 'locked' }],
    ['<Tool|MPos:1.000,0.000,0.000|FS:0,0>', { state: 'attention', why: 'tool' }],
    ['<Home|MPos:1.000,0.000,0.000|FS:0,0>', { state: 'preparing', what: 'homing' }],
  ] as const)('leaves a controller that says %s alone until it is free', ([report, state]) => {
    const bench = new Bench()
    bench.input({ kind: 'opened' })
    bench.pass(2100)
    bench.takeSent()
    bench.hear(report)
    expect(bench.session.state).toMatchObject(state)
    for (let turn = 0; turn < 10; turn++) {
      bench.pass(300)
      bench.hear(report)
    }
    expect(bench.takeOrders()).toEqual([])
    bench.hear('<Idle|MPos:1.000,0.000,0.000|FS:0,0>')
    expect(bench.takeOrders()).toEqual(['$I'])
  })

  it('says offline when nobody answers, keeps asking, and gives the port up in the end', () => {
    const bench = new Bench()
    bench.input({ kind: 'opened' })
    bench.pass(6000)
    expect(bench.session.state).toMatchObject({ state: 'offline', fault: { code: 'silent' } })
    expect(bench.takeSent().every(piece => piece === '?')).toBe(true)
    expect(bench.reopened).toEqual([])
    bench.pass(30_000)
    expect(bench.reopened).toHaveLength(1)
    bench.input({ kind: 'closed', reason: 'reopening' })
    bench.input({ kind: 'opened' })
    bench.hear(banners.grbl)
    bench.identify('grbl')
    expect(bench.session.state.state).toBe('ready')
  })

  it('says that the laser mode is wrong for the machine', () => {
    const laser = Bench.ready('grbl', { machineKind: 'laser', constantPowerAllowed: false })
    expect(laser.all('fault').map(report => report.fault.code)).toEqual(['laser-mode-wrong'])
    const mill = Bench.ready('grbl')
    expect(mill.all('fault')).toEqual([])
  })

  it('learns an idle FluidNC buffer from Bf, since [OPT:] has no numbers there', () => {
    const bench = Bench.ready('fluidnc')
    bench.pass(1100)
    bench.hear('<Idle|MPos:0.000,0.000,0.000|Bf:15,256|FS:0,0>')
    expect(bench.session.firmware?.receiveBufferBytes).toBe(256)
  })

  it('learns everything anew after a restart it did not ask for', () => {
    const bench = Bench.ready('grbl')
    bench.hear(banners.fluidnc)
    expect(bench.session.state).toMatchObject({ state: 'preparing', what: 'connecting' })
    bench.identify('fluidnc')
    expect(bench.session.firmware?.family).toBe('fluidnc')
  })
})
