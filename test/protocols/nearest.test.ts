// The word a mistyped one was meant to be.
import { describe, expect, it } from 'vitest'
import { editDistance, nearest } from '../../protocols/contract/nearest.ts'

describe('the nearest word', () => {
  it.for<[string, string, number]>([
    ['port', 'port', 0],
    ['prot', 'port', 1],
    ['hots', 'host', 1],
    ['machine', 'machines', 1],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
  ])('%s and %s are %d apart', ([a, b, distance]) => {
    expect(editDistance(a, b)).toBe(distance)
    expect(editDistance(b, a)).toBe(distance)
  })

  it('is offered only when it is near', () => {
    expect(nearest('baudrate', ['baud', 'port'])).toBe('baud')
    expect(nearest('colour', ['baud', 'port'])).toBeUndefined()
  })
})
