// Booking a lesson, or changing one: who, on which machines, when.
import { Button, Checkbox, Modal, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { takesPupils } from '../../../protocols/contract/group.ts'
import type { Lesson } from '../../../protocols/contract/lesson.ts'
import type { MachineKind } from '../../../protocols/contract/machine.ts'
import type { Roster, SitePicture } from '../../../protocols/contract/screen.ts'
import { tellDone, useAsking } from '../asking.tsx'
import { freshToken } from '../live/server.ts'
import { useNow } from '../live/use.tsx'
import { useFocusBack } from '../parts/focus-back.ts'
import { dayValue } from '../people/day.ts'
import { useSpeech } from '../words/speech.tsx'
import { instantAt, lessonTrouble, nextHour, timeValue } from './lesson-times.ts'
import { usePlanWords } from './plan-words.ts'

type Props = { picture: SitePicture; roster: Roster | undefined; lesson: Lesson | undefined; onClose: () => void }

const lessonMinutes = 45
const kinds: readonly MachineKind[] = ['printer', 'laser', 'mill']

export function LessonDialog({ picture, roster, lesson, onClose }: Props) {
  useFocusBack()
  const speech = useSpeech()
  const { words } = speech
  const { lesson: said } = usePlanWords()
  const { ask } = useAsking(picture.site)
  const now = useNow()
  const [id] = useState(() => lesson?.id ?? freshToken())
  const [start] = useState(() => lesson?.from ?? nextHour(now))
  const [title, setTitle] = useState(lesson?.title ?? '')
  const [group, setGroup] = useState(lesson?.group ?? '')
  const [machines, setMachines] = useState<ReadonlySet<string>>(new Set(lesson?.machines))
  const [day, setDay] = useState(dayValue(start))
  const [from, setFrom] = useState(timeValue(start))
  const [until, setUntil] = useState(timeValue(lesson?.until ?? start + lessonMinutes * 60_000))
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [fromAt, untilAt] = [instantAt(day, from), instantAt(day, until)]
  const trouble = lessonTrouble({ id, machines, from: fromAt, until: untilAt }, picture, now)
  const tell = trouble === undefined ? undefined : trouble.kind === 'overlap' ? said.overlap(trouble.title) : said[trouble.kind]
  const groups = (roster?.groups ?? []).filter(each => takesPupils(each, now) || each.id === lesson?.group)

  const save = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if ((trouble !== undefined && trouble.kind !== 'closedThen') || fromAt === undefined || untilAt === undefined) return
    setBusy(true)
    const asked = await ask({
      kind: 'lesson.book',
      lesson: id,
      title: title.trim(),
      ...(group !== '' && { group }),
      machines: [...machines],
      from: fromAt,
      until: untilAt,
    })
    setBusy(false)
    if (asked.outcome === 'failed' || (asked.outcome === 'replied' && asked.reply.outcome === 'refused')) return
    if (asked.outcome === 'replied') tellDone(said.booked, speech)
    onClose()
  }
  const set = (ids: readonly string[], on: boolean) =>
    setMachines(before => {
      const next = new Set(before)
      for (const each of ids)
        if (on) next.add(each)
        else next.delete(each)
      return next
    })
  return (
    <Modal
      opened
      onClose={onClose}
      title={lesson === undefined ? said.bookTitle : said.changeTitle}
      size={560}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': words.submit.close }}
    >
      <form className="stack" onSubmit={save}>
        <TextInput
          label={said.name}
          placeholder={said.nameHint}
          value={title}
          maxLength={80}
          required
          withAsterisk={false}
          data-autofocus
          onChange={event => setTitle(event.currentTarget.value)}
        />
        <NativeSelect
          label={said.group}
          description={said.groupHint}
          value={group}
          data={[{ value: '', label: said.staffOnly }, ...groups.map(each => ({ value: each.id, label: each.name }))]}
          onChange={event => setGroup(event.currentTarget.value)}
        />
        <div className="lesson-times">
          <TextInput
            type="date"
            label={said.day}
            value={day}
            min={dayValue(now)}
            required
            withAsterisk={false}
            onChange={event => setDay(event.currentTarget.value)}
          />
          <TextInput
            type="time"
            label={said.from}
            value={from}
            required
            withAsterisk={false}
            onChange={event => setFrom(event.currentTarget.value)}
          />
          <TextInput
            type="time"
            label={said.until}
            value={until}
            required
            withAsterisk={false}
            onChange={event => setUntil(event.currentTarget.value)}
          />
        </div>
        <fieldset className="bare">
          <legend>{said.machines}</legend>
          {kinds.map(kind => (
            <KindOfMachines key={kind} kind={kind} picture={picture} chosen={machines} onSet={set} />
          ))}
        </fieldset>
        {tell !== undefined && (tried || trouble?.kind === 'overlap' || trouble?.kind === 'closedThen') ? (
          <p className={trouble?.kind === 'closedThen' ? 'note' : 'note tone-fault'} role="alert">
            {tell}
          </p>
        ) : null}
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>
            {words.asked.keep}
          </Button>
          <Button type="submit" loading={busy} disabled={title.trim() === ''}>
            {lesson === undefined ? said.save : said.saveChange}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

type KindProps = {
  kind: MachineKind
  picture: SitePicture
  chosen: ReadonlySet<string>
  onSet: (ids: readonly string[], on: boolean) => void
}

/** The machines of one kind: all of them at once where there are several, and each. */
function KindOfMachines({ kind, picture, chosen, onSet }: KindProps) {
  const { lesson: said } = usePlanWords()
  const machines = Object.values(picture.machines)
    .map(({ declaration }) => declaration)
    .filter(declaration => declaration.kind === kind)
    .sort((a, b) => a.name.localeCompare(b.name, 'ru', { numeric: true }))
  const ids = machines.map(({ id }) => id)
  const on = ids.filter(id => chosen.has(id)).length
  return (
    <div className="lesson-machines">
      {machines.length < 2 ? null : (
        <Checkbox
          label={<strong>{said.allOf[kind]}</strong>}
          checked={on === ids.length}
          indeterminate={on > 0 && on < ids.length}
          onChange={event => onSet(ids, event.currentTarget.checked)}
        />
      )}
      {machines.map(({ id, name }) => (
        <Checkbox key={id} label={name} checked={chosen.has(id)} onChange={event => onSet([id], event.currentTarget.checked)} />
      ))}
    </div>
  )
}
