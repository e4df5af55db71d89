// Slicers and what outlives them: keys in the city's and the school's stores, and a job the city keeps for a school that is away.
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { Store } from '../../../daemon/store.ts'
import { createMemoryKeys, makeKey as newKey } from '../../../dashboard/slicers/keys.ts'
import { createStoreKeys } from '../../../dashboard/store/keys.ts'
import { openStore } from '../../../dashboard/store/store.ts'
import type { KeyShelf } from '../../../dashboard/workplace.ts'
import { openCity, School, temporaryFolder, until } from '../house.ts'
import { ask, form, formType, makeKey } from './bench-of-slicers.ts'

const ending: (() => void)[] = []
afterEach(() => {
  for (const end of ending.splice(0)) end()
})

/** Shelves over a file, opened again at each call. */
const shelves: Record<string, (folder: string) => KeyShelf> = {
  'the city’s store': folder => {
    const store = openStore(join(folder, 'city.db'))
    ending.push(() => store.close())
    return createStoreKeys(store)
  },
  'the school’s store': folder => {
    const store = new Store(join(folder, 'school.sqlite'))
    ending.push(() => store.close())
    return store.slicerKeys
  },
}

describe.for([...Object.entries(shelves), ['memory', () => createMemoryKeys()] as const])('keys in %s', ([name, open]) => {
  it('are found by their hash and by person and target, one each; the newest stands first', () => {
    using folder = temporaryFolder()
    const shelf = open(folder.path)
    const of = (login: string, target: string, at: number) => newKey({ login, site: 'alpha', target, name: 'Альфа' }, at).kept
    const [first, second, other, again] = [of('anna', 'queue', 1), of('anna', 'ender', 2), of('boris', 'queue', 3), of('anna', 'queue', 4)]
    for (const key of [first, second, other]) shelf.put(key)
    expect(shelf.find('anna', 'alpha', 'queue')).toMatchObject(first)
    shelf.put(again)
    expect(shelf.bySecret(first.secretHash)).toBeUndefined()
    expect(shelf.bySecret(again.secretHash)).toMatchObject({ id: again.id, digests: again.digests })
    shelf.used(again.id, 99)
    expect(shelf.ofLogin('anna').map(({ id, usedAt }) => [id, usedAt])).toEqual([
      [again.id, 99],
      [second.id, undefined],
    ])
    expect(shelf.remove('anna', other.id)).toBe(false)
    expect(shelf.remove('boris', other.id)).toBe(true)
    expect(shelf.ofLogin('boris')).toEqual([])
    for (const end of ending.splice(0)) end()
    if (name === 'memory') return
    expect(open(folder.path).find('anna', 'alpha', 'ender')).toMatchObject(second)
    for (const end of ending.splice(0)) end()
  })
})

describe('a city', () => {
  it('takes a file for a school that is away, says so, and hands the job over when the school is back', async () => {
    using folder = temporaryFolder()
    let secret = ''
    {
      await using city = await openCity(folder.path)
      secret = (await makeKey(city.url, 'anna', 'alpha', 'queue')).secret
    }
    // The city starts anew: the key still opens.
    await using city = await openCity(folder.path)
    const sent = await ask(`${city.url}/o/alpha/queue/api/files/local`, {
      method: 'POST',
      headers: { 'x-api-key': secret, ...formType },
      body: form([
        { name: 'print', value: 'true' },
        { name: 'file', value: 'G28\n', filename: 'ночь.gcode' },
      ]),
    })
    expect([sent.status, sent.json().message]).toEqual([201, expect.stringMatching(/^Школа не на связи\. Файл принят городом/)])
    await using school = await School.join(city.brokerUrl, 'alpha')
    await until('the school has the command', () => school.commands().length > 0)
    expect(school.commands()[0]).toMatchObject({
      author: { id: 'anna', role: 'teacher' },
      ask: { kind: 'job.submit', name: 'ночь.gcode', size: 4 },
    })
  })
})
