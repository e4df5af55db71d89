// REST for the files of slicers that brought no job yet: /api/v1/slicer-files, one's own.
import type { Router } from 'express'
import type { SlicerFile } from '../../protocols/contract/screen.ts'
import type { Asked, WebContext } from '../server/context.ts'
import { refuse } from '../server/people.ts'
import { isStaff } from '../server/rights.ts'

/** As long as the answers to commands are kept. */
const forgetAfterMs = 30 * 24 * 3_600_000

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
