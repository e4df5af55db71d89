// Parts that are made and wait for their owners: handed over one by one, or a whole group's at once.
import { Button } from '@mantine/core'
import { useState } from 'react'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { useNow } from '../live/use.tsx'
import { JobName } from '../parts/JobName.tsx'
import { useReader } from '../rights.tsx'
import type { Requested } from '../school/waits.ts'
import { useSpeech } from '../words/speech.tsx'
import type { Batch } from './batch.ts'
import { takeOver } from './batches.ts'
import type { GroupNames } from './groups.ts'
import { OwnDeed } from './OwnDeed.tsx'
import { byGroup, idOf, itemsFor } from './request.ts'

const shownAtFirst = 6

type Props = {
  requests: readonly Requested[]
  picture: SitePicture
  groups: GroupNames
  batch: Batch
  busy: boolean
  openJob: (job: string) => void
}

export function Collects({ requests, picture, groups, batch, busy, openJob }: Props) {
  const { words } = useSpeech()
  const { offer } = useReader()
  const [all, setAll] = useState(false)
  const shown = all ? requests : requests.slice(0, shownAtFirst)
  const mayCollect = offer('job.collect') === 'yes'
  const handOver = (which: readonly Requested[]) => {
    batch.begin(itemsFor(takeOver(picture.site, which, 'job.collect'), 'job.collect', words.job.ticket))
  }
  const classes = byGroup(requests).filter(([group, theirs]) => group !== '' && groups.has(group) && theirs.length > 1)
  return (
    <section className="panel checks" aria-labelledby="collects">
      <div className="panel-head">
        <h3 id="collects">{words.teach.collectTitle}</h3>
        <span className="count">{requests.length}</span>
      </div>
      {mayCollect && requests.length > 1 && !busy ? (
        <div className="check-choices">
          {classes.map(([group, theirs]) => (
            <Button key={group} variant="default" onClick={() => handOver(theirs)}>
              {`${words.teach.collectGroup(groups.get(group) ?? '')}: ${theirs.length}`}
            </Button>
          ))}
          <Button variant="default" onClick={() => handOver(requests)}>
            {words.teach.collectMany(requests.length)}
          </Button>
        </div>
      ) : null}
      <ul className="plain">
        {shown.map(request => (
          <CollectRow
            key={idOf(request)}
            request={request}
            picture={picture}
            groups={groups}
            busy={busy || !mayCollect}
            openJob={openJob}
          />
        ))}
      </ul>
      {shown.length < requests.length ? (
        <button type="button" className="as-link show-all" onClick={() => setAll(true)}>
          {words.school.showAll(requests.length)}
        </button>
      ) : null}
    </section>
  )
}

type RowProps = Pick<Props, 'picture' | 'groups' | 'busy' | 'openJob'> & { request: Requested }

function CollectRow({ request, picture, groups, busy, openJob }: RowProps) {
  const { words, forms } = useSpeech()
  const now = useNow()
  const [job] = request
  const name = `${words.job.ticket(job.ticket)} ${job.program.name}`
  return (
    <li className="check-row">
      <div className="check-what">
        <p className="check-name">
          <JobName job={{ ...job, copies: 1 }} onOpen={openJob} />
        </p>
        <p className="small second meta">
          <span>{job.author.name}</span>
          {job.author.group === undefined ? null : <span>{groups.get(job.author.group)}</span>}
          {request.length > 1 ? <span>{words.teach.copies(request.length)}</span> : null}
          {job.verdict?.quality === 'partial' ? <span>{words.clear.partial.toLowerCase()}</span> : null}
          {job.endedAt === undefined ? null : <span>{forms.moment(job.endedAt, now)}</span>}
        </p>
      </div>
      <OwnDeed
        site={picture.site}
        request={request}
        deed="job.collect"
        className="row"
        button={deed => (
          <Button {...deed} variant="default" disabled={busy} aria-label={words.teach.collectOf(name)}>
            {words.teach.collect}
          </Button>
        )}
      />
    </li>
  )
}
