// Builds the screens when their sources are newer than what was built last; used by `npm start`, `npm run build` and the browser tests.
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { build } from 'vite'

const here = import.meta.dirname
const dist = join(here, 'dist')
const cache = join(here, '../../node_modules/.cache')
const lock = join(cache, 'tsekh-web.lock')

/** What the built page is made of besides this folder. */
const sources = [here, join(here, '../fleet/picture.ts'), join(here, '../../protocols/contract'), join(here, '../../package-lock.json')]

/** A lock older than this was left by a process that died: no build takes so long. */
const lockStaleMs = 180_000

/** Builds dashboard/web/dist if it is older than any of its sources; answers with its path. Several may ask at once: one builds. Throws what Vite throws. */
export async function buildWeb(): Promise<string> {
  await mkdir(cache, { recursive: true })
  while (!(await isFresh())) {
    if (!(await takeLock())) {
      await wait(200)
      continue
    }
    try {
      if (!(await isFresh())) await buildAside()
      // Not asked again whether it is fresh: a source dated in the future would have us build for ever.
      return dist
    } finally {
      await rm(lock, { recursive: true, force: true })
    }
  }
  return dist
}

/** Built beside the old one and put in its place when whole, so that whoever serves it never serves half. */
async function buildAside(): Promise<void> {
  const aside = join(cache, `tsekh-web-${process.pid}`)
  // A test runner sets NODE_ENV, and Vite then takes React's slow and heavy development build.
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = 'production'
  try {
    await build({ configFile: join(here, 'vite.config.ts'), logLevel: 'warn', build: { outDir: aside } })
  } finally {
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
  }
  await rm(dist, { recursive: true, force: true })
  await rename(aside, dist)
}

async function isFresh(): Promise<boolean> {
  const built = await newest([join(dist, 'index.html')])
  return built > 0 && built >= (await newest(sources))
}

/** True when the lock is ours now. */
async function takeLock(): Promise<boolean> {
  const made = await mkdir(lock).then(
    () => true,
    () => false,
  )
  if (made) return true
  const held = await stat(lock).catch(() => undefined)
  if (held !== undefined && Date.now() - held.mtimeMs > lockStaleMs) await rm(lock, { recursive: true, force: true })
  return false
}

/** Latest change among files and folders, ms; 0 where there is none. */
async function newest(paths: string[]): Promise<number> {
  let latest = 0
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined)
    if (found === undefined) continue
    if (found.isDirectory()) {
      const names = (await readdir(path)).filter(name => name !== 'dist')
      latest = Math.max(latest, await newest(names.map(name => join(path, name))))
    } else latest = Math.max(latest, found.mtimeMs)
  }
  return latest
}

if (import.meta.main) console.log(await buildWeb())
