// The notes of a work order, oldest first: who wrote what, with photos and parts; and the way back to work for a mended machine.
import { Button } from '@mantine/core'
import type { Part, WorkOrder } from '../../../protocols/contract/care.ts'
import { tellDone, useAsking } from '../asking.tsx'
import { useNow } from '../live/use.tsx'
import { useReader } from '../rights.tsx'
import { type Speech, useSpeech } from '../words/speech.tsx'
import { PhotoStrip } from './Photos.tsx'

export function Remarks({ order, site, parts }: { order: WorkOrder; site: string; parts: readonly Part[] }) {
  const { words, forms } = useSpeech()
  const { orders: said, parts: ofParts } = words.care
  const now = useNow()
  if (order.remarks.length === 0) return <p className="small quiet">{said.noRemarks}</p>
  return (
    <ol className="plain care-remarks" aria-label={said.remarks}>
      {order.remarks.map(({ at, by, text, photos, parts: used }) => (
        <li key={`${at}-${by.id}`}>
          <p className="small quiet">
            {forms.moment(at, now)} · {authorName(by, words)}
          </p>
          {text === undefined ? null : <p className="care-text">{text}</p>}
          {used === undefined ? null : (
            <p className="small second">
              {ofParts.used}:{' '}
              {used.map(({ part, count }) => ofParts.taken(parts.find(({ id }) => id === part)?.name ?? '?', count)).join(', ')}
            </p>
          )}
          {photos === undefined ? null : <PhotoStrip site={site} photos={photos} />}
        </li>
      ))}
    </ol>
  )
}

export function BackToWork({ site, machine, name }: { site: string; machine: string; name: string }) {
  const speech = useSpeech()
  const { orders: said } = speech.words.care
  const { offer } = useReader()
  const { ask, asking } = useAsking(site)
  const back = { kind: 'machine.service', machine, on: false } as const
  if (offer('machine.service') !== 'yes') return null
  const press = async () => {
    const asked = await ask(back)
    if (asked.outcome === 'replied' && asked.reply.outcome === 'done') tellDone(said.backDone, speech)
  }
  return (
    <div className="note row">
      <p className="grow">{said.inService(name)}</p>
      <Button variant="default" loading={asking(back)} onClick={press}>
        {said.backToWork}
      </Button>
    </div>
  )
}

export function authorName({ id, name }: { id: string; name: string }, words: Speech['words']): string {
  return id === 'tsekh' ? words.care.orders.ourselves : name
}
