// Slicers and what outlives them: keys in the city's and the school's stores, and a job the city keeps for a school that is away.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { Store } from '../../../daemon/store.ts'
import { createMemoryKeys, makeKey as newKey } from '../../../dashboard/slicers/keys.ts'
import { openSentFiles } from '../../../dashboard/slicers/sent-files.ts'
import { createStoreKeys } from '../../../dashboard/store/keys.ts'
import { openStore } from '../../../dashboard/store/store.ts'
import type { KeyShelf } from '../../../dashboard/workplace.ts'
import type { SlicerFile } from '../../../protocols/contract/screen.ts'
import { openCity, Person, School, temporaryFolder, until } from '../house.ts'
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

  it('tells the owner on the page what became of a file when the slicer could no longer be told, over a restart, until it is read', async () => {
    using folder = temporaryFolder()
    const [anna, boris] = ['anna', 'boris'] as const
    const files = async (url: string, login: string) =>
      ((await (await (await Person.signIn(url, login)).get('/api/v1/slicer-files')).json()) as { files: SlicerFile[] }).files
    {
      await using city = await openCity(folder.path)
      const { secret } = await makeKey(city.url, anna, 'alpha', 'queue')
      for (const name of ['плохой.gcode', 'хороший.gcode']) {
        const sent = await ask(`${city.url}/o/alpha/queue/api/files/local`, {
          method: 'POST',
          headers: { 'x-api-key': secret, ...formType },
          body: form([
            { name: 'print', value: 'false' },
            { name: 'file', value: `G28 ; ${name}\n`, filename: name },
          ]),
        })
        expect(sent.json().message).toContain('задание придёт отложенным')
      }
      expect((await files(city.url, anna)).map(({ name, denial }) => [name, denial])).toEqual([
        ['плохой.gcode', undefined],
        ['хороший.gcode', undefined],
      ])
    }
    await using city = await openCity(folder.path)
    await using school = await School.join(city.brokerUrl, 'alpha')
    const denial = { code: 'wrong-kind', text: { ru: 'Это программа для принтера.', en: 'This is a printer’s program.' } }
    school.answer = ({ id, ask: asked }) => {
      const bad = asked.kind === 'job.submit' && asked.name === 'плохой.gcode'
      return bad ? { outcome: 'refused', command: id, at: 1, denial } : { outcome: 'done', command: id, at: 1 }
    }
    await expect
      .poll(async () => (await files(city.url, anna)).map(file => [file.name, file.denial]), { timeout: 15_000 })
      .toEqual([['плохой.gcode', denial]])
    expect(await files(city.url, boris)).toEqual([])
    const [{ id } = { id: '' }] = await files(city.url, anna)
    const forget = async (login: string) => {
      const { cookie } = await Person.signIn(city.url, login)
      return (await fetch(`${city.url}/api/v1/slicer-files/${id}`, { method: 'DELETE', headers: { cookie } })).status
    }
    expect([await forget(boris), await forget(anna), await forget(anna)]).toEqual([404, 204, 404])
    expect(await files(city.url, anna)).toEqual([])
  })

  it('begins anew where what it kept of slicers’ files cannot be read, and keeps so many', () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'slicer-files.json')
    writeFileSync(path, '[{"id":')
    const kept = openSentFiles(path)
    expect(kept.all()).toEqual([])
    for (let n = 0; n < 600; n++) kept.put({ id: `id-${n}`, site: 'alpha', login: 'anna', name: 'a.gcode', at: n })
    expect(
      openSentFiles(path)
        .all()
        .map(({ at }) => at),
    ).toEqual(Array.from({ length: 500 }, (_, n) => n + 100))
  })
})
