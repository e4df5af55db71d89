// Requests to check: each with its deeds, and many at once by choosing rows with mouse, finger or keyboard.
import { Button, NativeSelect } from '@mantine/core'
import { type KeyboardEvent, lazy, Suspense, useState } from 'react'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { useReader } from '../rights.tsx'
import type { Requested } from '../school/waits.ts'
import { useSpeech } from '../words/speech.tsx'
import type { Batch } from './batch.ts'
import { takeOver } from './batches.ts'
import { CheckRow } from './CheckRow.tsx'
import type { GroupNames } from './groups.ts'
import { byGroup, idOf, isClean, itemsFor } from './request.ts'
import { choose, extend, keepOnly, nothingChosen, toggle } from './selection.ts'

const PlateDialog = lazy(async () => ({ default: (await import('./PlateDialog.tsx')).PlateDialog }))

/** Rows drawn at first; choosing "all" means all of them, drawn or not. */
const shownAtFirst = 10

type Props = {
  requests: readonly Requested[]
  picture: SitePicture
  groups: GroupNames
  batch: Batch
  busy: boolean
  openJob: (job: string) => void
}

export function Checks({ requests, picture, groups, batch, busy, openJob }: Props) {
  const { words } = useSpeech()
  const { offer } = useReader()
  const [all, setAll] = useState(false)
  const [held, setSelection] = useState(nothingChosen)
  const [plating, setPlating] = useState<readonly Requested[]>()
  const order = requests.map(idOf)
  // What somebody else has approved meanwhile is no longer chosen.
  const selection = keepOnly(held, new Set(order))
  const chosen = requests.filter(request => selection.chosen.has(idOf(request)))
  const shown = all ? requests : requests.slice(0, shownAtFirst)
  const many = requests.length > 1 && offer('job.approve') === 'yes'

  const approve = (which: readonly Requested[]) => {
    batch.begin(itemsFor(takeOver(picture.site, which, 'job.approve'), 'job.approve', words.job.ticket))
    setSelection(nothingChosen)
  }
  const byKey = (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey || busy || !many) return
    const { target } = event
    if (!(target instanceof HTMLElement) || isTyping(target)) return
    const row = target.closest<HTMLElement>('[data-request]')?.dataset.request
    // By the key's place, so that a Russian keyboard need not be switched.
    if (event.code === 'KeyX' && row !== undefined) {
      setSelection(event.shiftKey ? extend(selection, row, order) : toggle(selection, row))
    } else if (event.code === 'KeyA') {
      const which = chosen.length > 0 ? chosen : requests.filter(request => idOf(request) === row)
      if (which.length > 0) approve(which)
    } else return
    event.preventDefault()
  }

  return (
    <section className="panel checks" aria-labelledby="checks">
      <div className="panel-head">
        <h3 id="checks">{words.waits.approve}</h3>
        <span className="count">{requests.length}</span>
      </div>
      {many && !busy ? (
        <Choices requests={requests} groups={groups} chosen={chosen} onChoose={which => setSelection(choose(which.map(idOf)))} />
      ) : null}
      <ul className="plain" onKeyDown={byKey}>
        {shown.map(request => (
          <CheckRow
            key={idOf(request)}
            request={request}
            picture={picture}
            groups={groups}
            choosing={many}
            chosen={selection.chosen.has(idOf(request))}
            onChoose={range => setSelection(range ? extend(selection, idOf(request), order) : toggle(selection, idOf(request)))}
            busy={busy}
            openJob={openJob}
          />
        ))}
      </ul>
      {shown.length < requests.length ? (
        <button type="button" className="as-link show-all" onClick={() => setAll(true)}>
          {words.school.showAll(requests.length)}
        </button>
      ) : null}
      {chosen.length === 0 || busy ? null : (
        <div className="chosen-bar">
          <strong className="figures">{words.teach.chosen(chosen.length)}</strong>
          <Button onClick={() => approve(chosen)}>{words.teach.approveMany(chosen.flat().length)}</Button>
          {chosen.flat().length > 1 && chosen.every(([job]) => job.program.kind === 'printer') ? (
            <Button variant="default" onClick={() => setPlating(chosen)}>
              {words.teach.plate}
            </Button>
          ) : null}
          <Button variant="subtle" color="gray" onClick={() => setSelection(nothingChosen)}>
            {words.teach.pickNone}
          </Button>
        </div>
      )}
      <Suspense fallback={null}>
        {plating === undefined ? null : <PlateDialog picture={picture} jobs={plating.flat()} onClose={() => setPlating(undefined)} />}
      </Suspense>
    </section>
  )
}

type ChoicesProps = {
  requests: readonly Requested[]
  groups: GroupNames
  chosen: readonly Requested[]
  onChoose: (requests: readonly Requested[]) => void
}

/** Ways to choose many at once. */
function Choices({ requests, groups, chosen, onChoose }: ChoicesProps) {
  const { words } = useSpeech()
  const clean = requests.filter(isClean)
  const classes = byGroup(requests)
  return (
    <div className="check-choices">
      {clean.length === 0 ? null : (
        <Button variant="default" onClick={() => onChoose(clean)}>
          {words.teach.pickClean(clean.length)}
        </Button>
      )}
      {clean.length === requests.length ? null : (
        <Button variant="default" onClick={() => onChoose(requests)}>
          {words.teach.pickAll(requests.length)}
        </Button>
      )}
      {classes.length < 2 ? null : (
        <NativeSelect
          aria-label={words.teach.queue.group}
          value=""
          data={[
            { value: '', label: `${words.teach.queue.group}…` },
            ...classes.map(([group, theirs], index) => ({
              value: String(index + 1),
              label: words.teach.pickGroup(
                group === '' ? words.teach.noGroup : (groups.get(group) ?? words.teach.queue.group),
                theirs.length,
              ),
            })),
          ]}
          onChange={event => {
            const picked = classes[Number(event.currentTarget.value) - 1]
            if (picked !== undefined) onChoose(picked[1])
          }}
        />
      )}
      {chosen.length > 0 ? null : <p className="small quiet keys-hint">{words.teach.keysHint}</p>}
    </div>
  )
}

function isTyping(target: HTMLElement): boolean {
  return target.tagName === 'TEXTAREA' || target.tagName === 'SELECT' || (target instanceof HTMLInputElement && target.type !== 'checkbox')
}
