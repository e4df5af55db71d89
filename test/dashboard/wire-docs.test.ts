// The page a third party joins with says what the table of topics says.
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { asyncApi, isAsyncApiCurrent } from '../../dashboard/wire-docs.ts'
import { type TopicName, topicOf, topics } from '../../protocols/contract/wire.ts'

it('docs/asyncapi.yaml is current; else run: npx node dashboard/wire-docs.ts', () => {
  expect(isAsyncApiCurrent()).toBe(true)
})

it.for(Object.keys(topics) as TopicName[])('describes %s with its address, direction, quality and payload', name => {
  const document = parse(asyncApi())
  expect(document.channels[name].address.replace('{site}', 'alpha').replace('{machine}', 'ender')).toBe(topicOf(name, 'alpha', 'ender'))
  const operation = document.operations[`${topics[name].from === 'school' ? 'publish' : 'hear'}-${name}`]
  expect(operation.channel.$ref).toBe(`#/channels/${name}`)
  const { qos, retain, from } = topics[name]
  expect(operation).toMatchObject({ action: from === 'school' ? 'send' : 'receive', bindings: { mqtt: { qos, retain } } })
  expect(document.components.messages[name].payload).toBeTypeOf('object')
})
