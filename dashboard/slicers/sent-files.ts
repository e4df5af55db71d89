// Files from slicers of whose job nobody could speak yet when the slicer was answered: their owner hears on the page what became of them.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Router } from 'express'
import { z } from 'zod'
import type { SlicerFile } from '../../protocols/contract/screen.ts'
import type { Asked, WebContext } from '../server/context.ts'
import { refuse } from '../server/people.ts'
import { isStaff } from '../server/rights.ts'

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
/** As long as the answers to commands are kept. */
const forgetAfterMs = 30 * 24 * 3_600_000

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

/** What became of one's own files, until the job is there or its owner has read why not. */
export function addSentFiles(router: Router, { workplace, sentFiles, clock }: WebContext, visitor: Asked): void {
  router.get('/slicer-files', (request, response) => {
    const asks = visitor(request, response)
    if (asks === undefined) return
    if (!isStaff(asks.account)) return refuse(response, 'no-right')
    const files: SlicerFile[] = []
    for (const { id, site, login, name, at } of sentFiles.all()) {
      if (login !== asks.account.login) continue
      const reply = workplace.reply(site, id)
      if (reply?.outcome === 'done' || clock() - at > forgetAfterMs) sentFiles.remove(id)
      else files.push({ id, site, name, at, ...(reply?.outcome === 'refused' && { denial: reply.denial }) })
    }
    response.json({ files })
  })

  router.delete('/slicer-files/:id', (request, response) => {
    const asks = visitor(request, response)
    if (asks === undefined) return
    const { id } = request.params
    if (!sentFiles.all().some(file => file.id === id && file.login === asks.account.login)) return refuse(response, 'not-found')
    sentFiles.remove(id)
    response.status(204).end()
  })
}
