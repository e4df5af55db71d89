// The words of the interface: both languages whole, plural forms right, nothing said outside the catalogues.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { en } from '../../dashboard/web/words/en.ts'
import { formsFor } from '../../dashboard/web/words/forms.ts'
import { ru } from '../../dashboard/web/words/ru.ts'

const web = join(import.meta.dirname, '../../dashboard/web')

/** Every word by its path: sentences as they are, functions called with a number and with sample names. */
function flatten(value: unknown, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path, value]])
  if (typeof value === 'function') {
    const said = value.length === 1 ? value(5) : value(5, 7, 9)
    return new Map([[path, String(said)]])
  }
  const entries = Object.entries(value as Record<string, unknown>)
  return new Map(entries.flatMap(([key, inner]) => [...flatten(inner, path === '' ? key : `${path}.${key}`)]))
}

function sources(folder: string): string[] {
  return readdirSync(join(web, folder), { withFileTypes: true }).flatMap(entry => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return ['dist', 'words', 'public'].includes(entry.name) ? [] : sources(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1')

describe('the words of the interface', () => {
  it('has the same keys in both languages, and nothing empty', () => {
    const russian = flatten(ru)
    const english = flatten(en)
    expect([...english.keys()]).toEqual([...russian.keys()])
    expect([...russian, ...english].filter(([, said]) => said.trim() === '')).toEqual([])
  })

  it('says Russian in Cyrillic and English in Latin letters', () => {
    const foreign = ['language', 'nav.', 'unit.', 'brand']
    const own = (path: string) => !foreign.some(start => path.startsWith(start))
    const latinOnly = [...flatten(ru)].filter(([path, said]) => own(path) && /[a-z]{3,}/i.test(said) && !/[а-яё]/i.test(said))
    const cyrillic = [...flatten(en)].filter(([path, said]) => own(path) && /[а-яё]/i.test(said))
    expect(latinOnly).toEqual([])
    expect(cyrillic).toEqual([])
  })

  it.for([
    [1, '1 задание', '1 job'],
    [2, '2 задания', '2 jobs'],
    [5, '5 заданий', '5 jobs'],
    [11, '11 заданий', '11 jobs'],
    [21, '21 задание', '21 jobs'],
    [104, '104 задания', '104 jobs'],
    [0, '0 заданий', '0 jobs'],
  ] as const)('counts %i', ([count, russian, english]) => {
    expect(ru.job.jobs(count)).toBe(russian)
    expect(en.job.jobs(count)).toBe(english)
  })

  it.for(['кровать', 'вакансия', 'вывести', 'нить накаливания', 'мебель', 'простаивает', 'ETA'])('never says «%s»', word => {
    const said = [...flatten(ru).values()].filter(sentence => sentence.toLowerCase().includes(word.toLowerCase()))
    expect(said).toEqual([])
  })

  it('speaks to a pupil with «ты» in every remark a teacher is offered', () => {
    const remarks = [ru.job.returnHint, ...ru.teach.back.chip]
    expect(remarks.filter(remark => /[а-яё]те(сь)?(?![а-яё])/i.test(remark))).toEqual([])
  })

  it('keeps every sentence in the catalogues: no Cyrillic in code, no bare text in markup', () => {
    const complaints = sources('').flatMap(path => {
      const text = withoutComments(readFileSync(join(web, path), 'utf8'))
      const cyrillic = text.match(/[а-яёА-ЯЁ]+/g) ?? []
      const bare = path.endsWith('.tsx') ? (text.match(/>[^<>{}()=;]*[A-Za-z]{3,}[^<>{}()=;]*<\//g) ?? []) : []
      return [...cyrillic, ...bare].map(found => `${path}: ${found}`)
    })
    expect(complaints).toEqual([])
  })
})

describe('times and sizes', () => {
  const forms = formsFor('ru', ru)
  it.for([
    [0, '0 с'],
    [59, '59 с'],
    [60, '1 мин'],
    [89, '1 мин'],
    [3_599, '1 ч'],
    [4_860, '1 ч 21 мин'],
    [86_400, '1 дн'],
    [100_000, '1 дн 3 ч'],
    [-5, '0 с'],
  ] as const)('says %i seconds as %s', ([seconds, said]) => expect(forms.duration(seconds)).toBe(said))

  it.for([
    [0, '0\u00a0%'],
    [0.437, '43\u00a0%'],
    [0.9999, '99\u00a0%'],
    [1, '100\u00a0%'],
  ] as const)('never says 100 %% before the end: %f', ([fraction, said]) => expect(forms.percent(fraction)).toBe(said))

  it.for([
    [999, '999 Б'],
    [1_500, '1,5 КБ'],
    [48_000, '48 КБ'],
    [2_400_000, '2,4 МБ'],
  ] as const)('says %i bytes as %s', ([size, said]) => expect(forms.bytes(size)).toBe(said))

  it.for([
    [0, 0, '0 г'],
    [0.4, 0, '<1 г'],
    [0.5, 0, '1 г'],
    [25.1, 0, '25 г'],
    [0.4, 1, '0,4 г'],
    [0.04, 1, '<0,1 г'],
  ] as const)('says %d grams to %i digits as %s', ([grams, digits, said]) => expect(forms.grams(grams, digits)).toBe(said))

  it('names the day where it is not today', () => {
    const noon = new Date(2026, 10, 20, 12, 0).getTime()
    expect(forms.clock(noon + 3_600_000, noon)).toBe('13:00')
    expect(forms.clock(noon + 86_400_000, noon)).toBe('завтра в 12:00')
    const minute = 60_000
    expect(forms.range(noon + 130 * minute, noon + 160 * minute, noon)).toBe('сегодня 14:10–14:40')
    expect(forms.range(noon, noon, noon)).toBe('сегодня 12:00')
    expect(forms.range(noon + 350 * minute, noon + 1280 * minute, noon)).toBe('сегодня 17:50 – завтра 09:20')
    expect(forms.range(noon + 3 * 86_400_000, noon + 3 * 86_400_000 + 30 * minute, noon)).toMatch(/^[а-я]{2}, \d+ [а-я]+\.? 12:00–12:30$/)
    expect(forms.moment(noon - 86_400_000, noon)).toBe('вчера, 12:00')
  })
})
