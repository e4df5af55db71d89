// The queue's forecast on its way through the city: from the wire into the picture, retained over a lost line, and never what is none.
import { expect, it } from 'vitest'
import { topicOf } from '../../protocols/contract/wire.ts'
import { openCity, School, temporaryFolder, until } from './house.ts'

const row = (ahead: number) => ({
  ahead,
  start: [1_000, 2_000],
  why: {
    code: 'others-ahead',
    by: 'time',
    text: { ru: 'Перед ним задания.', en: 'Jobs are before it.' },
    unblock: { ru: 'Ничего.', en: 'Nothing.' },
  },
})

it('comes into the picture as the school told it; what is malformed, too much or another site’s changes nothing', async () => {
  using folder = temporaryFolder()
  await using city = await openCity(folder.path)
  const school = await School.join(city.brokerUrl, 'alpha')
  try {
    const say = (payload: unknown) => school.mqtt.publishAsync(topicOf('queue', 'alpha'), JSON.stringify(payload), { qos: 1, retain: true })
    await say({ at: 1, jobs: { 'job-00001': row(1) } })
    await until('it is there', () => city.fleet.site('alpha')?.forecasts?.['job-00001'] !== undefined)
    await say({ at: 2, jobs: { 'job-00001': { ahead: -1 } } })
    await say({ at: 3, jobs: { x: row(1) } })
    await say({ at: 4, jobs: Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`job-${index}-of-many`, { ahead: 0 }])) })
    expect(city.fleet.site('alpha')?.forecasts).toMatchObject({ 'job-00001': { ahead: 1 } })
    await say({ at: 5, jobs: { 'job-00001': row(0), 'job-00002': row(1) } })
    await until('the next one is there', () => city.fleet.site('alpha')?.forecasts?.['job-00002'] !== undefined)
    expect(Object.keys(city.fleet.site('alpha')?.forecasts ?? {})).toEqual(['job-00001', 'job-00002'])
    expect(city.fleet.site('beta')?.forecasts).toBeUndefined()
  } finally {
    await school.mqtt.endAsync(true)
  }
})
