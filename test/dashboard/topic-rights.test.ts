// Who may say and hear what on the wire, as a table over every topic of the contract.
import { describe, expect, it } from 'vitest'
import { type Login, matches, mayPublish, maySubscribe } from '../../dashboard/broker/rights.ts'
import { type TopicName, topicOf, topics } from '../../protocols/contract/wire.ts'

const school: Login = { kind: 'school', site: 'alpha' }
const everySite: Login = { kind: 'observer', name: 'watcher', sites: 'all' }
const oneSite: Login = { kind: 'observer', name: 'watcher', sites: ['alpha'] }
const names = Object.keys(topics) as TopicName[]
const may = (login: Login, topic: string) => 'topic' in mayPublish(login, topic)

describe('publishing', () => {
  it.for(names.map(name => [name, topics[name].from === 'school'] as const))('a school may publish %s: %s', ([name, allowed]) => {
    expect(may(school, topicOf(name, 'alpha', 'ender'))).toBe(allowed)
  })

  it.for(names)('nobody may publish %s of another site', name => {
    expect(may(school, topicOf(name, 'beta', 'ender'))).toBe(false)
  })

  it.for(names)('an observer may not publish %s', name => {
    expect(may(everySite, topicOf(name, 'alpha', 'ender'))).toBe(false)
  })

  it.for([
    'tsekh/v1/alpha',
    'tsekh/v1/alpha/anything',
    'tsekh/v2/alpha/status',
    'tsekh/v1/alpha/machines/ender',
    'tsekh/v1/alpha/machines/Ender/state',
    'tsekh/v1/alpha/machines/../state',
    'tsekh/v1/alpha/machines/ender/state/more',
    'tsekh/v1/Alpha/status',
    'tsekh/v1//status',
    '$SYS/broker/status',
    '/tsekh/v1/alpha/status',
    'tsekh/v1/alpha/machines/+/state',
  ])('%s is no topic of ours', topic => {
    expect(may(school, topic)).toBe(false)
  })
})

describe('subscribing', () => {
  it.for(names.map(name => [name, topics[name].from === 'city'] as const))('a school may subscribe to %s: %s', ([name, allowed]) => {
    expect(maySubscribe(school, topicOf(name, 'alpha', 'ender'))).toBe(allowed)
  })

  it.for([
    '#',
    '+/#',
    'tsekh/#',
    'tsekh/v1/#',
    'tsekh/v1/+/commands',
    'tsekh/v1/alpha/#',
    'tsekh/v1/alpha/+',
    'tsekh/v1/beta/commands',
    '$SYS/#',
    'tsekh/v1/beta/directory',
  ])('a school may not subscribe to %s', filter => {
    expect(maySubscribe(school, filter)).toBe(false)
  })

  it.for([
    ['tsekh/v1/+/status', true, false],
    ['tsekh/v1/alpha/status', true, true],
    ['tsekh/v1/alpha/machines/+/state', true, true],
    ['tsekh/v1/alpha/machines/ender/telemetry', true, true],
    ['tsekh/v1/beta/machines/ender/telemetry', true, false],
    ['tsekh/v1/+/machines/+/telemetry', true, false],
    ['tsekh/v1/alpha/commands', false, false],
    ['tsekh/v1/alpha/events', false, false],
    ['tsekh/v1/alpha/replies', false, false],
    ['tsekh/v1/alpha/directory', false, false],
    ['tsekh/v1/alpha/events/confirmed', false, false],
    ['tsekh/v1/#', false, false],
    ['#', false, false],
    ['tsekh/v1/alpha/machines/#', false, false],
    ['tsekh/v1/alpha/+', false, false],
  ] as const)('an observer may subscribe to %s: of all sites %s, of one site %s', ([filter, all, one]) => {
    expect([maySubscribe(everySite, filter), maySubscribe(oneSite, filter)]).toEqual([all, one])
  })
})

describe('filters', () => {
  it.for([
    ['a/b', 'a/b', true],
    ['a/+', 'a/b', true],
    ['a/+', 'a/b/c', false],
    ['a/#', 'a/b/c', true],
    ['a/#', 'a', true],
    ['#', 'a/b', true],
    ['a/b', 'a', false],
    ['+/b', 'a/b', true],
    ['+', 'a/b', false],
  ] as const)('%s matches %s: %s', ([filter, topic, expected]) => {
    expect(matches(filter, topic)).toBe(expected)
  })
})
