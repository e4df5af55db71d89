// Builds the screens when their sources are newer than what was built last; used by `npm start` and by the browser tests.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'

const here = import.meta.dirname
const dist = join(here, 'dist')

/** What the built page is made of besides this folder. */
const sources = [here, join(here, '../fleet'), join(here, '../../protocols/contract'), join(here, '../../package-lock.json')]

/** Builds dashboard/web/dist if it is older than any of its sources; answers with its path. Throws what Vite throws. */
export async function buildWeb(): Promise<string> {
  const built = await newest([join(dist, 'index.html')])
  if (built > 0 && built >= (await newest(sources))) return dist
  // A test runner sets NODE_ENV, and Vite then takes React's slow and heavy development build.
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = 'production'
  try {
    await build({ configFile: join(here, 'vite.config.ts'), logLevel: 'warn' })
  } finally {
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
  }
  return dist
}

/** Latest change among files and folders, ms; 0 where there is none. */
async function newest(paths: string[]): Promise<number> {
  let latest = 0
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined)
    if (found === undefined) continue
    if (found.isDirectory()) {
      const names = (await readdir(path)).filter(name => name !== 'dist' && name !== 'node_modules')
      latest = Math.max(latest, await newest(names.map(name => join(path, name))))
    } else latest = Math.max(latest, found.mtimeMs)
  }
  return latest
}
