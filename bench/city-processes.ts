// Processes of the benches of the city: started beside us, spoken to by messages, ended with the bench.
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild } from '../daemon/cli/child.ts'
import { type CityPlan, cityFile } from './city-plan.ts'
import type { SchoolsOrder, SchoolsWord } from './city-schools.ts'

/** `tsekh city` with its store on disk. */
export async function startCity(
  stack: AsyncDisposableStack,
  plan: CityPlan,
  folder: string,
): Promise<{ url: string; broker: string; pid: number }> {
  const file = join(folder, 'city.yaml')
  writeFileSync(file, JSON.stringify(cityFile(plan, join(folder, 'data'))))
  const city = startChild('city', ['city', file], folder, line => line.includes('"ready"'))
  stack.defer(() => city.stop(20_000))
  const { url, broker } = JSON.parse(await city.ready) as { url: string; broker: string }
  if (city.pid === undefined) throw new Error('the city has no process')
  return { url, broker, pid: city.pid }
}

/** All schools of the plan, joined and speaking once a second. */
export async function startSchools(stack: AsyncDisposableStack, planFile: string, brokerUrl: string): Promise<ChildProcess> {
  const schools = start(stack, './city-schools.ts')
  const joined = heard<SchoolsWord>(schools, 'joined')
  schools.send({ brokerUrl, plan: planFile, hertz: 1 } satisfies SchoolsOrder)
  await joined
  return schools
}

export function temporary(stack: AsyncDisposableStack): string {
  const folder = mkdtempSync(join(tmpdir(), 'tsekh-bench-city-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function start(stack: AsyncDisposableStack, file: string): ChildProcess {
  const child = fork(join(import.meta.dirname, file))
  const ended = new Promise(resolve => child.once('exit', resolve))
  stack.defer(async () => {
    if (child.connected) child.send('end')
    await ended
  })
  return child
}

export function heard<Word extends { kind: string }>(child: ChildProcess, kind: Word['kind']): Promise<Word> {
  return new Promise((resolve, reject) => {
    const listen = (word: Word) => {
      if (word.kind !== kind) return
      child.off('message', listen)
      resolve(word)
    }
    child.on('message', listen)
    child.once('exit', status => reject(new Error(`a process of the bench ended with status ${status} before it said "${kind}"`)))
  })
}
