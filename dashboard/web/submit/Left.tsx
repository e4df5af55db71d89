// What is left of a pupil's limits, said before the file is sent and not after.
import { useEffect, useState } from 'react'
import type { QuotaUse } from '../../../protocols/contract/lesson.ts'
import { useNow } from '../live/use.tsx'
import { readQuotas } from '../teach/server.ts'
import { useSpeech } from '../words/speech.tsx'

/** Draws nothing where nothing is limited, or the school cannot be asked. */
export function Left({ site }: { site: string }) {
  const { words, forms } = useSpeech()
  const now = useNow()
  const [uses, setUses] = useState<readonly QuotaUse[]>([])
  useEffect(() => {
    let gone = false
    void readQuotas(site).then(read => {
      if (!gone && !('trouble' in read)) setUses(read.uses)
    })
    return () => {
      gone = true
    }
  }, [site])
  if (uses.length === 0) return null
  const { quota: said } = words.teach
  const number = (value: number) => forms.number(value, Math.abs(value - Math.round(value)) < 0.05 ? 0 : 1)
  const rows = uses.map(use => {
    const left = (what: 'jobs' | 'hours' | 'grams') => Math.max(0, (use.quota[what] ?? 0) - use[what])
    const parts = [
      use.quota.jobs === undefined ? undefined : said.jobs(left('jobs'), use.quota.jobs),
      use.quota.hours === undefined ? undefined : said.hours(number(left('hours')), number(use.quota.hours)),
      use.quota.grams === undefined ? undefined : said.grams(number(left('grams')), number(use.quota.grams)),
    ].filter(part => part !== undefined)
    const over = (['jobs', 'hours', 'grams'] as const).some(what => use.quota[what] !== undefined && left(what) === 0)
    const whose = use.quota.of === 'group' ? `${use.name}, ` : ''
    return { id: use.quota.id, over, text: `${whose}${said.per[use.quota.per]}: ${parts.join(', ')}`, resetsAt: use.resetsAt }
  })
  return (
    <div className={rows.some(({ over }) => over) ? 'note tone-attention stack' : 'note stack'} style={{ gap: 4 }}>
      <p>
        <strong>{words.teach.quotaLeft}</strong>
      </p>
      <ul className="plain small figures">
        {rows.map(({ id, text, resetsAt }) => (
          <li key={id}>
            {text} <span className="quiet">({said.resets(forms.clock(resetsAt, now))})</span>
          </li>
        ))}
      </ul>
      {rows.some(({ over }) => over) ? <p className="small">{said.over}</p> : null}
    </div>
  )
}
