// What the school says about calls from the floor: reports that hold a machine, and too many of them.
import type { Problem } from '../protocols/contract/floor.ts'
import { holdingProblems, problemWords } from '../protocols/contract/floor.ts'
import type { Sentence } from '../protocols/contract/words.ts'
import type { Report } from './floor-memory.ts'

type Facts = { readonly machine?: string }

export const floorWords = {
  'machine-reported': {
    text: ({ machine = '?' }: Facts) => ({
      ru: `О станке «${machine}» сообщили: дым, запах гари или поломка. Новое на нём не начнётся.`,
      en: `Smoke, a burning smell or damage was reported on “${machine}”. Nothing new begins on it.`,
    }),
    help: {
      ru: 'Осмотрите станок и нажмите «Устранено» на его странице.',
      en: 'Look at the machine, then press “Settled” on its page.',
    },
  },
  'called-often': {
    text: ({ machine = '?' }: Facts) => ({
      ru: `От станка «${machine}» уже звали много раз подряд: учитель знает.`,
      en: `“${machine}” has called many times in a row: the teacher knows.`,
    }),
    help: { ru: 'Снова можно через несколько минут; если срочно — голосом.', en: 'Again in a few minutes; if it is urgent, by voice.' },
  },
}

/** Pupils' words that fit into one sentence. */
const textsShown = 3
const textMax = 120

/** All that was reported, as one sentence: what, in which words; and what helps. */
export function reportedWords(reports: readonly Report[]): { text: Sentence; help: Sentence } {
  const kinds = [...new Set(reports.map(({ problem }) => problem))]
  const list = (language: 'ru' | 'en') => kinds.map(kind => lower(problemWords[kind][language])).join(', ')
  const texts = [...new Set(reports.flatMap(({ text = '' }) => (text === '' ? [] : [text.slice(0, textMax)])))].slice(-textsShown)
  const said = (open: string, close: string) => texts.map(text => ` ${open}${text}${close}`).join('')
  return {
    text: { ru: `Сообщили о станке: ${list('ru')}.${said('«', '»')}`, en: `Reported: ${list('en')}.${said('“', '”')}` },
    help: helpFor(kinds),
  }
}

export const calledWords: { text: Sentence; help: Sentence } = {
  text: { ru: 'К станку зовут учителя.', en: 'The teacher is called to the machine.' },
  help: { ru: 'Подойдите к станку.', en: 'Go to the machine.' },
}

function helpFor(kinds: readonly Problem[]): Sentence {
  const settle = { ru: 'Осмотрите станок и нажмите «Устранено».', en: 'Look at the machine, then press “Settled”.' }
  if (!kinds.some(kind => holdingProblems.includes(kind))) return settle
  const held = {
    ru: `${settle.ru} До этого новое на нём не начнётся; то, что идёт, само не остановится.`,
    en: `${settle.en} Until then nothing new begins on it; what runs does not stop by itself.`,
  }
  if (!kinds.includes('smell')) return held
  return {
    ru: `Если дым или огонь — красная кнопка на станке и отойти. ${held.ru}`,
    en: `If there is smoke or fire: the red button on the machine, and step away. ${held.en}`,
  }
}

function lower(words: string): string {
  return words.slice(0, 1).toLowerCase() + words.slice(1)
}
