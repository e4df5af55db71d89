// Words for people wherever they are kept: both languages whole, the same things named in both, plural forms right, no word of a machine's own.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { floorWords } from '../../dashboard/floor/words.ts'
import { pageWords } from '../../dashboard/tickets/words.ts'
import { tvWords } from '../../dashboard/tv/words.ts'
import { en } from '../../dashboard/web/words/en.ts'
import { ru } from '../../dashboard/web/words/ru.ts'

type Say = (...given: unknown[]) => unknown

/** Every word by its path: sentences and what makes them. */
function leaves(value: unknown, path = ''): Map<string, string | Say> {
  if (typeof value === 'string') return new Map([[path, value]])
  if (typeof value === 'function') return new Map([[path, value as Say]])
  const entries = Object.entries((value ?? {}) as Record<string, unknown>)
  return new Map(entries.flatMap(([key, inner]) => [...leaves(inner, path === '' ? key : `${path}.${key}`)]))
}

const catalogues = {
  'the screens': { ru, en },
  'the ticket': pageWords,
  'the machine’s own page': floorWords,
  'the wall': tvWords,
}

/** A number nobody writes and no plural rule knows, one for each place. */
const marks = [7013, 7027, 7039, 7043, 7057]

/** What is said with marks in every place; undefined where it wants something else than numbers and texts. */
function said(word: string | Say): string | undefined {
  if (typeof word === 'string') return word
  try {
    const answer = word(...marks.slice(0, word.length))
    return typeof answer === 'string' ? answer : undefined
  } catch {
    return undefined
  }
}

/** As the glossary forbids them: what other interfaces' machine translations say. */
const never = [
  /кроват/i,
  /ваканси/i,
  /нит[ьи] накаливания/i,
  /мебел/i,
  /простаива/i,
  /\bETA\b/,
  /\bвывести на печать/i,
  /(^|[^а-яё])работ[аыу] №/i,
  /(отменить|одобрить|новая|новую|ваша|твоя) работ[ауы]([^а-яё]|$)/i,
]

describe.each(Object.entries(catalogues))('the words of %s', (_name, { ru: russian, en: english }) => {
  const [inRussian, inEnglish] = [leaves(russian), leaves(english)]

  it('are the same in both languages, and none is empty', () => {
    expect([...inEnglish.keys()].sort()).toEqual([...inRussian.keys()].sort())
    expect([...inRussian, ...inEnglish].filter(([, word]) => said(word)?.trim() === '').map(([path]) => path)).toEqual([])
  })

  it('name the same things in both', () => {
    const named = (word: string | Say) => {
      const text = said(word)
      return text === undefined
        ? undefined
        : [...text.matchAll(/70\d\d|\{\w*\}/g)]
            .map(([mark]) => mark)
            .sort()
            .join(' ')
    }
    const differing = [...inRussian].flatMap(([path, word]) => {
      const other = inEnglish.get(path)
      const [here, there] = [named(word), other === undefined ? undefined : named(other)]
      return here === undefined || there === undefined || here === there ? [] : [`${path}: ${here} / ${there}`]
    })
    expect(differing).toEqual([])
  })

  it('have no Latin sentence in Russian and no Cyrillic one in English', () => {
    const own = /^(language|nav|unit|brand)\b/
    const texts = (words: Map<string, string | Say>) =>
      [...words].flatMap(([path, word]) => (own.test(path) ? [] : [[path, said(word) ?? ''] as const]))
    expect(texts(inRussian).filter(([, text]) => /[a-z]{3,}/i.test(text) && !/[а-яё]/i.test(text))).toEqual([])
    expect(texts(inEnglish).filter(([, text]) => /[а-яё]/i.test(text))).toEqual([])
  })

  it('count as Russian does: 1 and 21, 2 to 4, 5 to 20', () => {
    const alike = [
      [1, 21, 101],
      [2, 3, 4, 22, 104],
      [5, 11, 12, 14, 20, 111, 0],
    ]
    const wrong = [...inRussian].flatMap(([path, word]) => {
      if (typeof word === 'string' || word.length !== 1) return []
      const form = (n: number) => {
        try {
          return String(word(n)).replace(String(n), '#')
        } catch {
          return ''
        }
      }
      // Only what counts: a word whose form changes with its number.
      if (form(2) === form(5) && form(1) === form(5)) return []
      return alike.flatMap(numbers => {
        const forms = new Set(numbers.filter(n => n !== 0 && n !== 1).map(form))
        return forms.size > 1 ? [`${path}: ${[...forms].join(' | ')}`] : []
      })
    })
    expect(wrong).toEqual([])
  })

  it.for(never)('never say %s', word => {
    expect([...inRussian].filter(([, text]) => word.test(said(text) ?? '')).map(([path]) => path)).toEqual([])
  })
})

const root = join(import.meta.dirname, '../..')

/** Sentences written as a pair, `{ ru: '…', en: '…' }`, wherever the server, the school and the protocols keep them. */
function pairs(): { file: string; ru: string; en: string }[] {
  const files = ['daemon', 'dashboard', 'drivers', 'protocols'].flatMap(folder =>
    readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
      .filter(entry => entry.isFile() && entry.name.endsWith('.ts') && !/\/(dist|web)(\/|$)/.test(entry.parentPath))
      .map(entry => join(entry.parentPath, entry.name)),
  )
  const literal = String.raw`('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|${'`'}(?:[^${'`'}\\]|\\.)*${'`'})`
  const pair = new RegExp(String.raw`\bru:\s*${literal},\s*en:\s*${literal}`, 'g')
  return files.flatMap(file =>
    [...readFileSync(file, 'utf8').matchAll(pair)].map(([, inRussian = '', inEnglish = '']) => ({
      file: file.slice(root.length + 1),
      ru: inRussian.slice(1, -1),
      en: inEnglish.slice(1, -1),
    })),
  )
}

describe('the sentences of the school and the city', () => {
  const all = pairs()
  const list = (wrong: typeof all) => wrong.map(({ file, ru: inRussian, en: inEnglish }) => `${file}: ${inRussian} / ${inEnglish}`)

  it('are found', () => expect(all.length).toBeGreaterThan(150))

  it('are said in both languages, each in its own letters', () => {
    expect(list(all.filter(each => each.ru.trim() === '' || each.en.trim() === ''))).toEqual([])
    expect(list(all.filter(each => /[а-яё]/i.test(each.en.replace(/\$\{[^}]*\}/g, '').replace(/“[^”]*”/g, ''))))).toEqual([])
  })

  it('name the same things in both', () => {
    // ${date(day, 'ru')} and ${date(day, 'en')} are one thing, and so are ${name.ru} and ${name.en}.
    const named = (text: string) =>
      [...text.matchAll(/\$\{((?:[^{}]|\{[^{}]*\})*)\}/g)]
        .map(([, what = '']) => /^[\w.]+/.exec(what)?.[0].replace(/\.?(ru|en|Ru|En)$/, '') ?? '')
        .filter(what => !/^(ruForm|form|plural|s)$/.test(what))
    const differing = all.filter(each => {
      const [here, there] = [new Set(named(each.ru)), new Set(named(each.en))]
      return here.size !== there.size
    })
    expect(list(differing)).toEqual([])
  })

  it.for(never)('never say %s', word => {
    expect(list(all.filter(each => word.test(each.ru)))).toEqual([])
  })
})
