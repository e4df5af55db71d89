// A new work order: which machine, what is wrong, a photo of it.
import { Button, Modal, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { tellDone, useAsking } from '../asking.tsx'
import { freshToken } from '../live/server.ts'
import { useSpeech } from '../words/speech.tsx'
import type { OrderStart } from './links.ts'
import { PhotoPicker, usePhotos } from './Photos.tsx'

type Props = { site: string; start: OrderStart; names: Readonly<Record<string, string>>; onClose(): void; onOpened(): void }

export function OrderDialog({ site, start, names, onClose, onOpened }: Props) {
  const speech = useSpeech()
  const { words } = speech
  const { orders: said } = words.care
  const { ask } = useAsking(site)
  const [machine, setMachine] = useState(Object.hasOwn(names, start.machine) ? start.machine : '')
  const [title, setTitle] = useState(start.title ?? '')
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const taken = usePhotos()
  // One order however often it is pressed.
  const [order] = useState(freshToken)
  const { condition, task } = start
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    const asked = await ask({
      kind: 'order.open',
      order,
      machine,
      title: title.trim(),
      ...(text.trim() !== '' && { text: text.trim() }),
      ...(taken.photos.length > 0 && { photos: taken.photos.map(({ sha256 }) => sha256) }),
      ...(condition !== undefined && { condition }),
      ...(task !== undefined && { task }),
    })
    setBusy(false)
    if (asked.outcome !== 'replied' || asked.reply.outcome !== 'done') return
    tellDone(said.sent, speech)
    onOpened()
  }
  return (
    <Modal opened onClose={onClose} title={said.add} centered size={520} closeButtonProps={{ 'aria-label': words.submit.close }}>
      <form className="stack" onSubmit={submit}>
        <NativeSelect
          label={said.machine}
          required
          withAsterisk={false}
          value={machine}
          data={[{ value: '', label: said.choose, disabled: true }, ...Object.entries(names).map(([value, label]) => ({ value, label }))]}
          onChange={event => setMachine(event.currentTarget.value)}
        />
        <TextInput
          data-autofocus
          label={said.what}
          placeholder={said.whatHint}
          maxLength={120}
          required
          withAsterisk={false}
          value={title}
          onChange={event => setTitle(event.currentTarget.value)}
        />
        <Textarea
          label={said.more}
          placeholder={said.moreHint}
          maxLength={1000}
          autosize
          minRows={3}
          value={text}
          onChange={event => setText(event.currentTarget.value)}
        />
        <PhotoPicker photos={taken.photos} onAdd={taken.add} onRemove={taken.remove} />
        <div className="row care-deeds">
          <Button variant="default" onClick={onClose}>
            {words.people.cancel}
          </Button>
          <Button type="submit" loading={busy} disabled={machine === '' || title.trim() === ''}>
            {said.send}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
