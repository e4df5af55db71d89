// Schools to look at: each scene is a picture as a daemon would have told it, with one trouble of real life in it.
import type { Author, Job, JobState } from '../../protocols/contract/job.ts'
import type { MachineDeclaration, MachineState, Telemetry } from '../../protocols/contract/machine.ts'
import type { HeatSample, MachinePicture, SitePicture } from '../../protocols/contract/screen.ts'
import { sha } from './programs.ts'

export const people = {
  teacher: { id: 'a-teacher', name: 'Ирина Петровна', role: 'teacher' },
  technician: { id: 'a-technician', name: 'Олег Сергеевич', role: 'technician' },
  pupil: { id: 'a-pupil', name: 'Стриж-17', role: 'pupil' },
  administrator: { id: 'a-admin', name: 'Анна Викторовна', role: 'administrator' },
} as const satisfies Record<string, Author>

export type SceneName = 'normal' | 'attention' | 'silent' | 'never' | 'empty' | 'long'
export const sceneNames: readonly SceneName[] = ['normal', 'attention', 'silent', 'never', 'empty', 'long']

const minute = 60_000
const area = { x: 220, y: 220, z: 250 }

function declaration(id: string, name: string, kind: MachineDeclaration['kind'], modelName: string): MachineDeclaration {
  return {
    id,
    name,
    kind,
    dialect: kind === 'printer' ? 'marlin' : 'grbl',
    model: id,
    modelName,
    area: kind === 'laser' ? { x: 400, y: 400, z: 0 } : area,
  }
}

const declarations = {
  printer1: declaration('printer-1', 'Принтер 1', 'printer', 'Creality Ender-3 V2'),
  printer2: declaration('printer-2', 'Принтер 2', 'printer', 'Creality Ender-3 V2'),
  prusa: declaration('prusa', 'Пруша у окна', 'printer', 'Prusa MK3S+'),
  laser: declaration('laser', 'Лазер', 'laser', 'Ortur Laser Master 3'),
  mill: declaration('mill', 'Фрезер', 'mill', 'Genmitsu 3018-PRO'),
}

function machine(of: MachineDeclaration, state: MachineState, now: number, more: Partial<MachinePicture> = {}): MachinePicture {
  const firmware: MachinePicture['firmware'] =
    of.dialect === 'marlin'
      ? {
          name: 'Marlin 2.1.2.4',
          family: 'marlin',
          machine: of.modelName,
          settings: {
            M92: 'X80.00 Y80.00 Z400.00 E93.00',
            M203: 'X500.00 Y500.00 Z5.00 E25.00',
            M201: 'X500.00 Y500.00 Z100.00 E5000.00',
            M205: 'B20000.00 S0.00 T0.00 J0.08',
          },
        }
      : {
          name: 'Grbl 1.1h',
          family: 'grbl',
          receiveBufferBytes: 128,
          plannerBlocks: 15,
          settings: { $30: '1000', $32: '1', $110: '6000.000', $111: '6000.000', $120: '1000.000', $130: '400.000' },
        }
  return { declaration: of, state, inService: false, readOnly: false, firmware, at: now, faults: [], ...more }
}

type JobWish = Partial<Omit<Job, 'program'>> & { name?: string; kind?: Job['program']['kind']; lines?: number; size?: number }

export function job(id: string, ticket: number, state: JobState, now: number, wish: JobWish = {}): Job {
  const { name = 'Кронштейн.gcode', kind = 'printer', lines = 48_210, size = 1_940_000, ...rest } = wish
  return {
    id,
    site: 'school-5',
    ticket,
    copy: 1,
    copies: 1,
    program: { sha256: sha(kind), name, size, kind, lines },
    suitable: kind === 'laser' ? ['laser'] : kind === 'mill' ? ['mill'] : ['printer-1', 'printer-2', 'prusa'],
    state,
    order: ticket,
    held: false,
    author: people.teacher,
    estimatedSeconds: 4_860,
    submittedAt: now - 40 * minute,
    ...rest,
  }
}

const long = {
  file: 'Корпус_для_метеостанции_версия_7_окончательная_точно_последняя_исправленная_с_креплением_под_датчик_PLA_0.2мм_без_поддержек.gcode',
  machine: 'Большой принтер у дальней стены рядом со шкафом для филамента (бывший «Принтер 4»)',
  school: 'Муниципальное бюджетное общеобразовательное учреждение «Средняя общеобразовательная школа № 17 имени А. Н. Косыгина»',
}

/** The school of a scene, told at `now` by the server's clock. */
export function school(scene: SceneName, now: number): SitePicture {
  const d = declarations
  const online = { link: 'online', since: now - 300 * minute, heardAt: now } as const
  const base: SitePicture = { site: 'school-5', name: 'Школа № 5', link: online, machines: {}, telemetry: {}, jobs: {} }
  const running = { ...running1(now), ...jobsOfNormal(now) }
  switch (scene) {
    case 'never':
      return { ...base, link: { link: 'unknown' } }
    case 'empty':
      return {
        ...base,
        machines: byId([
          machine(d.printer1, { state: 'ready', since: now - 20 * minute }, now),
          machine(d.laser, { state: 'ready', since: now - 90 * minute }, now),
        ]),
        telemetry: { 'printer-1': cold(now) },
      }
    case 'normal':
      return {
        ...base,
        machines: byId([
          machine(d.printer1, { state: 'running', since: now - 25 * minute, job: 'job-running' }, now),
          machine(d.printer2, { state: 'preparing', since: now - 2 * minute, what: 'heating', job: 'job-heating' }, now),
          machine(d.prusa, { state: 'ready', since: now - 12 * minute }, now),
          machine(d.laser, { state: 'running', since: now - 4 * minute, job: 'job-laser' }, now),
          machine(d.mill, { state: 'ready', since: now - 300 * minute }, now, { inService: true }),
        ]),
        telemetry: telemetryOfNormal(now),
        jobs: running,
      }
    case 'attention':
      return troubled(base, now)
    case 'silent': {
      const before = school('normal', now)
      return { ...before, link: { link: 'offline', since: now - 3 * minute, heardAt: now - 3 * minute } }
    }
    case 'long': {
      const before = school('attention', now)
      const named = Object.values(before.machines).map(each => ({
        ...each,
        declaration: { ...each.declaration, name: `${long.machine} ${each.declaration.id}`.slice(0, 80) },
      }))
      const jobs = Object.values(before.jobs).map(each => ({
        ...each,
        program: { ...each.program, name: long.file },
        comment: long.file,
        copies: 12,
      }))
      return { ...before, name: long.school, machines: byId(named), jobs: Object.fromEntries(jobs.map(each => [each.id, each])) }
    }
  }
}

function troubled(base: SitePicture, now: number): SitePicture {
  const d = declarations
  const thermal = {
    code: 'thermal-runaway',
    text: {
      ru: 'Сопло греется не так, как должно, и принтер отключил нагрев.',
      en: 'The nozzle heats not as it should and the printer switched heating off.',
    },
    help: {
      ru: 'Дайте остыть, проверьте нагреватель и датчик сопла.',
      en: 'Let it cool, check the heater and the thermistor of the nozzle.',
    },
    detail: 'Error:Thermal Runaway, system stopped! Heater_ID: 0',
  }
  return {
    ...base,
    machines: byId([
      machine(d.printer1, { state: 'uncleared', since: now - 18 * minute, job: 'job-done' }, now),
      machine(d.printer2, { state: 'down', since: now - 6 * minute, fault: thermal }, now, { faults: [thermal] }),
      machine(
        d.prusa,
        {
          state: 'attention',
          since: now - 3 * minute,
          why: 'prompt',
          job: 'job-running',
          prompt: { title: 'Кончился филамент. Заправьте новый и продолжите.', buttons: ['Продолжить', 'Прочистить ещё'] },
        },
        now,
      ),
      machine(d.laser, { state: 'ready', since: now - 30 * minute }, now),
      machine(d.mill, { state: 'offline', since: now - 200 * minute }, now),
    ]),
    telemetry: { ...telemetryOfNormal(now), prusa: { ...telemetryOfNormal(now)['printer-1'], at: now } },
    jobs: {
      ...jobsOfNormal(now),
      'job-running': job('job-running', 41, 'running', now, { machine: 'prusa', startedAt: now - 25 * minute, author: people.pupil }),
      'job-done': job('job-done', 38, 'completed', now, {
        name: 'Шестерня 24 зуба.gcode',
        machine: 'printer-1',
        startedAt: now - 90 * minute,
        endedAt: now - 18 * minute,
        end: { outcome: 'completed', evidence: 'last ok and M400 ok', lines: 48_210, bytes: 1_940_000, seconds: 4_320, resends: 2 },
      }),
      'job-submitted': job('job-submitted', 52, 'submitted', now, {
        name: 'Брелок с именем.gcode',
        author: people.pupil,
        comment: 'красный, если есть',
        submittedAt: now - 9 * minute,
      }),
      'job-to-cut': job('job-to-cut', 47, 'queued', now, {
        name: 'Коробка фанера 4мм.nc',
        kind: 'laser',
        lines: 9_800,
        size: 241_000,
        estimatedSeconds: 760,
      }),
    },
  }
}

function running1(now: number): Record<string, Job> {
  return {
    'job-running': job('job-running', 41, 'running', now, { machine: 'printer-1', startedAt: now - 25 * minute }),
    'job-heating': job('job-heating', 42, 'starting', now, {
      name: 'Подставка для телефона.gcode',
      machine: 'printer-2',
      startedAt: now - 2 * minute,
    }),
    'job-laser': job('job-laser', 43, 'running', now, {
      name: 'Табличка кабинет 214.nc',
      kind: 'laser',
      machine: 'laser',
      startedAt: now - 4 * minute,
      estimatedSeconds: 900,
    }),
  }
}

function jobsOfNormal(now: number): Record<string, Job> {
  const ended = (id: string, ticket: number, state: JobState, ago: number, wish: JobWish) =>
    job(id, ticket, state, now, { startedAt: now - (ago + 60) * minute, endedAt: now - ago * minute, ...wish })
  const ok = { quality: 'ok', by: people.teacher, at: now - 60 * minute } as const
  const fault = {
    code: 'machine-restarted',
    text: { ru: 'Принтер перезапустился посреди задания.', en: 'The printer restarted in the middle of the job.' },
    help: {
      ru: 'Проверьте питание и кабель USB, затем отправьте задание снова.',
      en: 'Check the power and the USB cable, then send the job again.',
    },
    detail: 'start',
    line: 12_040,
  }
  return {
    'job-000q1': job('job-000q1', 44, 'queued', now, { name: 'Крышка.gcode', wanted: 'printer-1' }),
    'job-000q2': job('job-000q2', 45, 'queued', now, {
      name: 'Колесо робота.gcode',
      copies: 3,
      copy: 1,
      author: people.pupil,
      estimatedSeconds: 2_400,
    }),
    'job-000q3': job('job-000q3', 45, 'queued', now, {
      name: 'Колесо робота.gcode',
      copies: 3,
      copy: 2,
      order: 45.1,
      author: people.pupil,
      estimatedSeconds: 2_400,
    }),
    'job-000q4': job('job-000q4', 46, 'queued', now, { name: 'Ваза спираль.gcode', held: true, estimatedSeconds: 11_400 }),
    'job-000q5': job('job-000q5', 48, 'queued', now, { name: 'Рельеф герб.nc', kind: 'mill', estimatedSeconds: 5_100 }),
    'job-000e1': ended('job-000e1', 37, 'completed', 66, { name: 'Клипса.gcode', machine: 'printer-2', verdict: ok }),
    'job-000e2': ended('job-000e2', 36, 'interrupted', 130, {
      name: 'Рычаг.gcode',
      machine: 'prusa',
      end: { outcome: 'interrupted', evidence: 'banner in mid-job', fault, lines: 12_040, bytes: 480_000, seconds: 1_900, resends: 14 },
    }),
    'job-000e3': ended('job-000e3', 35, 'collected', 190, { name: 'Шахматный конь.gcode', machine: 'printer-1', verdict: ok }),
  }
}

function cold(now: number): Telemetry {
  return { at: now, heaters: { nozzle: { actual: 23.4, target: 0 }, bed: { actual: 22.9, target: 0 } }, position: { x: 0, y: 0, z: 0 } }
}

function telemetryOfNormal(now: number): Record<string, Telemetry> {
  return {
    'printer-1': {
      at: now,
      heaters: { nozzle: { actual: 214.6, target: 215, power: 0.4 }, bed: { actual: 60.1, target: 60 } },
      position: { x: 112.4, y: 86.02, z: 12.6 },
      feed: 3000,
      overrides: { feed: 100, power: 100 },
      progress: {
        job: 'job-running',
        lines: 18_400,
        bytes: 760_000,
        fraction: 0.437,
        elapsedSeconds: 1_500,
        remainingSeconds: 2_460,
        layer: 63,
        layers: 145,
      },
      link: { resends: 2, badLines: 0, reconnects: 0 },
    },
    'printer-2': { at: now, heaters: { nozzle: { actual: 148, target: 215 }, bed: { actual: 57, target: 60 } } },
    prusa: cold(now),
    laser: {
      at: now,
      position: { x: -211.2, y: -140.7, z: 0 },
      workPosition: { x: 88.8, y: 59.3, z: 0 },
      feed: 3000,
      spindle: 640,
      overrides: { feed: 100, rapid: 100, power: 100 },
      progress: { job: 'job-laser', lines: 2_900, bytes: 70_000, fraction: 0.29, elapsedSeconds: 240, remainingSeconds: 610 },
      link: { resends: 0, badLines: 0, reconnects: 1 },
    },
  }
}

function byId(machines: MachinePicture[]): Record<string, MachinePicture> {
  return Object.fromEntries(machines.map(each => [each.declaration.id, each]))
}

/** A quarter of an hour of heating up and holding. */
export function heatHistory(now: number): HeatSample[] {
  return Array.from({ length: 440 }, (_, index) => {
    const seconds = index * 2
    const rise = (target: number, tau: number) => target - (target - 23) * Math.exp(-seconds / tau) + Math.sin(seconds / 17) * 0.6
    return {
      at: now - (880 - seconds) * 1000,
      heaters: { nozzle: { actual: rise(215, 90), target: 215 }, bed: { actual: rise(60, 150), target: 60 } },
    }
  })
}

/** The wall: the scene's school among eighteen others. */
export function city(scene: SceneName, now: number): SitePicture[] {
  const others: [string, SceneName][] = Array.from({ length: 18 }, (_, index) => [
    `school-${index + 6}`,
    index === 3 ? 'silent' : index === 7 ? 'attention' : index === 11 ? 'never' : index % 2 === 0 ? 'normal' : 'empty',
  ])
  return [
    school(scene, now),
    ...others.map(([site, theirs]) => {
      const picture = school(theirs, now)
      const number = site.slice('school-'.length)
      return { ...picture, site, name: number === '23' ? 'Центр компетенций' : `Школа № ${number}` }
    }),
  ]
}
