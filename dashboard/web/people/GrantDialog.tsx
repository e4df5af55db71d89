// Granting a permit: to whom, for what, until when, and on which instruction; the instruction is recorded with it.
import { Button, Checkbox, Modal, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { MachineDeclaration } from '../../../protocols/contract/machine.ts'
import type { Roster } from '../../../protocols/contract/screen.ts'
import { tellDone, useAsking } from '../asking.tsx'
import { freshToken } from '../live/server.ts'
import { useNow } from '../live/use.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { dayValue, endOfDay } from './day.ts'
import { coveragesHere, coverageText } from './permits.ts'

type Props = {
  opened: boolean
  onClose: () => void
  site: string
  roster: Roster
  machines: readonly MachineDeclaration[]
  onGranted: () => void
}

/** As long as the usual yearly repetition of an instruction. */
const usualMs = 365 * 24 * 3_600_000

export function GrantDialog({ opened, onClose, ...rest }: Props) {
  const { words } = useSpeech()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={words.people.grant}
      centered
      size={520}
      closeButtonProps={{ 'aria-label': words.submit.close }}
    >
      <GrantForm onClose={onClose} {...rest} />
    </Modal>
  )
}

function GrantForm({ onClose, site, roster, machines, onGranted }: Omit<Props, 'opened'>) {
  const speech = useSpeech()
  const { words } = speech
  const { me } = useReader()
  const { ask } = useAsking(site)
  const now = useNow()
  const coverages = coveragesHere(machines)
  const people = grantable(roster, me.author)
  const last = roster.instructions.filter(({ by }) => by.id === me.author.id).at(-1)
  const [person, setPerson] = useState('')
  const [what, setWhat] = useState(0)
  const [until, setUntil] = useState(() => dayValue(now + usualMs))
  const [title, setTitle] = useState(last?.title ?? '')
  const [version, setVersion] = useState(last?.version ?? '')
  const [taught, setTaught] = useState(false)
  const [busy, setBusy] = useState(false)
  // One permit however often it is pressed.
  const [ids] = useState(() => ({ instruction: freshToken(), permit: freshToken() }))
  const end = endOfDay(until)
  const covers = coverages[what]

  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (end === undefined || covers === undefined) return
    setBusy(true)
    const recorded = await ask({
      kind: 'instruction.record',
      instruction: ids.instruction,
      people: [person],
      title: title.trim(),
      version: version.trim(),
    })
    const granted =
      recorded.outcome === 'replied' && recorded.reply.outcome === 'done'
        ? await ask({ kind: 'permit.grant', permit: ids.permit, person, covers, until: end, instruction: ids.instruction })
        : undefined
    setBusy(false)
    if (granted?.outcome !== 'replied' || granted.reply.outcome !== 'done') return
    tellDone(words.people.granted, speech)
    onGranted()
    onClose()
  }

  if (people.length === 0) return <p>{words.people.nobody}</p>
  return (
    <form className="stack" onSubmit={save}>
      <p className="second">{words.people.grantText}</p>
      <NativeSelect
        label={words.people.person}
        value={person}
        required
        withAsterisk={false}
        data={[{ value: '', label: words.people.choose, disabled: true }, ...people.map(({ id, name }) => ({ value: id, label: name }))]}
        onChange={event => setPerson(event.currentTarget.value)}
      />
      <NativeSelect
        label={words.people.covers}
        value={String(what)}
        data={coverages.map((one, index) => ({ value: String(index), label: coverageText({ covers: one, site }, machines, site, words) }))}
        onChange={event => setWhat(Number(event.currentTarget.value))}
      />
      <TextInput
        type="date"
        label={words.people.untilField}
        value={until}
        min={dayValue(now)}
        required
        withAsterisk={false}
        onChange={event => setUntil(event.currentTarget.value)}
      />
      <TextInput
        label={words.people.lesson}
        placeholder={words.people.lessonHint}
        value={title}
        maxLength={120}
        required
        withAsterisk={false}
        onChange={event => setTitle(event.currentTarget.value)}
      />
      <TextInput
        label={words.people.version}
        placeholder={words.people.versionHint}
        value={version}
        maxLength={40}
        required
        withAsterisk={false}
        onChange={event => setVersion(event.currentTarget.value)}
      />
      <Checkbox label={words.people.confirmLesson} checked={taught} onChange={event => setTaught(event.currentTarget.checked)} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>
          {words.people.cancel}
        </Button>
        <Button type="submit" loading={busy} disabled={!taught || person === '' || end === undefined}>
          {words.people.save}
        </Button>
      </div>
    </form>
  )
}

/** Everybody but oneself; a teacher clears pupils, colleagues are a technician's or an administrator's to clear. */
function grantable(roster: Roster, me: { id: string; role: string }): { id: string; name: string }[] {
  const pupils = roster.pupils.map(({ person, nickname }) => ({
    id: person.id,
    name: nickname === undefined ? person.name : `${nickname} (${person.name})`,
  }))
  if (me.role === 'teacher') return pupils
  return [...roster.staff.filter(({ id }) => id !== me.id), ...pupils]
}
