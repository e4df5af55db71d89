// Runs axe-core in an open page and says what it found as one line a fault.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** WCAG 2.2 A and AA, and what axe's makers hold to be good practice. */
const rules = {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  resultTypes: ['violations'],
} as const

/** `rule: what is wrong (where)` for each fault of the page as it stands, or of the dialog over it. */
export async function axeFaults(page: Page, of: 'page' | 'dialog' = 'page'): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source)
  const { violations } = await page.evaluate(
    ({ options, over }) => {
      const dialog = over ? document.querySelector('[role=dialog]') : null
      return (window as unknown as { axe: { run(where: Node, options: unknown): Promise<AxeResults> } }).axe.run(
        dialog ?? document,
        options,
      )
    },
    { options: rules, over: of === 'dialog' },
  )
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(node => `${id}: ${(node.failureSummary ?? '').split('\n').slice(1).join('; ').trim()} (${node.target.join(' ')})`),
  )
}
