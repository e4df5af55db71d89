// A figure in words: its value, on how much it stands, and how it looks. Shared by the tables, the definitions and the file to download.
import { type Band, bandOf, casesMin, type Figure, type FigureName, type Figures } from '../../../protocols/contract/figures.ts'
import type { Look } from '../looks.ts'
import type { FigureWords } from '../words/ru-figures.ts'
import type { Speech } from '../words/speech.tsx'

/** As they stand in a table. The others are told with their neighbours in the definitions. */
export const columns = [
  'availability',
  'load',
  'mtbf',
  'mttr',
  'firstPass',
  'wait',
  'forecastMost',
] as const satisfies readonly FigureName[]
export const allFigures: readonly FigureName[] = [
  'availability',
  'load',
  'mtbf',
  'mttr',
  'firstPass',
  'wait',
  'waitMost',
  'forecast',
  'forecastMost',
  'inside',
]
const inSeconds: readonly FigureName[] = ['mttr', 'wait', 'waitMost']

export function valueText(name: FigureName, figure: Figure, words: FigureWords, forms: Speech['forms']): string {
  switch (figure.state) {
    case 'few':
      return words.few
    case 'no-hours':
      return words.noHours
    case 'over':
      return words.over(forms.number(figure.value))
    case 'known':
      if (name === 'mtbf') return words.hoursUnit(forms.number(figure.value))
      return inSeconds.includes(name) ? forms.duration(figure.value) : percentText(figure.value, forms)
  }
}

/** Not the share of something under way: 99.6 % may be told as 100 %. */
function percentText(share: number, forms: Speech['forms']): string {
  return forms.percent(Math.round(share * 100) >= 100 ? 1 : share + 0.005)
}

export function casesText(name: FigureName, figure: Figure, words: FigureWords): string {
  switch (figure.state) {
    case 'few':
      return words.cases.few(figure.cases, casesMin[name])
    case 'no-hours':
      return words.noHoursHelp
    case 'over':
      return ''
    case 'known':
      return name === 'availability' || name === 'load' ? words.cases.hours(figure.cases) : words.cases.cases(figure.cases)
  }
}

export function lookOfFigure(name: FigureName, figure: Figure, words: FigureWords): Look {
  const band = bandOf(name, figure)
  const label = words.bands[band]
  if (band === 'alarm') return { tone: 'fault', shape: 'fault', label }
  if (band === 'warn') return { tone: 'attention', shape: 'attention', label }
  return { tone: 'quiet', shape: 'free', label }
}

const weight: Readonly<Record<Band, number>> = { normal: 0, warn: 1, alarm: 10 }

/** How much is abnormal, for "the worst first". */
export function trouble(figures: Figures): number {
  return allFigures.reduce((sum, name) => sum + weight[bandOf(name, figures[name])], 0)
}

/** For sorting by one figure: what is worst first; what is not known last. */
export function badness(name: FigureName, figures: Figures): number {
  const figure = figures[name]
  if (figure.state !== 'known') return Number.NEGATIVE_INFINITY
  const low: readonly FigureName[] = ['availability', 'load', 'mtbf', 'firstPass', 'inside']
  return low.includes(name) ? -figure.value : figure.value
}
