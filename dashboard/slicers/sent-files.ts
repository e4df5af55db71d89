// Files from slicers of whose job nobody could speak yet when the slicer was answered: their owner hears on the page what became of them.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

const sentFileSchema = z.object({
  /** Id of the command that asked for the job. */
  id: z.string(),
  site: z.string(),
  /** Whose key it came with. */
  login: z.string(),
  /** The file's. */
  name: z.string(),
  at: z.number(),
})
export type SentFile = z.infer<typeof sentFileSchema>

export type SentFiles = {
  /** Oldest first. */
  all(): readonly SentFile[]
  put(file: SentFile): void
  remove(id: string): void
}

/** A day's files of a city whose schools are all away; the oldest give way. */
const filesMax = 500
/** Kept in a file at `path`, or in memory alone. A file that cannot be read is begun anew: it holds notices, no work. */
export function openSentFiles(path?: string): SentFiles {
  let files: readonly SentFile[] = path === undefined ? [] : readFiles(path)
  const keep = (now: readonly SentFile[]) => {
    files = now.slice(-filesMax)
    if (path === undefined) return
    writeFileSync(`${path}.new`, JSON.stringify(files), { mode: 0o600 })
    renameSync(`${path}.new`, path)
  }
  return {
    all: () => files,
    put: file => keep([...files, file]),
    remove: id => keep(files.filter(file => file.id !== id)),
  }
}

function readFiles(path: string): SentFile[] {
  if (!existsSync(path)) return []
  try {
    return z.array(sentFileSchema).parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return []
    throw error
  }
}
