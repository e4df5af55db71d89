// What is wrong with a page for people: axe wide and narrow, light and dark; and what axe cannot see: a page wider than its window, targets too small
// for a finger, text that is cut when it is spaced wider.
import type { Page } from 'playwright-core'
import { axeFaults } from './axe.ts'

type Scheme = 'light' | 'dark'

/** All that is wrong with the page as it stands, one line a fault: seen 1280 px wide in the first scheme, then 360 and 320 px in the second. */
export async function faultsOf(page: Page, [first, second]: readonly [Scheme, Scheme]): Promise<string[]> {
  const dress = async (colorScheme: Scheme, width: number, height: number) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height })
    await settled(page)
  }
  const found: string[] = []
  const add = (where: string, faults: string[]) => found.push(...faults.map(fault => `${where}: ${fault}`))
  await dress(first, 1280, 860)
  add(`1280 px, ${first}`, [...(await headFaults(page)), ...(await axeFaults(page))])
  await dress(second, 360, 740)
  // Behind a dialog lies a page that has a scene of its own.
  add(`360 px, ${second}`, await axeFaults(page, 'dialog'))
  await dress(second, 320, 740)
  add('320 px', [...(await tooWide(page)), ...(await smallTargets(page))])
  await spaceText(page)
  add('320 px, text spaced', [...(await tooWide(page)), ...(await cutTexts(page))])
  return found
}

/** A language, and a title that says which page it is. */
async function headFaults(page: Page): Promise<string[]> {
  const { language, title } = await page.evaluate(() => ({ language: document.documentElement.lang, title: document.title }))
  return [
    ...(['ru', 'en'].includes(language) ? [] : [`lang is «${language}»`]),
    ...(title.trim().length < 3 ? [`title is «${title}»`] : []),
  ]
}

/** Waits until nothing has changed on the page for a moment and nothing says it is busy. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const until = Date.now() + 4_000
    let changed = Date.now()
    const watch = new MutationObserver(() => {
      changed = Date.now()
    })
    watch.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
    while (
      Date.now() < until &&
      (Date.now() - changed < 120 || document.querySelector('main [aria-busy="true"], [data-loading]') !== null)
    ) {
      await new Promise(resolve => setTimeout(resolve, 40))
    }
    watch.disconnect()
  })
}

/** Whether the page has to be scrolled sideways, and for what (WCAG 1.4.10). */
async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth <= clientWidth) return []
    const wide = [...document.body.querySelectorAll('*')].filter(each => each.getBoundingClientRect().right > clientWidth + 1)
    const last = wide.at(-1)
    return [
      `${scrollWidth - clientWidth} px too wide for ${last?.tagName.toLowerCase()}.${last?.className} «${last?.textContent?.slice(0, 40)}»`,
    ]
  })
}

/** Lines of text as wide apart as WCAG 1.4.12 asks every page to bear. */
async function spaceText(page: Page): Promise<void> {
  await page.addStyleTag({
    content:
      '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }',
  })
}

/** Things to press that are smaller than 24 px with no room of their own around them (WCAG 2.5.8), and buttons lower than our own 44 px. */
async function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const pressed =
      'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=tab], [role=menuitem], [role=slider]'
    const over = [...document.querySelectorAll('[role=dialog]')].at(-1)
    const found: string[] = []
    for (const element of (over ?? document).querySelectorAll<HTMLElement>(pressed)) {
      const own = element.getBoundingClientRect()
      const style = getComputedStyle(element)
      if (own.width === 0 || own.height === 0 || style.visibility === 'hidden' || element.closest('[aria-hidden=true], [inert]') !== null)
        continue
      if (own.right <= 0 || own.bottom + scrollY <= 0 || element.hasAttribute('disabled')) continue
      // A choice is pressed anywhere on its label; a link in a sentence is as high as the sentence lets it be.
      const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : []
      const boxes = [own, ...labels.map(label => label.getBoundingClientRect())]
      const box = { width: Math.max(...boxes.map(({ width }) => width)), height: Math.max(...boxes.map(({ height }) => height)) }
      const inSentence = element.tagName === 'A' && style.display === 'inline'
      const stretched = getComputedStyle(element, '::after').position === 'absolute'
      if (inSentence || stretched) continue
      const name = element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40) ?? ''
      const size = `${Math.round(box.width)}×${Math.round(box.height)} ${element.tagName.toLowerCase()}.${element.className} «${name}»`
      if (Math.min(box.width, box.height) < 23.5) found.push(`under 24 px: ${size}`)
      else if (element.matches('button, [role=button], [role=tab], [role=menuitem]') && !element.matches('.as-link') && box.height < 43.5)
        found.push(`under 44 px: ${size}`)
    }
    return found
  })
}

/** Texts that their own box cuts off without the dots that say so. */
async function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = []
    for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
      const style = getComputedStyle(element)
      if (style.overflow === 'visible' || style.textOverflow === 'ellipsis' || style.clipPath !== 'none' || style.clip !== 'auto') continue
      if (style.overflowY === 'auto' || style.overflowY === 'scroll' || element.clientHeight === 0) continue
      if (style.getPropertyValue('-webkit-line-clamp') !== 'none') continue
      const holdsText = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '')
      if (holdsText && (element.scrollHeight > element.clientHeight + 2 || element.scrollWidth > element.clientWidth + 2))
        found.push(`${element.tagName.toLowerCase()}.${element.className} «${element.textContent?.slice(0, 40)}»`)
    }
    return found
  })
}
