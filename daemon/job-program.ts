// What a job tells of its program: the file as it was named, what it was made for, and how much plastic it takes. Pure.
import type { Job } from '../protocols/contract/job.ts'
import type { Program } from '../protocols/contract/program.ts'

const materialLengthMax = 40
/** Where the model does not say. */
const filamentUsualMm = 1.75

/** g/cm³, as makers of filament state them; the longest name that the material's begins with counts. */
const densities: Readonly<Record<string, number>> = {
  PLA: 1.24,
  PETG: 1.27,
  PET: 1.27,
  ABS: 1.04,
  ASA: 1.07,
  HIPS: 1.04,
  TPU: 1.21,
  TPE: 1.2,
  FLEX: 1.21,
  PC: 1.2,
  PA: 1.12,
  NYLON: 1.12,
  PVA: 1.23,
  PP: 0.9,
}
/** What schools print with when the file does not say. */
const densityUsual = 1.24

/** `filamentMm`: diameter on the machine it is meant for. */
export function jobProgram(program: Program, asked: { readonly name: string; readonly size: number }, filamentMm?: number): Job['program'] {
  const { sha256, kind, lines, filament } = program
  const grams = gramsOf(filament, filamentMm)
  return {
    sha256,
    name: asked.name,
    size: asked.size,
    kind,
    lines,
    ...(filament?.material === undefined ? {} : { material: filament.material.slice(0, materialLengthMax) }),
    ...(grams === undefined ? {} : { grams }),
  }
}

/** The slicer's own figure, or the length of the filament by its diameter and the density of its material; to a tenth of a gram. */
export function gramsOf(filament: Program['filament'], filamentMm: number = filamentUsualMm): number | undefined {
  if (filament === undefined) return undefined
  const { grams, mm, material } = filament
  if (grams !== undefined) return rounded(grams)
  if (mm === undefined) return undefined
  const cm3 = (Math.PI * (filamentMm / 20) ** 2 * mm) / 10
  return rounded(cm3 * densityOf(material))
}

function densityOf(material = ''): number {
  const name = material.trim().toUpperCase()
  const known = Object.keys(densities)
    .filter(one => name.startsWith(one))
    .sort((a, b) => b.length - a.length)[0]
  return (known !== undefined && densities[known]) || densityUsual
}

function rounded(grams: number): number {
  return Math.round(grams * 10) / 10
}
