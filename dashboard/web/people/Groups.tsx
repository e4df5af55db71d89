// Groups of pupils: opened with a code, printed as a card, closed; and who has come in.
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { type AgeBand, ageBandSchema, takesPupils } from '../../../protocols/contract/group.ts'
import type { Roster } from '../../../protocols/contract/screen.ts'
import { useAsking } from '../asking.tsx'
import { freshToken } from '../live/server.ts'
import { useNow } from '../live/use.tsx'
import { Confirm } from '../parts/Confirm.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { dayText, dayValue, endOfDay } from './day.ts'

type Props = { site: string; roster: Roster; onChange: () => void }

export function Groups({ site, roster, onChange }: Props) {
  const { words } = useSpeech()
  const now = useNow()
  const [opening, setOpening] = useState(false)
  const groups = roster.groups.toSorted((a, b) => Number(takesPupils(b, now)) - Number(takesPupils(a, now)) || a.name.localeCompare(b.name))
  return (
    <section aria-labelledby="groups">
      <div className="section-head">
        <h2 id="groups">{words.people.groups}</h2>
        {groups.length === 0 ? null : <span className="count">{groups.length}</span>}
      </div>
      <div className="panel">
        <div className="panel-body people-tools">
          <Button onClick={() => setOpening(true)}>{words.people.open}</Button>
        </div>
        {groups.length === 0 ? <p className="panel-body quiet">{words.people.noGroups}</p> : null}
        <ul className="plain">
          {groups.map(group => (
            <GroupRow key={group.id} group={group} site={site} onChange={onChange} />
          ))}
        </ul>
      </div>
      <Modal
        opened={opening}
        onClose={() => setOpening(false)}
        title={words.people.open}
        centered
        closeButtonProps={{ 'aria-label': words.submit.close }}
      >
        <OpenForm site={site} onClose={() => setOpening(false)} onOpened={onChange} />
      </Modal>
    </section>
  )
}

function GroupRow({ group, site, onChange }: { group: Roster['groups'][number]; site: string; onChange: () => void }) {
  const { words, language } = useSpeech()
  const { ask, asking } = useAsking(site)
  const now = useNow()
  const [asked, setAsked] = useState(false)
  const open = takesPupils(group, now)
  const close = { kind: 'group.close', group: group.id } as const
  return (
    <li className="people-row">
      <div className="people-what">
        <p className="people-name">{group.name}</p>
        <p className="small quiet meta">
          <span>{open ? words.people.until(dayText(group.endsAt, language)) : words.people.closed}</span>
          {group.ageBand === undefined ? null : <span>{words.people.ages[group.ageBand]}</span>}
          {group.pupils === undefined ? null : <span>{words.people.pupils(group.pupils)}</span>}
        </p>
      </div>
      {open ? (
        <p className="people-code">
          <span className="small quiet">{words.people.code}</span> <strong>{group.code}</strong>
        </p>
      ) : null}
      {open ? (
        <div className="row">
          <Button
            component="a"
            variant="default"
            href={`/groups/${encodeURIComponent(site)}/${encodeURIComponent(group.id)}?lang=${language}`}
            target="_blank"
            aria-label={words.people.cardOf(group.name)}
          >
            {words.people.card}
          </Button>
          <Button variant="default" aria-label={words.people.closeOf(group.name)} loading={asking(close)} onClick={() => setAsked(true)}>
            {words.people.close}
          </Button>
        </div>
      ) : null}
      <Confirm
        opened={asked}
        title={words.people.closeTitle}
        deed={words.people.close}
        onKeep={() => setAsked(false)}
        onConfirm={async () => {
          setAsked(false)
          await ask(close)
          onChange()
        }}
      >
        <p>{words.people.closeText}</p>
      </Confirm>
    </li>
  )
}

function OpenForm({ site, onClose, onOpened }: { site: string; onClose: () => void; onOpened: () => void }) {
  const { words } = useSpeech()
  const { ask } = useAsking(site)
  const now = useNow()
  const [name, setName] = useState('')
  const [age, setAge] = useState<AgeBand>()
  const [ends, setEnds] = useState(() => dayValue(schoolYearEnd(now)))
  const [busy, setBusy] = useState(false)
  const [group] = useState(freshToken)
  const endsAt = endOfDay(ends)
  const open = async (event: FormEvent) => {
    event.preventDefault()
    if (endsAt === undefined) return
    setBusy(true)
    const asked = await ask({ kind: 'group.open', group, name: name.trim(), endsAt, ...(age === undefined ? {} : { ageBand: age }) })
    setBusy(false)
    if (asked.outcome !== 'replied' || asked.reply.outcome !== 'done') return
    onOpened()
    onClose()
  }
  return (
    <form className="stack" onSubmit={open}>
      <TextInput
        label={words.people.name}
        placeholder={words.people.nameHint}
        value={name}
        maxLength={40}
        data-autofocus
        required
        withAsterisk={false}
        onChange={event => setName(event.currentTarget.value)}
      />
      <NativeSelect
        label={words.people.age}
        value={age ?? ''}
        data={[
          { value: '', label: words.people.anyAge },
          ...ageBandSchema.options.map(value => ({ value, label: words.people.ages[value] })),
        ]}
        onChange={event => setAge(ageBandSchema.options.find(one => one === event.currentTarget.value))}
      />
      <TextInput
        type="date"
        label={words.people.endsField}
        value={ends}
        min={dayValue(now)}
        required
        withAsterisk={false}
        onChange={event => setEnds(event.currentTarget.value)}
      />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>
          {words.people.cancel}
        </Button>
        <Button type="submit" loading={busy} disabled={name.trim() === '' || endsAt === undefined}>
          {words.people.open}
        </Button>
      </div>
    </form>
  )
}

/** The next 31 May: the end of the school year. */
function schoolYearEnd(now: number): number {
  const year = new Date(now).getFullYear()
  const end = new Date(year, 4, 31).getTime()
  return end > now ? end : new Date(year + 1, 4, 31).getTime()
}

/** Nicknames, on the school's own screen only. */
export function PupilList({ site, roster, onChange }: Props) {
  const { words } = useSpeech()
  const { me } = useReader()
  const { ask } = useAsking(site)
  const [asked, setAsked] = useState<Roster['pupils'][number]>()
  const groupOf = (id: string | undefined) => roster.groups.find(group => group.id === id)?.name
  const forget = async (person: string) => {
    setAsked(undefined)
    await ask({ kind: 'pupil.forget', person })
    onChange()
  }
  return (
    <section aria-labelledby="pupils">
      <div className="section-head">
        <h2 id="pupils">{words.people.pupilsTitle}</h2>
        {roster.pupils.length === 0 ? null : <span className="count">{roster.pupils.length}</span>}
      </div>
      <div className="panel">
        {roster.pupils.length === 0 ? (
          <p className="panel-body quiet">{me.scope.kind === 'school' ? words.people.noPupils : words.people.pupilsAway}</p>
        ) : null}
        <ul className="plain">
          {roster.pupils.map(pupil => {
            const { person, nickname = person.name } = pupil
            return (
              <li key={person.id} className="people-row">
                <div className="people-what">
                  <p className="people-name">{nickname}</p>
                  <p className="small quiet meta">
                    <span>{person.name}</span>
                    <span>{groupOf(person.group)}</span>
                  </p>
                </div>
                <Button variant="default" aria-label={words.people.forgetOf(nickname)} onClick={() => setAsked(pupil)}>
                  {words.people.forget}
                </Button>
              </li>
            )
          })}
        </ul>
      </div>
      <Confirm
        opened={asked !== undefined}
        title={words.people.forgetTitle}
        deed={words.people.forget}
        onKeep={() => setAsked(undefined)}
        onConfirm={() => asked && forget(asked.person.id)}
      >
        <p>{words.people.forgetText}</p>
      </Confirm>
    </section>
  )
}
