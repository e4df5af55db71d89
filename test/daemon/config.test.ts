// The school's file: everything wrong in it is said at once, with the place and the remedy.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { complaintText } from '../../daemon/complaints.ts'
import { readSchool } from '../../daemon/config.ts'
import { models, temporaryFolder } from './kit.ts'

const good = `
site: { id: school-17, name: Школа № 17 }
data: data
screen: { port: 8017 }
city: { broker: "mqtt://127.0.0.1:1883", web: "http://127.0.0.1:8080/", passwordFile: secret.txt }
machines:
  - { id: printer-1, name: Принтер, model: model-printer, port: /dev/ttyUSB0 }
  - { id: laser-1, name: Лазер, model: model-laser, port: "tcp://10.0.0.5:23", baud: 115200 }
people:
  - { id: t1, name: Анна, login: anna, role: teacher, passwordHash: "scrypt$16384$8$1$AAAA$BBBB" }
`

function read(text: string) {
  using folder = temporaryFolder()
  const path = join(folder.path, 'school.yaml')
  writeFileSync(path, text)
  writeFileSync(join(folder.path, 'secret.txt'), 'pass\n')
  return { ...readSchool(path, models), folder: folder.path }
}

function complaints(text: string): string[] {
  const result = read(text)
  return 'complaints' in result ? result.complaints.map(one => complaintText(one).replace(`${result.folder}/`, '')) : []
}

describe('a right file', () => {
  it('is read whole, its paths relative to itself, its defaults filled in', () => {
    const result = read(good)
    if ('complaints' in result) throw new Error(result.complaints.map(complaintText).join('\n'))
    const { config } = result
    expect(config.data).toBe(join(result.folder, 'data'))
    expect(config.city).toEqual({ broker: 'mqtt://127.0.0.1:1883', web: 'http://127.0.0.1:8080', username: 'school-17', password: 'pass' })
    expect(config.rules).toMatchObject({ autoStartPrinters: true, approvals: 'pupils' })
    expect(config.screen).toEqual({ host: '127.0.0.1', port: 8017 })
  })

  it('may do without a city', () => {
    expect(read(good.replace(/^city:.*$/m, ''))).not.toHaveProperty('complaints')
  })
})

describe('a camera in the file', () => {
  const camera = (options: string) => good.replace('baud: 115200 }', `baud: 115200, startButton: true, camera: { ${options} } }`)

  it('is read with its password from its own file', () => {
    const result = read(camera('stream: "http://10.0.0.7/stream?x=1", username: school, passwordFile: secret.txt, rotate: 180'))
    if ('complaints' in result) throw new Error(result.complaints.map(complaintText).join('\n'))
    const [, laser] = result.config.machines
    expect(laser).toMatchObject({
      startButton: true,
      camera: { stream: 'http://10.0.0.7/stream?x=1', username: 'school', password: 'pass', rotate: 180, keepHours: 0 },
    })
  })

  it.for<[string, string, RegExp]>([
    ['without an address', 'rotate: 90', /machines\[1\]\.camera = .*: give snapshot or stream, or both/],
    ['of another kind', 'snapshot: "ftp://10.0.0.7/x"', /machines\[1\]\.camera\.snapshot = \(not shown\): give where one picture is/],
    ['that is no address', 'stream: "http://:99999/"', /machines\[1\]\.camera\.stream = \(not shown\): is no address/],
    [
      'with a password in the address',
      'snapshot: "http://a:tainaia@10.0.0.7/"',
      /camera\.snapshot = \(not shown\): give the name and password as username/,
    ],
    ['turned a little', 'snapshot: "http://c/", rotate: 45', /camera\.rotate = 45: give 0, 90, 180 or 270/],
    ['that would keep for days', 'snapshot: "http://c/", keepHours: 48', /camera\.keepHours = 48: give hours to keep pictures, 0 to 24/],
    ['with a name and no password', 'snapshot: "http://c/", username: a', /camera\.password = \(nothing\): is missing/],
    ['with a password and no name', 'snapshot: "http://c/", password: tainaia', /camera\.username = \(nothing\): is missing/],
    [
      'with two passwords',
      'snapshot: "http://c/", username: a, password: tainaia, passwordFile: secret.txt',
      /give password or passwordFile, not both/,
    ],
    [
      'whose password file is not there',
      'snapshot: "http://c/", username: a, passwordFile: none.txt',
      /camera\.passwordFile = \(not shown\): cannot be read: ENOENT/,
    ],
    ['with a typo', 'snapshto: "http://c/"', /camera\.snapshto = .*did you mean "snapshot"/],
  ])('%s is complained about, and its secrets are not repeated', ([, options, complaint]) => {
    const told = complaints(camera(options)).join('\n')
    expect(told).toMatch(complaint)
    expect(told).not.toContain('tainaia')
  })
})

describe('a wrong file', () => {
  it.for<[string, (text: string) => string, RegExp]>([
    [
      'an unknown key',
      t => t.replace('port: 8017', 'port: 8017, hots: x'),
      /^school\.yaml:4: screen\.hots = "x": no such option; did you mean "host"\?$/,
    ],
    ['an unknown key in a list', t => t.replace('baud', 'buad'), /machines\[1\]\.buad = 115200: .*did you mean "baud"/],
    ['an unknown key at the top', t => `${t}\nmachine: []\n`, /machine = a list of 0: .*did you mean "machines"/],
    ['a missing option', t => t.replace('id: school-17, ', ''), /site\.id = \(nothing\): is missing: give the school's id: lower-case/],
    ['a missing group', t => t.replace(/^screen.*$/m, ''), /screen = \(nothing\): is missing: give a group with host and port/],
    [
      'a wrong port name',
      t => t.replace('/dev/ttyUSB0', 'COM3'),
      /^school\.yaml:7: machines\[0\]\.port = "COM3": give a device such as \/dev/,
    ],
    ['a wrong type', t => t.replace('8017', 'eighty'), /screen\.port = "eighty": give a port number/],
    [
      'an upper-case id',
      t => t.replace('id: printer-1', 'id: Printer-1'),
      /machines\[0\]\.id = "Printer-1": give the machine's id: lower-case/,
    ],
    [
      'an unknown model',
      t => t.replace('model-laser', 'model-lazer'),
      /machines\[1\]\.model = "model-lazer": no such model; did you mean "model-laser"/,
    ],
    ['one id twice', t => t.replace('id: laser-1', 'id: printer-1'), /machines\[1\]\.id = "printer-1": give each machine its own id/],
    [
      'one port twice',
      t => t.replace('"tcp://10.0.0.5:23"', '/dev/ttyUSB0'),
      /machines\[1\]\.port = "\/dev\/ttyUSB0": another machine has this port/,
    ],
    [
      'an unknown role',
      t => t.replace('role: teacher', 'role: director'),
      /people\[0\]\.role = "director": give pupil, teacher, technician or administrator/,
    ],
    ['a plain password', t => t.replace(/passwordHash: ".*"/, 'password: 12345'), /people\[0\]\.password = \(not shown\)/],
    ['no password at all', t => t.replace(/, passwordHash: ".*"/, ''), /people\[0\]\.passwordHash = \(nothing\): is missing/],
    ['a missing password file', t => t.replace('secret.txt', 'nowhere.txt'), /city\.passwordFile = \(not shown\): cannot be read/],
    ['text that is not YAML', () => 'site: [', /^school\.yaml:1: \(the text\) = \(not YAML\)/],
    ['an empty file', () => '', /\(the whole file\)/],
    ['a key written twice', t => `${t}\ndata: elsewhere\n`, /\(the text\).*unique/i],
  ])('with %s is refused with the place and the remedy', ([, spoil, expected]) => {
    expect(complaints(spoil(good)).join('\n')).toMatch(new RegExp(expected.source, 'm'))
  })

  it('has all its mistakes told at once', () => {
    const spoiled = good
      .replace('port: 8017', 'port: 99999, hots: x')
      .replace('/dev/ttyUSB0', 'COM3')
      .replace('model-laser', 'model-lazer')
      .replace('role: teacher', 'role: director')
      .replace('login: anna', 'login: anna, age: 40')
    const told = complaints(spoiled)
    for (const option of ['screen.port', 'screen.hots', 'machines[0].port', 'machines[1].model', 'people[0].role', 'people[0].age']) {
      expect(told.filter(line => line.includes(` ${option} = `))).toHaveLength(1)
    }
    expect(told).toHaveLength(6)
  })

  it('never shows a secret', () => {
    expect(complaints(good.replace('"scrypt$16384$8$1$AAAA$BBBB"', 'hunter2')).join()).not.toContain('hunter2')
  })

  it('that is not there is said to be so', () => {
    const result = readSchool('/nowhere/school.yaml', models)
    expect('complaints' in result && result.complaints[0]?.remedy).toContain('cannot be read')
  })
})
