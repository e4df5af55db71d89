// What the teacher's pages ask of the server besides commands.
import type { Quota, QuotaUse } from '../../../protocols/contract/lesson.ts'
import type { SlicerFile } from '../../../protocols/contract/screen.ts'
import { read, send, type Trouble } from '../live/server.ts'

export type Quotas = { quotas: Quota[]; uses: QuotaUse[] }

/** Staff: of all; a pupil: what bounds the pupil. */
export async function readQuotas(site: string): Promise<Quotas | Trouble> {
  return read<Quotas>(await send(`/api/v1/sites/${encodeURIComponent(site)}/quotas`))
}

/** Own files from slicers whose job is not there. */
export async function readSentFiles(): Promise<{ files: SlicerFile[] } | Trouble> {
  return read<{ files: SlicerFile[] }>(await send('/api/v1/slicer-files'))
}

/** Read; what fails here stands there again next time. */
export async function forgetSentFile(id: string): Promise<void> {
  await send(`/api/v1/slicer-files/${encodeURIComponent(id)}`, undefined, 'DELETE')
}
