// Colours that can be read: every token against the grounds it is used on, light and dark (WCAG 2.2, 1.4.3 and 1.4.11).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const css = readFileSync(join(import.meta.dirname, '../../dashboard/web/styles/tokens.css'), 'utf8')

function tokens(selector: string): Map<string, string> {
  const from = css.indexOf(`${selector} {`)
  const block = css.slice(from, css.indexOf('}', from))
  return new Map([...block.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6});/g)].map(match => [match[1] ?? '', match[2] ?? '']))
}

const schemes = {
  light: tokens(':root'),
  dark: tokens(':root[data-mantine-color-scheme="dark"]'),
}

function luminance(colour: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05)
}

const grounds = ['--page', '--surface', '--sunken']
const text: [string, string[]][] = [
  ['--ink', [...grounds, '--attention-ground', '--fault-ground', '--part-ground']],
  ['--ink-2', [...grounds, '--attention-ground', '--fault-ground', '--part-ground']],
  ['--ink-3', [...grounds, '--attention-ground', '--fault-ground', '--part-ground']],
  ['--link', [...grounds, '--part-ground']],
  ['--attention', ['--surface', '--attention-ground']],
  ['--fault', ['--surface', '--fault-ground']],
  ['--part', ['--surface', '--part-ground']],
  ['--service', ['--surface']],
]
const marks: [string, string[]][] = [
  ['--attention-mark', ['--surface', '--attention-ground']],
  ['--fault-mark', ['--surface', '--fault-ground']],
  ['--part-mark', ['--surface', '--part-ground']],
  ['--service-mark', ['--surface']],
  ['--bar', ['--surface', '--bar-track']],
  ['--line-strong', ['--surface', '--page']],
  ['--focus', grounds],
  ['--plot-1', ['--surface']],
  ['--plot-2', ['--surface']],
  ['--plot-3', ['--surface']],
  ['--plot-4', ['--surface']],
  ['--path-work', ['--sunken']],
  ['--path-done', ['--sunken']],
]

describe.each(['light', 'dark'] as const)('the %s colours', scheme => {
  const colour = (name: string) => {
    const found = schemes[scheme].get(name)
    if (found === undefined) throw new Error(`${scheme} has no ${name}`)
    return found
  }
  it.for([...text.map(row => [...row, 4.5] as const), ...marks.map(row => [...row, 3] as const)])(
    'lets %s be seen on %j',
    ([name, on, least]) => {
      const weak = on
        .map(ground => [ground, Math.round(contrast(colour(name), colour(ground)) * 100) / 100] as const)
        .filter(([, found]) => found < least)
      expect(weak).toEqual([])
    },
  )
})
