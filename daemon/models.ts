// Models of machines: YAML files, one a product, read and checked whole.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { type Model, modelSchema } from '../protocols/contract/model.ts'

/**
 * Reads every `*.yaml` of the folder; the key is the model's id, which is the file's name.
 * A broken file is our own mistake or the administrator's: all that is wrong in all files is thrown as one Error.
 */
export function loadModels(folder: string): Map<string, Model> {
  const models = new Map<string, Model>()
  const wrong: string[] = []
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.yaml')) continue
    const file = join(folder, name)
    try {
      const read = modelSchema.safeParse(parse(readFileSync(file, 'utf8')))
      if (!read.success) wrong.push(...read.error.issues.map(issue => `${file}: ${issue.path.join('.')}: ${issue.message}`))
      else if (read.data.id !== basename(name, '.yaml')) wrong.push(`${file}: id is "${read.data.id}"; it must be the file's name`)
      else models.set(read.data.id, read.data)
    } catch (error) {
      wrong.push(`${file}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (wrong.length > 0) throw new Error(`the models cannot be used:\n${wrong.join('\n')}`)
  return models
}
