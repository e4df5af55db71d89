// One request to check: what it is, what the check left to the teacher, and the three answers.
import { Button } from '@mantine/core'
import { lazy, Suspense, useId, useState } from 'react'
import type { Ask } from '../../../protocols/contract/command.ts'
import type { Job } from '../../../protocols/contract/job.ts'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { useAsking } from '../asking.tsx'
import { useNow } from '../live/use.tsx'
import { Confirm } from '../parts/Confirm.tsx'
import { Glyph } from '../parts/Glyph.tsx'
import { JobName } from '../parts/JobName.tsx'
import { useReader } from '../rights.tsx'
import type { Requested } from '../school/waits.ts'
import { useSpeech } from '../words/speech.tsx'
import { isOnItsWay, useOwnBatch } from './batches.ts'
import type { GroupNames } from './groups.ts'
import { OwnDeed } from './OwnDeed.tsx'
import { asksOf, idOf } from './request.ts'

const ReturnDialog = lazy(async () => ({ default: (await import('./ReturnDialog.tsx')).ReturnDialog }))

type Props = {
  request: Requested
  picture: SitePicture
  groups: GroupNames
  /** Rows can be chosen; `range`: from the one before to this one. */
  choosing: boolean
  chosen: boolean
  onChoose: (range: boolean) => void
  busy: boolean
  openJob: (job: string) => void
}

export function CheckRow({ request, picture, groups, choosing, chosen, onChoose, busy, openJob }: Props) {
  const { words, forms } = useSpeech()
  const now = useNow()
  const { offer } = useReader()
  const [job] = request
  const name = useId()
  const onItsWay = isOnItsWay(useOwnBatch(picture.site, request, 'job.approve').state)
  return (
    <li className={chosen ? 'check-row chosen' : 'check-row'} data-request={idOf(request)}>
      {choosing ? (
        <label className="pick">
          <input
            type="checkbox"
            checked={chosen}
            disabled={busy || onItsWay}
            aria-label={words.teach.select(`${words.job.ticket(job.ticket)} ${job.program.name}`)}
            onChange={({ nativeEvent }) => onChoose('shiftKey' in nativeEvent && nativeEvent.shiftKey === true)}
          />
        </label>
      ) : null}
      <div className="check-what">
        <p id={name} className="check-name">
          <JobName job={{ ...job, copies: 1 }} onOpen={openJob} />
          <span className="small quiet check-age">{words.waits.since(forms.age(job.submittedAt, now))}</span>
        </p>
        <Facts request={request} groups={groups} />
        <Asks request={request} />
        {offer('job.approve') === 'yes' ? (
          <Answers request={request} picture={picture} busy={busy} quiet={choosing} describedBy={name} />
        ) : null}
      </div>
    </li>
  )
}

function Facts({ request, groups }: { request: Requested; groups: GroupNames }) {
  const { words, forms, language } = useSpeech()
  const [job] = request
  const { wishes, program, author } = job
  const facts = [
    author.name,
    author.group === undefined ? undefined : groups.get(author.group),
    request.length > 1 ? words.teach.copies(request.length) : undefined,
    job.estimatedSeconds === undefined ? undefined : forms.duration(job.estimatedSeconds),
    program.grams === undefined ? undefined : forms.grams(program.grams),
    [wishes?.material ?? program.material, wishes?.colour].filter(part => part !== undefined).join(', '),
    wishes?.deadline === undefined
      ? undefined
      : words.teach.needed(
          new Date(wishes.deadline).toLocaleDateString(language === 'ru' ? 'ru-RU' : 'en-GB', { day: 'numeric', month: 'long' }),
        ),
    job.comment,
    job.returned === undefined ? undefined : words.teach.again,
  ].filter(fact => fact !== undefined && fact !== '')
  return (
    <p className="small second meta">
      {facts.map(fact => (
        <span key={fact}>{fact}</span>
      ))}
    </p>
  )
}

/** What the check left to the teacher; without a word where there is nothing. */
function Asks({ request }: { request: Requested }) {
  const { words, say } = useSpeech()
  const asks = asksOf(request)
  if (asks === undefined) return <p className="small quiet">{words.teach.unchecked}</p>
  if (asks.length === 0) return null
  return (
    <ul className="plain small check-asks tone-attention">
      {asks.map(ask => (
        <li key={ask.en}>
          <Glyph shape="attention" size={15} />
          <span>{say(ask)}</span>
        </li>
      ))}
    </ul>
  )
}

/** `quiet`: one of many rows, where the deed for all of them stands out. */
type AnswersProps = { request: Requested; picture: SitePicture; busy?: boolean; quiet?: boolean; describedBy?: string }

/** Approve, return, deny: of all copies. Approving can be taken back for a moment; the other two ask first. */
export function Answers({ request, picture, busy, quiet, describedBy }: AnswersProps) {
  const { words } = useSpeech()
  const { askAll, sending } = useAskAll(picture.site, request)
  const [returning, setReturning] = useState(false)
  const [denying, setDenying] = useState(false)
  const [job] = request
  const closed = busy === true || sending !== undefined
  const about = describedBy === undefined ? {} : { 'aria-describedby': describedBy }
  return (
    <>
      <OwnDeed
        site={picture.site}
        request={request}
        deed="job.approve"
        className="row check-deeds"
        button={deed => (
          <Button {...about} {...deed} variant={quiet === true ? 'default' : 'filled'} disabled={closed}>
            {words.job.approve}
          </Button>
        )}
      >
        <Button {...about} variant="default" disabled={closed} onClick={() => setReturning(true)}>
          {words.job.sendBack}
        </Button>
        <Button {...about} variant="subtle" color="gray" disabled={closed} onClick={() => setDenying(true)}>
          {words.job.deny}
        </Button>
      </OwnDeed>
      <Suspense fallback={null}>
        {returning ? (
          <ReturnDialog
            job={job}
            onClose={() => setReturning(false)}
            onReturn={async (comment, mark) => {
              const done = await askAll(each => ({ kind: 'job.return', job: each.id, comment, ...(mark && { mark }) }))
              if (done) setReturning(false)
            }}
          />
        ) : null}
      </Suspense>
      <Confirm
        opened={denying}
        title={words.job.denyTitle(job.program.name)}
        deed={words.job.deny}
        onKeep={() => setDenying(false)}
        onConfirm={async () => {
          setDenying(false)
          await askAll(each => ({ kind: 'job.deny', job: each.id }))
        }}
      >
        <p>{words.job.denyText}</p>
      </Confirm>
    </>
  )
}

/** Asks for each copy in turn, and stops where one is refused: its reason holds for the others too. Answers whether all went through. */
function useAskAll(site: string, request: Requested) {
  const { ask } = useAsking(site)
  const [sending, setSending] = useState<Ask['kind']>()
  const askAll = async (what: (job: Job) => Ask): Promise<boolean> => {
    for (const job of request) {
      const asks = what(job)
      setSending(asks.kind)
      const asked = await ask(asks)
      const refused = asked.outcome === 'failed' || (asked.outcome === 'replied' && asked.reply.outcome === 'refused')
      if (!refused) continue
      setSending(undefined)
      return false
    }
    setSending(undefined)
    return true
  }
  return { askAll, sending }
}
