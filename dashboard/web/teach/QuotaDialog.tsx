// Setting a limit, or changing one: for whom, for how long, how much.
import { Button, Modal, NativeSelect, NumberInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { periodSchema, type Quota } from '../../../protocols/contract/lesson.ts'
import type { Roster } from '../../../protocols/contract/screen.ts'
import { tellDone, useAsking } from '../asking.tsx'
import { freshToken } from '../live/server.ts'
import { useFocusBack } from '../parts/focus-back.ts'
import { useSpeech } from '../words/speech.tsx'
import { usePlanWords } from './plan-words.ts'

type Props = { site: string; roster: Roster | undefined; quota: Quota | undefined; onClose: () => void; onSaved: () => void }

export function QuotaDialog({ site, roster, quota, onClose, onSaved }: Props) {
  useFocusBack()
  const speech = useSpeech()
  const { words } = speech
  const { quota: said } = usePlanWords()
  const { ask } = useAsking(site)
  const [id] = useState(() => quota?.id ?? freshToken())
  const [of, setOf] = useState(quota?.of ?? 'pupil')
  const [group, setGroup] = useState(quota?.group ?? '')
  const [per, setPer] = useState(quota?.per ?? 'week')
  const [jobs, setJobs] = useState(quota?.jobs)
  const [hours, setHours] = useState(quota?.hours)
  const [grams, setGrams] = useState(quota?.grams)
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const nothing = jobs === undefined && hours === undefined && grams === undefined
  const save = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (nothing) return
    setBusy(true)
    const asked = await ask({
      kind: 'quota.set',
      quota: id,
      of,
      ...(group !== '' && { group }),
      per,
      ...(jobs !== undefined && { jobs }),
      ...(hours !== undefined && { hours }),
      ...(grams !== undefined && { grams }),
    })
    setBusy(false)
    if (asked.outcome === 'failed' || (asked.outcome === 'replied' && asked.reply.outcome === 'refused')) return
    if (asked.outcome === 'replied') tellDone(said.saved, speech)
    onSaved()
    onClose()
  }
  const number = (label: string, value: number | undefined, set: (value: number | undefined) => void, decimals: boolean, max: number) => (
    <NumberInput
      label={label}
      value={value ?? ''}
      min={0}
      max={max}
      allowDecimal={decimals}
      hideControls
      onChange={next => set(typeof next === 'number' ? next : undefined)}
    />
  )
  return (
    <Modal
      opened
      onClose={onClose}
      title={said.formTitle}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': words.submit.close }}
    >
      <form className="stack" onSubmit={save}>
        <NativeSelect
          label={said.of}
          value={of}
          data={[
            { value: 'pupil', label: said.ofs.pupil },
            { value: 'group', label: said.ofs.group },
          ]}
          data-autofocus
          onChange={event => setOf(event.currentTarget.value === 'group' ? 'group' : 'pupil')}
        />
        <NativeSelect
          label={said.group}
          value={group}
          data={[{ value: '', label: said.everyGroup }, ...(roster?.groups ?? []).map(each => ({ value: each.id, label: each.name }))]}
          onChange={event => setGroup(event.currentTarget.value)}
        />
        <NativeSelect
          label={said.per}
          value={per}
          data={periodSchema.options.map(value => ({ value, label: said.pers[value] }))}
          onChange={event => setPer(periodSchema.options.find(each => each === event.currentTarget.value) ?? 'week')}
        />
        <div className="quota-numbers">
          {number(said.jobs, jobs, setJobs, false, 10_000)}
          {number(said.hours, hours, setHours, true, 10_000)}
          {number(said.grams, grams, setGrams, false, 1_000_000)}
        </div>
        <p className={tried && nothing ? 'note tone-fault' : 'small quiet'} role={tried && nothing ? 'alert' : undefined}>
          {tried && nothing ? said.needOne : said.blank}
        </p>
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>
            {words.asked.keep}
          </Button>
          <Button type="submit" loading={busy}>
            {said.save}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
