// Every model file is whole, true to its name, and careful.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { modelSchema } from '../../protocols/contract/model.ts'

const folder = join(import.meta.dirname, '../../drivers/models')
const files = readdirSync(folder).filter(file => file.endsWith('.yaml'))

describe('models', () => {
  it('are at least twelve products, beside the generic ones', () => {
    expect(files.filter(file => !file.startsWith('generic-')).length).toBeGreaterThanOrEqual(12)
  })

  it.for(files)('%s is whole', file => {
    const model = modelSchema.parse(parse(readFileSync(join(folder, file), 'utf8')))
    expect(`${model.id}.yaml`).toBe(file)
    for (const [low, high] of Object.values(model.area)) expect(low).toBeLessThanOrEqual(high)
    expect(model.source.length).toBeGreaterThan(20)
    if (model.dialect === 'marlin') {
      expect(model.kind).toBe('printer')
      expect(model.motion.jerk !== undefined || model.motion.junctionDeviation !== undefined).toBe(true)
      expect(model.motion.stepsPerMm.e).toBeDefined()
      // Marlin drops what is longer without a word (MAX_CMD_SIZE 96).
      expect(model.stream.lineLengthMax).toBeLessThanOrEqual(95)
      expect(model.stream.windowBytes).toBeLessThanOrEqual(127)
      expect(model.limits.nozzleMaxC).toBeDefined()
    } else {
      expect(model.motion.junctionDeviation).toBeDefined()
      expect(model.stream.windowBytes).toBeLessThanOrEqual(127)
    }
  })
})
