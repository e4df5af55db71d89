// Schools to look at: each scene is a picture as a daemon would have told it, with one trouble of real life in it.
import type { Author, Job, JobState } from '../../protocols/contract/job.ts'
import type { MachineDeclaration, MachineState, Telemetry } from '../../protocols/contract/machine.ts'
import type { Program } from '../../protocols/contract/program.ts'
import type { HeatSample, MachinePicture, Preview, SitePicture } from '../../protocols/contract/screen.ts'

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

/** One made-up sum per kind of program, so that each kind has its own preview. */
export function sha(kind: Job['program']['kind']): string {
  return { printer: 'a', laser: 'b', mill: 'c', unknown: 'd' }[kind].repeat(64)
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

/** What the check of a dropped file says: by its name, as each kind of file would fare. */
export function programOf(name: string, sha256: string, size: number): Program {
  const kind = /\.nc$/i.test(name) ? 'laser' : 'printer'
  const common = { sha256: sha(kind), name, size, kind, lines: 48_210, findings: [] } as const
  const no = (machine: string, text: { ru: string; en: string }, code = 'wrong-kind') => ({
    machine,
    fits: false,
    findings: [{ code, severity: 'stop' as const, text }],
  })
  const forPrinter = { ru: 'Файл для 3D-принтера, а это не принтер.', en: 'The file is for a 3D printer, and this is not one.' }
  const forLaser = { ru: 'Файл для лазера, а это не лазер.', en: 'The file is for a laser, and this is not one.' }
  if (kind === 'laser') {
    const steady = name.includes('M3')
    return {
      ...common,
      sha256,
      bounds: { min: { x: 2, y: 2, z: 0 }, max: { x: 182, y: 121.5, z: 0 } },
      findings: [],
      machines: [
        steady
          ? no(
              'laser',
              {
                ru: 'Программа жжёт на постоянной мощности (M3): встанет станок — луч прожжёт насквозь.',
                en: 'The program burns at constant power (M3): should the machine stand still, the beam burns through.',
              },
              'constant-power',
            )
          : { machine: 'laser', fits: true, findings: [], estimatedSeconds: 760 },
        no('printer-1', forLaser),
        no('printer-2', forLaser),
        no('prusa', forLaser),
        no('mill', forLaser),
      ],
    }
  }
  const bad = name.includes('bad')
  return {
    ...common,
    sha256,
    slicer: 'PrusaSlicer 2.5.0',
    layers: 145,
    bounds: { min: { x: 62.1, y: 71.4, z: 0.2 }, max: { x: 157.9, y: 148.6, z: 29 } },
    filament: { mm: 8_410, grams: 25.1, material: 'PLA' },
    slicerSeconds: 4_500,
    findings: bad
      ? [
          {
            code: 'writes-eeprom',
            severity: 'stop',
            text: {
              ru: 'В файле есть команда, которая меняет память станка. Сохраните файл заново в слайсере.',
              en: 'The file has a command that changes the memory of the machine. Export it again.',
            },
            technical: { ru: 'M500 в строке 18', en: 'M500 in line 18' },
            line: 18,
          },
          {
            code: 'hot',
            severity: 'ask',
            text: { ru: 'Сопло нагреется до 265 °C. Для PLA это много.', en: 'The nozzle goes up to 265 °C. That is much for PLA.' },
            line: 7,
            count: 3,
          },
          {
            code: 'no-thumbnail',
            severity: 'note',
            text: { ru: 'В файле нет картинки модели.', en: 'The file has no picture of the model.' },
          },
        ]
      : [
          {
            code: 'long',
            severity: 'note',
            text: { ru: 'Задание длиннее занятия: закончится без вас.', en: 'The job is longer than a lesson: it ends without you.' },
          },
        ],
    machines: bad
      ? ['printer-1', 'printer-2', 'prusa', 'laser', 'mill'].map(machine =>
          no(machine, { ru: 'В файле есть запрещённая команда.', en: 'The file has a forbidden command.' }),
        )
      : [
          { machine: 'printer-1', fits: true, findings: [], estimatedSeconds: 4_860 },
          { machine: 'printer-2', fits: true, findings: [], estimatedSeconds: 4_900 },
          {
            machine: 'prusa',
            fits: true,
            findings: [
              {
                code: 'other-profile',
                severity: 'ask',
                text: {
                  ru: 'Файл сделан для другого принтера: проверьте начало печати.',
                  en: 'The file was made for another printer: watch how it begins.',
                },
              },
            ],
            estimatedSeconds: 4_310,
          },
          no('laser', forPrinter),
          no('mill', forPrinter),
        ],
  }
}

/** Rings in layers for a printer; a shaded sign for a laser. */
export function previewOf(sha256: string): Preview {
  return sha256.startsWith('b') ? laserPreview() : printPreview()
}

function printPreview(): Preview {
  const points: number[] = []
  const work: number[] = []
  const layers: number[] = []
  const layerCount = 60
  for (let layer = 0; layer < layerCount; layer += 1) {
    layers.push(points.length / 3)
    for (const [ring, radius] of [34, 33.2, 12, 12.8].entries()) {
      for (let step = 0; step <= 48; step += 1) {
        const angle = (step / 48) * 2 * Math.PI
        const bump = ring < 2 ? 1 + 0.09 * Math.sign(Math.sin(angle * 12)) : 1
        points.push(110 + radius * bump * Math.cos(angle), 110 + radius * bump * Math.sin(angle), 0.2 + layer * 0.2)
        work.push(step === 0 ? 0 : 1)
      }
    }
    for (let line = -30; line <= 30; line += 4) {
      const half = Math.sqrt(Math.max(0, 31 * 31 - line * line))
      const flip = layer % 2 === 0
      points.push(
        110 + (flip ? line : -half),
        110 + (flip ? -half : line),
        0.2 + layer * 0.2,
        110 + (flip ? line : half),
        110 + (flip ? half : line),
        0.2 + layer * 0.2,
      )
      work.push(0, 1)
    }
  }
  return finished('printer', points, work, { layers })
}

function laserPreview(): Preview {
  const points: number[] = []
  const work: number[] = []
  const power: number[] = []
  for (let row = 0; row < 120; row += 1) {
    for (let column = 0; column <= 90; column += 1) {
      const x = row % 2 === 0 ? column * 2 : 180 - column * 2
      points.push(x, row, 0)
      work.push(column === 0 ? 0 : 1)
      power.push(Math.max(0, Math.sin(x / 22) * Math.cos(row / 17)) ** 0.6)
    }
  }
  return finished('laser', points, work, { power })
}

function finished(kind: Preview['kind'], points: number[], work: number[], more: Partial<Preview>): Preview {
  const axis = (offset: number) => points.filter((_, index) => index % 3 === offset)
  const low = (offset: number) => axis(offset).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const high = (offset: number) => axis(offset).reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  return {
    kind,
    bounds: { min: [low(0), low(1), low(2)], max: [high(0), high(1), high(2)] },
    segments: work.length,
    points,
    work,
    times: work.map((_, index) => index / work.length),
    ...more,
  }
}
