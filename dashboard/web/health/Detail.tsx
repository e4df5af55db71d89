// Behind one condition: what helps, the machines, the last events, and the deeds that settle it.
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Condition } from '../../../protocols/contract/condition.ts'
import type { Event } from '../../../protocols/contract/wire.ts'
import { troubleText } from '../asking.tsx'
import { type ConditionDeed, readConditionEvents, settleCondition, type Trouble } from '../live/server.ts'
import { useNow } from '../live/use.tsx'
import { useSpeech } from '../words/speech.tsx'
import { Machines } from './Machines.tsx'
import { pastOf } from './past.ts'

export function Detail({ condition }: { condition: Condition }) {
  const { words, say } = useSpeech()
  const { id, machines } = condition
  return (
    <div className="condition-detail" id={`detail-${id}`}>
      <section>
        <h3>{words.health.help}</h3>
        <p>{say(condition.help)}</p>
      </section>
      <Machines condition={condition} />
      {machines.length === 0 ? null : <Events id={id} />}
      <Deeds condition={condition} />
    </div>
  )
}

function Events({ id }: { id: string }) {
  const speech = useSpeech()
  const { words, forms } = speech
  const now = useNow()
  const [events, setEvents] = useState<Event[] | Trouble>()
  useEffect(() => {
    let gone = false
    void readConditionEvents(id).then(read => {
      if (!gone) setEvents('trouble' in read ? read : read.events)
    })
    return () => {
      gone = true
    }
  }, [id])
  return (
    <section aria-busy={events === undefined}>
      <h3>{words.health.events}</h3>
      {events === undefined ? null : !Array.isArray(events) ? (
        <p className="second">{words.health.eventsAway}</p>
      ) : events.length === 0 ? (
        <p className="second">{words.health.noEvents}</p>
      ) : (
        <ol className="plain small">
          {pastOf(events, speech).map(({ number, at, text }) => (
            <li key={number}>
              <span className="quiet figures">{forms.moment(at, now)}</span> {text}
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

const hourMs = 3_600_000
const shelves = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs, month: 30 * 24 * hourMs } as const
type Shelf = keyof typeof shelves
const shelfNames = Object.keys(shelves) as Shelf[]

function Deeds({ condition }: { condition: Condition }) {
  const speech = useSpeech()
  const { words } = speech
  const now = useNow()
  const [reason, setReason] = useState('')
  const [missing, setMissing] = useState(false)
  const [shelf, setShelf] = useState<Shelf>('day')
  const [busy, setBusy] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const { id, cause, standing } = condition

  const settle = async (deed: ConditionDeed) => {
    setBusy(true)
    const trouble = await settleCondition(id, deed)
    setBusy(false)
    if (trouble === undefined) {
      setReason('')
      notifications.show({ message: words.health.done, color: 'gray', closeButtonProps: { 'aria-label': words.asked.close } })
    } else
      notifications.show({ message: troubleText(trouble, speech), color: 'red', closeButtonProps: { 'aria-label': words.asked.close } })
  }
  /** Every deed but one wants a reason; the field says so where it is. */
  const withReason = (deed: (reason: string) => ConditionDeed) => {
    const said = reason.trim()
    setMissing(said === '')
    if (said === '') input.current?.focus()
    else void settle(deed(said))
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    withReason(said => ({ kind: 'acknowledge', reason: said }))
  }
  if (standing.state === 'shelved') {
    return (
      <Button variant="default" loading={busy} onClick={() => settle({ kind: 'unshelve' })}>
        {words.health.unshelve}
      </Button>
    )
  }
  // A second under the limit: the server's clock may be a little behind ours.
  const until = () => Math.round(now + shelves[shelf]) - 1000
  return (
    <form className="condition-deeds" onSubmit={submit}>
      <TextInput
        ref={input}
        className="condition-reason"
        label={words.health.reason}
        placeholder={words.health.reasonHint}
        maxLength={200}
        value={reason}
        error={missing ? words.health.reasonMissing : null}
        onChange={event => {
          setReason(event.currentTarget.value)
          setMissing(false)
        }}
      />
      <div className="row">
        {standing.state === 'acknowledged' ? null : (
          <Button type="submit" loading={busy}>
            {words.health.acknowledge}
          </Button>
        )}
        {cause === 'settings' ? (
          <Button variant="default" disabled={busy} onClick={() => withReason(said => ({ kind: 'approve', reason: said }))}>
            {words.health.approve}
          </Button>
        ) : null}
        <span className="row condition-shelf">
          <Button variant="default" disabled={busy} onClick={() => withReason(said => ({ kind: 'shelve', reason: said, until: until() }))}>
            {words.health.shelve}
          </Button>
          <NativeSelect
            aria-label={words.health.shelveFor}
            value={shelf}
            data={shelfNames.map(name => ({ value: name, label: words.health.shelveHours[name] }))}
            onChange={event => setShelf(shelfNames.find(name => name === event.currentTarget.value) ?? 'day')}
          />
        </span>
      </div>
    </form>
  )
}
