#!/usr/bin/env node
// Starts `tsekh` on the project's own Node: the machine may have only an older one, which cannot run TypeScript.
import { spawn } from 'node:child_process'
import nodeModule from 'node:module'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const oldestNode = 24

if (Number.parseInt(process.versions.node, 10) >= oldestNode) {
  // A school's computer is slow and its memory small: what was compiled once is kept in the system's temporary folder.
  nodeModule.enableCompileCache()
  const { runTsekh } = await import('./commands.ts')
  await runTsekh(process.argv.slice(2))
} else {
  const node = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url))
  // One heap for all threads: of several, glibc keeps what each once needed, a hundred megabytes after three large files.
  const env = { MALLOC_ARENA_MAX: '1', ...process.env }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit', env })
  // The terminal signals the whole group; these only matter when somebody signals this process alone.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('error', () => {
    console.error(`tsekh: Node ${oldestNode} is not where "npm ci" puts it (${node}); run "npm ci" in the project's folder.`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0)
  })
}
