// The cameras on the school's own screen, in the shape the web server asks for (dashboard/workplace.ts, CameraDesk). Rights are judged here again.
import type { Picture } from '../../protocols/contract/camera.ts'
import type { Author } from '../../protocols/contract/job.ts'
import { judge } from '../../protocols/contract/rights.ts'
import type { Denial } from '../../protocols/contract/words.ts'
import type { Machines } from '../machines.ts'
import type { Store } from '../store.ts'
import { deny } from '../words.ts'
import type { Cameras } from './cameras.ts'

export type SchoolCameras = ReturnType<typeof schoolCameras>

export function schoolCameras(site: string, cameras: Cameras, store: Pick<Store, 'commit'>, machines: Pick<Machines, 'forQueue'>) {
  /** Why this person may not look; who may is noted. */
  const refusal = (ofSite: string, machine: string, by: Author): Denial | undefined => {
    const kind = machines.forQueue(machine)?.kind
    if (ofSite !== site || kind === undefined) return deny('unknown-machine')
    const denial = judge(by, { kind: 'machine.look' }, { origin: 'school', machineKind: kind })
    if (denial) return denial
    const events = cameras.note(authorOnly(by), machine)
    if (events.length > 0) store.commit({ events })
    return undefined
  }
  return {
    async look(ofSite: string, machine: string, by: Author): Promise<{ picture?: Picture; denial?: Denial }> {
      const denial = refusal(ofSite, machine, by)
      if (denial) return { denial }
      const taken = await cameras.take(machine)
      if (!('denial' in taken)) return { picture: taken }
      const picture = cameras.last(machine)
      return picture === undefined ? taken : { picture }
    },
    watch(ofSite: string, machine: string, by: Author, signal: AbortSignal): AsyncIterable<Picture> | { denial: Denial } {
      const denial = refusal(ofSite, machine, by)
      return denial ? { denial } : cameras.watch(machine, signal)
    },
    kept: (ofSite: string, machine: string): number[] => (ofSite === site ? cameras.kept(machine) : []),
    keptAt: async (ofSite: string, machine: string, at: number, by: Author): Promise<Picture | undefined> =>
      refusal(ofSite, machine, by) === undefined ? cameras.keptAt(machine, at) : undefined,
  }
}

/** An account knows more of a person than the journal should. */
function authorOnly({ id, name, role }: Author): Author {
  return { id, name, role }
}
