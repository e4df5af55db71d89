// The bed is cleared and the part judged: one tap for a good one, two where something went wrong.
import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { MachinePicture } from '../../../protocols/contract/screen.ts'
import { useAsking } from '../asking.tsx'
import { useSpeech } from '../words/speech.tsx'

type Quality = 'ok' | 'partial' | 'failed'

export function ClearBed({ site, machine }: { site: string; machine: MachinePicture }) {
  const { words } = useSpeech()
  const { ask } = useAsking(site)
  const [judged, setJudged] = useState<'partial' | 'failed'>()
  const [other, setOther] = useState<string>()
  const [sending, setSending] = useState<Quality>()
  const { id, name, kind } = machine.declaration

  const clear = async (quality: Quality, cause?: string) => {
    setSending(quality)
    await ask({ kind: 'machine.clear', machine: id, quality, ...(cause ? { cause } : {}) })
    setSending(undefined)
    setJudged(undefined)
    setOther(undefined)
  }
  const judge = (quality: 'partial' | 'failed') => setJudged(before => (before === quality ? undefined : quality))

  return (
    <fieldset className="bare stack" aria-label={words.clear.of(name)} style={{ gap: 8 }}>
      <div className="row">
        <Button onClick={() => clear('ok')} loading={sending === 'ok'}>
          {words.clear.ok}
        </Button>
        <Button variant="default" aria-expanded={judged === 'partial'} onClick={() => judge('partial')} loading={sending === 'partial'}>
          {words.clear.partial}
        </Button>
        <Button variant="default" aria-expanded={judged === 'failed'} onClick={() => judge('failed')} loading={sending === 'failed'}>
          {words.clear.failed}
        </Button>
      </div>
      {judged === undefined ? null : (
        <fieldset className="bare stack" aria-label={words.clear.cause} style={{ gap: 8 }}>
          <p className="small second">{words.clear.cause}</p>
          <div className="row">
            {words.clear.causes[kind].map(cause => (
              <Button key={cause} variant="default" onClick={() => clear(judged, cause)}>
                {cause}
              </Button>
            ))}
            {other === undefined ? (
              <Button variant="default" onClick={() => setOther('')}>
                {words.clear.causeOther}
              </Button>
            ) : null}
          </div>
          {other === undefined ? null : (
            <form
              className="row"
              onSubmit={event => {
                event.preventDefault()
                void clear(judged, other.trim())
              }}
            >
              <TextInput
                aria-label={words.clear.causeOther}
                value={other}
                maxLength={200}
                data-autofocus
                style={{ flex: '1 1 200px' }}
                onChange={event => setOther(event.currentTarget.value)}
              />
              <Button type="submit">{words.clear.done}</Button>
            </form>
          )}
        </fieldset>
      )}
    </fieldset>
  )
}
