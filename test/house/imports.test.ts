// Holds the import table of the design: imports point down, processes meet only in the contract, and there are no cycles.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

type Row = { folder: string; ours: string[]; packages: string[]; node: boolean }

/** The first row whose folder holds the file decides. `ours` are folders or files, `packages` names before any subpath. */
const table: Row[] = [
  { folder: 'protocols/contract', ours: ['protocols/contract'], packages: ['zod'], node: false },
  { folder: 'protocols', ours: ['protocols'], packages: [], node: false },
  {
    folder: 'drivers',
    ours: ['drivers', 'protocols'],
    packages: ['serialport', '@serialport/parser-readline', 'mqtt', 'pino'],
    node: true,
  },
  {
    folder: 'daemon',
    ours: ['daemon', 'protocols/contract', 'protocols/gcode'],
    packages: ['mqtt', 'aedes', 'better-sqlite3', 'pino', 'zod', 'yaml'],
    node: true,
  },
  {
    folder: 'dashboard/web',
    ours: ['dashboard/web', 'protocols/contract', 'dashboard/fleet/picture.ts'],
    packages: ['react', 'react-dom', '@mantine/core', '@mantine/hooks', '@mantine/notifications', 'socket.io-client', 'uplot', 'wouter'],
    node: false,
  },
  {
    folder: 'dashboard/fleet/picture.ts',
    ours: ['protocols/contract'],
    packages: [],
    node: false,
  },
  {
    folder: 'dashboard',
    ours: ['dashboard', 'protocols/contract'],
    packages: ['aedes', 'express', 'socket.io', 'better-sqlite3', 'pino', 'zod', 'yaml', 'busboy', 'uqr', 'web-push', 'openid-client'],
    node: true,
  },
]

/** Composition roots: where everything meets once. */
const roots = ['daemon/main.ts', 'daemon/cli', 'dashboard/web/vite.config.ts', 'dashboard/web/build.ts']

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return entry.name === 'dist' || entry.name === 'node_modules' ? [] : sourceFiles(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s+(?:type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]\s*\)/g,
  )
  return [...found].map(match => match[1] ?? match[2] ?? '').filter(name => name !== '' && !name.endsWith('.css'))
}

const within = (file: string, folder: string) => file === folder || file.startsWith(`${folder}/`)
const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')

const files = ['protocols', 'drivers', 'daemon', 'dashboard'].flatMap(sourceFiles)

function complaints(file: string): string[] {
  const row = table.find(one => within(file, one.folder))
  if (row === undefined || roots.some(one => within(file, one))) return []
  return importsOf(file).flatMap(name => {
    if (name.startsWith('node:')) return row.node ? [] : [`${file} may not import ${name}`]
    if (!name.startsWith('.')) return row.packages.includes(packageOf(name)) ? [] : [`${file} may not import the package ${name}`]
    const target = relative(root, resolve(root, dirname(file), name))
    return row.ours.some(one => within(target, one)) ? [] : [`${file} may not import ${target}`]
  })
}

function cycles(): string[] {
  const state = new Map<string, 'open' | 'closed'>()
  const found: string[] = []
  const visit = (file: string, path: string[]) => {
    if (state.get(file) === 'closed') return
    if (state.get(file) === 'open') {
      found.push([...path.slice(path.indexOf(file)), file].join(' → '))
      return
    }
    state.set(file, 'open')
    for (const name of importsOf(file)) {
      if (!name.startsWith('.')) continue
      const target = relative(root, resolve(root, dirname(file), name))
      if (files.includes(target)) visit(target, [...path, file])
    }
    state.set(file, 'closed')
  }
  for (const file of files) visit(file, [])
  return found
}

describe('the house', () => {
  it('reads imports of every spelling', () => {
    expect(importsOf('protocols/contract/wire.ts')).toContain('./ids.ts')
  })
  it('imports only what the design allows each folder', () => {
    expect(files.length).toBeGreaterThan(10)
    expect(files.flatMap(complaints)).toEqual([])
  })
  it('has no import cycles', () => {
    expect(cycles()).toEqual([])
  })
  it('keeps the top level the client fixed', () => {
    const allowed =
      /^(daemon|drivers|dashboard|protocols|test|docs|bench|data|node_modules|\..*|package(-lock)?\.json|tsconfig\.json|biome\.json|knip\.json|vitest\.config\.ts|README\.md)$/
    expect(readdirSync(root).filter(name => !allowed.test(name))).toEqual([])
    for (const folder of ['daemon', 'drivers', 'dashboard', 'protocols', 'test'])
      expect(statSync(join(root, folder)).isDirectory()).toBe(true)
  })
})
