// What the groups of a school are called: asked once, when a job of a pupil is on the page.
import { useEffect, useState } from 'react'
import type { Job } from '../../../protocols/contract/job.ts'
import { readRoster } from '../people/server.ts'
import { useReader } from '../rights.tsx'

export type GroupNames = ReadonlyMap<string, string>

const nobody: GroupNames = new Map()

/** Names by group id, for staff; empty until they are there, and where the school does not say. */
export function useGroupNames(site: string, jobs: readonly Job[]): GroupNames {
  const { me } = useReader()
  const [names, setNames] = useState(nobody)
  const wanted = me.author.role !== 'pupil' && jobs.some(({ author }) => author.group !== undefined && !names.has(author.group))
  useEffect(() => {
    if (!wanted) return
    let gone = false
    void readRoster(site).then(roster => {
      if (!gone && !('trouble' in roster)) setNames(new Map(roster.groups.map(({ id, name }) => [id, name])))
    })
    return () => {
      gone = true
    }
  }, [site, wanted])
  return names
}
