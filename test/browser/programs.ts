// Programs to look at: what the check of a dropped file says, by its name, and what its tool path looks like.
import type { Job } from '../../protocols/contract/job.ts'
import type { Program } from '../../protocols/contract/program.ts'
import type { Preview } from '../../protocols/contract/screen.ts'
import { writeToolpath } from '../../protocols/contract/toolpath.ts'

/** One made-up sum per kind of program, so that each kind has its own preview. */
export function sha(kind: Job['program']['kind']): string {
  return { printer: 'a', laser: 'b', mill: 'c', unknown: 'd' }[kind].repeat(64)
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

/** The preview as a graphics card takes it. */
export function pathOf(sha256: string): Uint8Array {
  const { kind, bounds, segments, points, work, power, layers = [], times } = previewOf(sha256)
  const box = { min: [0, 0, 0] as [number, number, number], max: [400, 400, 400] as [number, number, number] }
  const stored = Uint16Array.from({ length: work.length * 4 }, (_, at) => {
    const [point, axis] = [Math.floor(at / 4), at % 4]
    return Math.round(65_535 * (axis === 3 ? (times[point] ?? 0) : (points[point * 3 + axis] ?? 0) / 400))
  })
  const looks = Uint8Array.from(work, (one, point) => (one === 0 ? 0 : Math.max(1, Math.round(255 * (power?.[point] ?? 1)))))
  return writeToolpath({ kind, bounds, box, segments, count: work.length, layers, points: stored, looks })
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
