// The school's shelf of spare parts: how many of each, and which run out.
import { Button, Modal, NumberInput, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Part } from '../../../protocols/contract/care.ts'
import { isLow } from '../../../protocols/contract/care-due.ts'
import { tellDone, useAsking } from '../asking.tsx'
import { freshToken } from '../live/server.ts'
import { Glyph } from '../parts/Glyph.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'

type Change = Pick<Part, 'id' | 'name' | 'count' | 'least' | 'models'>

export function Parts({ site, parts, onChange }: { site: string; parts: readonly Part[]; onChange(): void }) {
  const speech = useSpeech()
  const { parts: said } = speech.words.care
  const { offer } = useReader()
  const { ask } = useAsking(site)
  const [dialog, open] = useState<Change>()
  const [busy, setBusy] = useState(false)
  const keeps = offer('part.put') === 'yes'
  const save = async ({ id, ...part }: Change) => {
    setBusy(true)
    const asked = await ask({ kind: 'part.put', part: id, ...part })
    setBusy(false)
    if (asked.outcome !== 'replied' || asked.reply.outcome !== 'done') return
    tellDone(said.saved(part.name), speech)
    open(undefined)
    onChange()
  }
  // What runs out stands first; among themselves they stay in the order of their names.
  const sorted = [...parts.filter(isLow), ...parts.filter(part => !isLow(part))]
  return (
    <section className="panel" aria-labelledby="care-parts">
      <div className="panel-head">
        <h2 id="care-parts">{said.title}</h2>
      </div>
      {parts.length === 0 ? <p className="panel-body second">{keeps ? said.nothing : said.nothingHere}</p> : null}
      <ul className="plain care-list">
        {sorted.map(part => (
          <li key={part.id} className={`care-row tone-${isLow(part) ? 'attention' : 'quiet'}`}>
            <Glyph shape={isLow(part) ? 'attention' : part.count === 0 ? 'free' : 'part'} size={22} />
            <div className="care-what">
              <p className="care-name">{part.name}</p>
              <p className="small second figures">
                {part.count === 0 ? said.none : said.pieces(part.count)}
                {part.least === 0 ? '' : ` · ${said.least2(part.least)}`}
                {isLow(part) ? <span className="state-word"> · {said.low}</span> : null}
              </p>
            </div>
            {keeps ? (
              <Button variant="default" onClick={() => open(part)} aria-label={said.changeOf(part.name)}>
                {said.change}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {keeps ? (
        <div className="panel-body">
          <Button variant="default" onClick={() => open({ id: freshToken(), name: '', count: 1, least: 1, models: [] })}>
            {said.add}
          </Button>
        </div>
      ) : null}
      {dialog === undefined ? null : (
        <PartDialog key={dialog.id} part={dialog} busy={busy} onClose={() => open(undefined)} onSave={part => void save(part)} />
      )}
    </section>
  )
}

function PartDialog({ part, busy, onClose, onSave }: { part: Change; busy: boolean; onClose(): void; onSave(part: Change): void }) {
  const { words } = useSpeech()
  const { parts: said } = words.care
  const [name, setName] = useState(part.name)
  const [count, setCount] = useState<number | string>(part.count)
  const [least, setLeast] = useState<number | string>(part.least)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSave({ id: part.id, models: part.models, name: name.trim(), count: Number(count) || 0, least: Number(least) || 0 })
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={part.name === '' ? said.add : said.changeOf(part.name)}
      centered
      closeButtonProps={{ 'aria-label': words.submit.close }}
    >
      <form className="stack" onSubmit={submit}>
        <TextInput
          data-autofocus={part.name === '' ? true : undefined}
          label={said.name}
          placeholder={said.nameHint}
          maxLength={60}
          required
          withAsterisk={false}
          value={name}
          onChange={event => setName(event.currentTarget.value)}
        />
        <NumberInput
          data-autofocus={part.name === '' ? undefined : true}
          label={said.count}
          min={0}
          max={100_000}
          allowDecimal={false}
          value={count}
          onChange={setCount}
        />
        <NumberInput
          label={said.least}
          description={said.leastHint}
          min={0}
          max={100_000}
          allowDecimal={false}
          value={least}
          onChange={setLeast}
        />
        <div className="row care-deeds">
          <Button variant="default" onClick={onClose}>
            {words.people.cancel}
          </Button>
          <Button type="submit" loading={busy} disabled={name.trim() === ''}>
            {said.save}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
