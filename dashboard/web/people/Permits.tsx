// Who may start which laser and mill, until when, on which instruction; granting and taking back.
import { Button, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import type { MachineDeclaration } from '../../../protocols/contract/machine.ts'
import type { Permit } from '../../../protocols/contract/permit.ts'
import type { Roster } from '../../../protocols/contract/screen.ts'
import { useAsking } from '../asking.tsx'
import { useNow } from '../live/use.tsx'
import { Confirm } from '../parts/Confirm.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { dayText } from './day.ts'
import { GrantDialog } from './GrantDialog.tsx'
import { coverageText, daysLeft, listPermits, standingOf } from './permits.ts'

type Props = { site: string; roster: Roster; machines: readonly MachineDeclaration[]; onChange: () => void }

export function Permits({ site, roster, machines, onChange }: Props) {
  const { words } = useSpeech()
  const now = useNow()
  const [chosen, setChosen] = useState('')
  const [granting, setGranting] = useState(false)
  const dangerous = machines.filter(({ kind }) => kind !== 'printer')
  const permits = listPermits(
    roster.permits,
    site,
    dangerous.find(({ id }) => id === chosen),
    now,
  )
  return (
    <section aria-labelledby="permits">
      <div className="section-head">
        <h2 id="permits">{words.people.permits}</h2>
        {permits.length === 0 ? null : <span className="count">{permits.length}</span>}
      </div>
      <div className="panel">
        <div className="panel-body people-tools">
          <NativeSelect
            label={words.people.forMachine}
            value={chosen}
            data={[{ value: '', label: words.people.every }, ...dangerous.map(({ id, name }) => ({ value: id, label: name }))]}
            onChange={event => setChosen(event.currentTarget.value)}
          />
          <Button onClick={() => setGranting(true)}>{words.people.grant}</Button>
        </div>
        {permits.length === 0 ? (
          <p className="panel-body quiet">{roster.permits.length === 0 ? words.people.noPermits : words.people.noPermitsHere}</p>
        ) : null}
        <ul className="plain">
          {permits.map(permit => (
            <PermitRow key={permit.id} permit={permit} site={site} machines={machines} onChange={onChange} />
          ))}
        </ul>
      </div>
      <GrantDialog
        opened={granting}
        onClose={() => setGranting(false)}
        site={site}
        roster={roster}
        machines={machines}
        onGranted={onChange}
      />
    </section>
  )
}

function PermitRow({ permit, site, machines, onChange }: { permit: Permit } & Omit<Props, 'roster'>) {
  const { words, language } = useSpeech()
  const { offer } = useReader()
  const { ask, asking } = useAsking(site)
  const now = useNow()
  const [asked, setAsked] = useState(false)
  const { person, instruction, until, revoked } = permit
  const day = (at: number) => dayText(at, language)
  const what = coverageText(permit, machines, site, words)
  const standing = standingOf(permit, now)
  const revoke = { kind: 'permit.revoke', permit: permit.id } as const
  return (
    <li className="people-row">
      <div className="people-what">
        <p className="people-name">{person.name}</p>
        <p>{what}</p>
        <p className={`people-standing standing-${standing}`}>
          {standing === 'valid' ? words.people.until(day(until)) : null}
          {standing === 'soon' ? words.people.soon(day(until), daysLeft(permit, now)) : null}
          {standing === 'ended' ? words.people.ended(day(until)) : null}
          {revoked === undefined ? null : words.people.revokedOn(day(revoked.at), revoked.by.name)}
        </p>
        <p className="small quiet">
          {words.people.instructed(instruction.title, instruction.version, instruction.by.name, day(instruction.at))}
        </p>
      </div>
      {offer('permit.revoke') === 'yes' && (standing === 'valid' || standing === 'soon') ? (
        <Button variant="default" aria-label={words.people.revokeOf(person.name)} loading={asking(revoke)} onClick={() => setAsked(true)}>
          {words.people.revoke}
        </Button>
      ) : null}
      <Confirm
        opened={asked}
        title={words.people.revokeTitle}
        deed={words.people.revoke}
        onKeep={() => setAsked(false)}
        onConfirm={async () => {
          setAsked(false)
          await ask(revoke)
          onChange()
        }}
      >
        <p>{words.people.revokeText(person.name, what)}</p>
      </Confirm>
    </li>
  )
}
