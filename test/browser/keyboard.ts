// A person with a keyboard and no mouse: goes from stop to stop, presses what is reached, and must see where it stands.
import type { Locator, Page } from 'playwright-core'

/** More stops than any page of ours has between two things. */
const stopsMax = 160

/** Goes with Tab until `wanted` has the focus. Throws with the stops passed where it is never reached, or where a stop could not be seen. */
export async function tabTo(page: Page, wanted: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await wanted.waitFor()
  const passed: string[] = []
  for (let stop = 0; stop < stopsMax; stop++) {
    const trouble = await unseenFocus(page)
    if (trouble !== undefined) throw new Error(trouble)
    if (await wanted.evaluate(each => each === document.activeElement)) return
    passed.push(
      await page.evaluate(
        () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.slice(0, 24) ?? '',
      ),
    )
    await page.keyboard.press(key)
  }
  throw new Error(`not reached by ${key}; stops: ${passed.slice(-40).join(' | ')}`)
}

/** Goes there and presses it. */
export async function press(page: Page, wanted: Locator, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
  await tabTo(page, wanted)
  await page.keyboard.press(key)
}

/** Goes there and writes. */
export async function write(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field)
  await page.keyboard.type(text)
}

/** What is wrong with the stop the focus is at: no mark of 2 px around it or its words, or covered by something else (WCAG 2.4.7, 2.4.11). */
export async function unseenFocus(page: Page): Promise<string | undefined> {
  return page.evaluate(() => {
    const stop = document.activeElement
    // Where a page or dialog was just begun, its whole has the focus.
    if (!(stop instanceof HTMLElement) || stop === document.body || stop.matches('main, [role=dialog], section[tabindex="-1"]'))
      return undefined
    const name = `${stop.tagName.toLowerCase()}.${stop.className} «${stop.getAttribute('aria-label') ?? stop.textContent?.slice(0, 30)}»`
    if (Number(stop.getAttribute('tabindex') ?? 0) > 0) return `a place of its own in the order: ${name}`
    const drawn = [stop, stop.nextElementSibling, stop.parentElement, stop.closest('label')].filter(each => each instanceof HTMLElement)
    const marked = drawn.some(each => {
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(each)
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2 && !/, 0\)$/.test(outlineColor)
    })
    if (!marked) return `no mark of the focus: ${name}`
    const box = stop.getBoundingClientRect()
    const seen = [0.2, 0.5, 0.8].some(at => {
      const x = Math.min(innerWidth - 1, Math.max(0, box.left + box.width * at))
      const top = document.elementFromPoint(x, box.top + box.height / 2)
      return top !== null && drawn.some(each => each.contains(top) || top.contains(each))
    })
    return seen ? undefined : `covered: ${name} at ${Math.round(box.left)}, ${Math.round(box.top)}`
  })
}

/** The outline's colour on what lies under the stop, as a contrast (WCAG 2.4.13: 3). */
export async function focusContrast(page: Page): Promise<number> {
  return page.evaluate(() => {
    const numbers = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number)
    const light = (colour: string) => {
      const [red = 0, green = 0, blue = 0] = numbers(colour).map(value => {
        const part = value / 255
        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
    const stop = document.activeElement
    if (stop === null) return 0
    let under: Element | null = stop.parentElement
    while (under !== null && (numbers(getComputedStyle(under).backgroundColor)[3] ?? 1) === 0) under = under.parentElement
    const [high = 0, low = 0] = [
      light(getComputedStyle(stop).outlineColor),
      light(getComputedStyle(under ?? document.body).backgroundColor),
    ].sort((a, b) => b - a)
    return (high + 0.05) / (low + 0.05)
  })
}
