// What the teacher's pages ask of the server besides commands.
import type { Quota, QuotaUse } from '../../../protocols/contract/lesson.ts'
import { read, send, type Trouble } from '../live/server.ts'

export type Quotas = { quotas: Quota[]; uses: QuotaUse[] }

/** Staff: of all; a pupil: what bounds the pupil. */
export async function readQuotas(site: string): Promise<Quotas | Trouble> {
  return read<Quotas>(await send(`/api/v1/sites/${encodeURIComponent(site)}/quotas`))
}
