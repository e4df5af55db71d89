// A row of the plan was done, with a note and the parts that were used.
import { Button, Modal, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { CareDue, Part } from '../../../protocols/contract/care.ts'
import { useSpeech } from '../words/speech.tsx'
import { PartUse, type Uses, usedParts } from './PartUse.tsx'

export type DoneWith = { note?: string; parts?: { part: string; count: number }[] }

type Props = { row: CareDue; name: string; parts: readonly Part[]; busy: boolean; onClose(): void; onDone(withWhat: DoneWith): void }

export function DoneDialog({ row, name, parts, busy, onClose, onDone }: Props) {
  const { words, say } = useSpeech()
  const { due } = words.care
  const [note, setNote] = useState('')
  // What the plan says is used up is taken from the shelf unless somebody says otherwise.
  const [uses, setUses] = useState<Uses>(() => {
    const usual = partOf(row, parts)
    return usual === undefined || usual.count === 0 ? {} : { [usual.id]: 1 }
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const taken = usedParts(uses)
    onDone({ ...(note.trim() !== '' && { note: note.trim() }), ...(taken.length > 0 && { parts: taken }) })
  }
  return (
    <Modal opened onClose={onClose} title={due.done} centered closeButtonProps={{ 'aria-label': words.submit.close }}>
      <form className="stack" onSubmit={submit}>
        <p>
          <strong>{say(row.task.text)}</strong>
          <br />
          <span className="second">{name}</span>
        </p>
        <Textarea
          data-autofocus
          label={due.note}
          placeholder={due.noteHint}
          maxLength={400}
          autosize
          minRows={2}
          value={note}
          onChange={event => setNote(event.currentTarget.value)}
        />
        <PartUse parts={parts} uses={uses} onChange={setUses} />
        <div className="row care-deeds">
          <Button variant="default" onClick={onClose}>
            {words.people.cancel}
          </Button>
          <Button type="submit" loading={busy}>
            {due.done}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

/** The part of the stock that the plan's row names. */
export function partOf({ task }: CareDue, parts: readonly Part[]): Part | undefined {
  const wanted = task.part?.toLowerCase()
  return wanted === undefined ? undefined : parts.find(({ name }) => name.toLowerCase() === wanted)
}
