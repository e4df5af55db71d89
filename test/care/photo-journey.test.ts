// A photo's way in a real browser before a real school: made small on the phone, cleaned, kept, and seen in its order.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startSchool } from '../../daemon/main.ts'
import { buildWeb } from '../../dashboard/web/build.ts'
import { startBrowser } from '../browser/browser.ts'
import { addPhoto, openOrder } from '../browser/care-pages.ts'
import { signIn } from '../browser/pages.ts'
import { silent, temporaryFolder } from '../daemon/kit.ts'
import { writeSchool } from '../daemon/school-kit.ts'

it('a photo of three thousand pixels is seen in its order with sixteen hundred', async () => {
  await buildWeb()
  using folder = temporaryFolder()
  const machines = [{ id: 'printer-1', model: 'creality-ender-3', port: 'tcp://127.0.0.1:1' }]
  const school = await startSchool({ configPath: writeSchool(folder.path, machines), log: silent })
  const browser = await startBrowser()
  try {
    const page = await browser.newPage({ viewport: { width: 360, height: 740 } })
    page.setDefaultTimeout(20_000)
    await page.goto(`${school.url}/sites/school-1/care?order=new&machine=printer-1`)
    await signIn(page, 'teacher', 'teacher')
    const large = await page.evaluate(() => {
      const canvas = document.createElement('canvas')
      canvas.width = 3000
      canvas.height = 2000
      const context = canvas.getContext('2d')
      for (let n = 0; n < 400; n++) {
        if (context === null) break
        context.fillStyle = `hsl(${n} 80% 50%)`
        context.fillRect((n * 97) % 2900, (n * 61) % 1900, 200, 150)
      }
      return canvas.toDataURL('image/png').split(',')[1] ?? ''
    })
    const dialog = page.getByRole('dialog', { name: 'Новая заявка' })
    await dialog.getByLabel('Что случилось').fill('Стучит ось X')
    await addPhoto(page, dialog, Buffer.from(large, 'base64'))
    await dialog.getByRole('img', { name: 'Фото 1 из 1' }).waitFor()
    await dialog.getByRole('button', { name: 'Завести заявку' }).click()
    await dialog.waitFor({ state: 'detached' })
    const order = await openOrder(page, 'Стучит ось X')
    const image = order.getByRole('img', { name: 'Фото 1 из 1' })
    await image.waitFor()
    await expect.poll(() => image.evaluate(shown => (shown as unknown as { naturalWidth: number }).naturalWidth)).toBe(1600)
    const [name] = readdirSync(join(folder.path, 'data', 'photos'))
    const kept = readFileSync(join(folder.path, 'data', 'photos', name ?? ''))
    expect(kept.subarray(0, 2).toString('hex')).toBe('ffd8')
    expect(kept.length).toBeLessThan(2 * 1_048_576)
  } finally {
    await browser.close()
    await school.stop({ stopRoom: true })
  }
}, 120_000)
