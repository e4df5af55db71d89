// The words of figures and trends come with the pages that say them, not with the first load.
import { enFigures } from '../words/en-figures.ts'
import { type FigureWords, ruFigures } from '../words/ru-figures.ts'
import { useSpeech } from '../words/speech.tsx'

export function useFigureWords(): FigureWords {
  return useSpeech().language === 'ru' ? ruFigures : enFigures
}
