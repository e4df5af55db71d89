// The part of «Ждёт меня» that is about requests: those to check, those to hand over, and what came of many at once.
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import type { Requested } from '../school/waits.ts'
import { BatchBar } from './BatchBar.tsx'
import { isOnItsWay, useBatch } from './batches.ts'
import { Checks } from './Checks.tsx'
import { Collects } from './Collects.tsx'
import { useGroupNames } from './groups.ts'
import '../styles/teach.css'

type Props = {
  picture: SitePicture
  checks: readonly Requested[]
  collects: readonly Requested[]
  openJob: (job: string) => void
}

export function Inbox({ picture, checks, collects, openJob }: Props) {
  const { batch, state } = useBatch(picture.site)
  const groups = useGroupNames(picture.site, [...checks, ...collects].flat())
  const shared = { picture, groups, batch, busy: isOnItsWay(state), openJob }
  return (
    <>
      <BatchBar batch={batch} state={state} />
      {checks.length === 0 ? null : <Checks requests={checks} {...shared} />}
      {collects.length === 0 ? null : <Collects requests={collects} {...shared} />}
    </>
  )
}
