// Starts the system's Chromium for the browser tests and screenshots.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome']

const quietFlags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The browser of this machine; test/prepare.ts installs one where it may. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = (process.env.PATH ?? '')
    .split(':')
    .flatMap(folder => names.map(name => `${folder}/${name}`))
    .find(existsSync)
  if (executablePath === undefined) throw new Error('Chromium is not installed: run node test/prepare.ts')
  return chromium.launch({ executablePath, headless: true, chromiumSandbox: false, args: quietFlags })
}
