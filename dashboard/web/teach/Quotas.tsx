// Limits: which there are, how much of each is used, and setting or dropping them.
import { Button } from '@mantine/core'
import { useCallback, useEffect, useState } from 'react'
import type { Quota, QuotaUse } from '../../../protocols/contract/lesson.ts'
import type { Roster } from '../../../protocols/contract/screen.ts'
import { troubleText, useAsking } from '../asking.tsx'
import type { Trouble } from '../live/server.ts'
import { useNow } from '../live/use.tsx'
import { Confirm } from '../parts/Confirm.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { usePlanWords } from './plan-words.ts'
import { QuotaDialog } from './QuotaDialog.tsx'
import { type Quotas as Known, readQuotas } from './server.ts'

/** Pupils drawn at first: those who used most stand first. */
const usesShown = 5

export function Quotas({ site, roster }: { site: string; roster: Roster | undefined }) {
  const speech = useSpeech()
  const { quota: words } = usePlanWords()
  const { offer } = useReader()
  const [known, setKnown] = useState<Known | Trouble>()
  const [edited, edit] = useState<Quota | 'new'>()
  const readAgain = useCallback(async () => setKnown(await readQuotas(site)), [site])
  useEffect(() => {
    void readAgain()
  }, [readAgain])
  const may = offer('quota.set') === 'yes'
  const quotas = known === undefined || 'trouble' in known ? [] : known.quotas.filter(({ droppedAt }) => droppedAt === undefined)
  return (
    <section className="plan-part" aria-labelledby="quotas">
      <div className="section-head">
        <h2 id="quotas">{words.title}</h2>
        {quotas.length === 0 ? null : <span className="count">{quotas.length}</span>}
        {may ? (
          <Button className="head-deed" variant="default" onClick={() => edit('new')}>
            {words.add}
          </Button>
        ) : null}
      </div>
      <div className="panel" aria-busy={known === undefined}>
        {known !== undefined && 'trouble' in known ? (
          <div className="panel-body stack">
            <p>{known.trouble === 'denied' ? troubleText(known, speech) : words.unread}</p>
            <div>
              <Button variant="default" onClick={readAgain}>
                {words.again}
              </Button>
            </div>
          </div>
        ) : null}
        {known !== undefined && !('trouble' in known) && quotas.length === 0 ? <p className="panel-body quiet">{words.none}</p> : null}
        <ul className="plain">
          {quotas.map(quota => (
            <QuotaRow
              key={quota.id}
              quota={quota}
              uses={known !== undefined && 'uses' in known ? known.uses.filter(use => use.quota.id === quota.id) : []}
              site={site}
              roster={roster}
              onChange={may ? () => edit(quota) : undefined}
              onDropped={readAgain}
            />
          ))}
        </ul>
      </div>
      {edited === undefined ? null : (
        <QuotaDialog
          site={site}
          roster={roster}
          quota={edited === 'new' ? undefined : edited}
          onClose={() => edit(undefined)}
          onSaved={readAgain}
        />
      )}
    </section>
  )
}

type RowProps = {
  quota: Quota
  uses: readonly QuotaUse[]
  site: string
  roster: Roster | undefined
  onChange: (() => void) | undefined
  onDropped: () => void
}

function QuotaRow({ quota, uses, site, roster, onChange, onDropped }: RowProps) {
  const {
    forms,
    words: { school },
  } = useSpeech()
  const { quota: words } = usePlanWords()
  const { ask } = useAsking(site)
  const now = useNow()
  const [dropping, setDropping] = useState(false)
  const [all, setAll] = useState(false)
  const group = roster?.groups.find(({ id }) => id === quota.group)?.name ?? ''
  const name = words.name(quota.of, group, words.pers[quota.per])
  const limits = [
    quota.jobs === undefined ? undefined : words.jobsN(forms.number(quota.jobs), quota.jobs),
    quota.hours === undefined ? undefined : words.hoursN(forms.number(quota.hours, quota.hours % 1 === 0 ? 0 : 1)),
    quota.grams === undefined ? undefined : words.gramsN(forms.number(quota.grams)),
  ].filter(limit => limit !== undefined)
  const sorted = uses.toSorted((a, b) => fullest(b) - fullest(a) || a.name.localeCompare(b.name))
  const shown = all ? sorted : sorted.slice(0, usesShown)
  const [first] = sorted
  return (
    <li className="quota-row">
      <div className="quota-head">
        <div>
          <h3>{name}</h3>
          <p className="small second figures">{words.most(limits.join(', '))}</p>
          {first === undefined ? null : <p className="small quiet figures">{words.resets(forms.clock(first.resetsAt, now))}</p>}
        </div>
        {onChange === undefined ? null : (
          <div className="row">
            <Button variant="default" aria-label={words.changeOf(name)} onClick={onChange}>
              {words.change}
            </Button>
            <Button variant="subtle" color="gray" aria-label={words.dropOf(name)} onClick={() => setDropping(true)}>
              {words.drop}
            </Button>
          </div>
        )}
      </div>
      {sorted.length === 0 ? <p className="small quiet">{words.noUse}</p> : null}
      <ul className="plain quota-uses" aria-label={words.uses}>
        {shown.map(use => (
          <li key={use.whom}>
            <span className="quota-whom">{use.name}</span>
            <QuotaBars use={use} />
          </li>
        ))}
      </ul>
      {shown.length < sorted.length ? (
        <button type="button" className="as-link show-all" onClick={() => setAll(true)}>
          {school.showAll(sorted.length)}
        </button>
      ) : null}
      <Confirm
        opened={dropping}
        title={words.dropTitle}
        deed={words.drop}
        onKeep={() => setDropping(false)}
        onConfirm={async () => {
          setDropping(false)
          await ask({
            kind: 'quota.set',
            quota: quota.id,
            of: quota.of,
            per: quota.per,
            ...(quota.group !== undefined && { group: quota.group }),
          })
          onDropped()
        }}
      >
        <p>{words.dropText(name)}</p>
      </Confirm>
    </li>
  )
}

/** One bar for each thing that is limited; full where nothing is left. */
export function QuotaBars({ use }: { use: QuotaUse }) {
  const { forms } = useSpeech()
  const { quota: words } = usePlanWords()
  const rows = (['jobs', 'hours', 'grams'] as const).flatMap(what => {
    const limit = use.quota[what]
    if (limit === undefined) return []
    const digits = what === 'hours' ? 1 : 0
    const text = {
      jobs: words.usedOf(forms.number(use.jobs), words.jobsOf(forms.number(limit), limit)),
      hours: words.usedOf(forms.number(use.hours, digits), words.hoursN(forms.number(limit, limit % 1 === 0 ? 0 : 1))),
      grams: words.usedOf(forms.number(use.grams), words.gramsN(forms.number(limit))),
    }[what]
    return [{ what, text, share: limit === 0 ? 1 : use[what] / limit }]
  })
  return (
    <span className="quota-bars">
      {rows.map(({ what, text, share }) => (
        <span key={what} className={share >= 1 ? 'quota-bar full' : 'quota-bar'}>
          <span className="bar" aria-hidden="true">
            <span style={{ width: `${Math.min(100, share * 100)}%` }} />
          </span>
          <span className="small figures">{text}</span>
        </span>
      ))}
    </span>
  )
}

/** How near its limit the nearest of the three is. */
function fullest({ quota, ...use }: QuotaUse): number {
  return Math.max(
    ...(['jobs', 'hours', 'grams'] as const).map(what => (quota[what] === undefined ? 0 : use[what] / Math.max(quota[what], 0.001))),
  )
}
