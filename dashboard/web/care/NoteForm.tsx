// What was done about a work order: words, photos, parts; and its end.
import { Button, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Part, WorkOrder } from '../../../protocols/contract/care.ts'
import { tellDone, useAsking } from '../asking.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { PartUse, type Uses, usedParts } from './PartUse.tsx'
import { PhotoPicker, usePhotos } from './Photos.tsx'

type Props = { order: WorkOrder; site: string; parts: readonly Part[]; onChange(): void; onClosed(): void }

export function NoteForm({ order, site, parts, onChange, onClosed }: Props) {
  const speech = useSpeech()
  const { orders: said } = speech.words.care
  const { offer, me } = useReader()
  const { ask } = useAsking(site)
  const [text, setText] = useState('')
  const [uses, setUses] = useState<Uses>({})
  const [missing, setMissing] = useState(false)
  const [busy, setBusy] = useState<'note' | 'close'>()
  const taken = usePhotos()
  const keeps = offer('part.put') === 'yes'
  const mayClose = keeps || order.by.id === me.author.id

  const note = async (close: boolean) => {
    const used = usedParts(uses)
    const empty = text.trim() === '' && taken.photos.length === 0 && used.length === 0
    setMissing(empty && !close)
    if (empty && !close) return
    setBusy(close ? 'close' : 'note')
    const asked = await ask({
      kind: 'order.note',
      order: order.id,
      ...(text.trim() !== '' && { text: text.trim() }),
      ...(taken.photos.length > 0 && { photos: taken.photos.map(({ sha256 }) => sha256) }),
      ...(used.length > 0 && { parts: used }),
      ...(close && { close }),
    })
    setBusy(undefined)
    if (asked.outcome !== 'replied' || asked.reply.outcome !== 'done') return
    tellDone(close ? said.closedNow : said.written, speech)
    setText('')
    setUses({})
    taken.clear()
    if (close) onClosed()
    onChange()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void note(false)
  }
  return (
    <form className="stack" onSubmit={submit}>
      <Textarea
        label={said.note}
        placeholder={said.noteHint}
        maxLength={1000}
        autosize
        minRows={2}
        value={text}
        error={missing ? said.empty : null}
        onChange={event => {
          setText(event.currentTarget.value)
          setMissing(false)
        }}
      />
      <PhotoPicker photos={taken.photos} onAdd={taken.add} onRemove={taken.remove} />
      {keeps && parts.length > 0 ? <PartUse parts={parts} uses={uses} onChange={setUses} /> : null}
      <div className="row">
        <Button type="submit" variant="default" loading={busy === 'note'} disabled={busy === 'close'}>
          {said.write}
        </Button>
        {mayClose ? (
          <Button loading={busy === 'close'} disabled={busy === 'note'} onClick={() => void note(true)}>
            {said.close}
          </Button>
        ) : null}
      </div>
    </form>
  )
}
