// The workshops' wall screens: which there are, a link for a new one, told once, and the way to take one back.
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useCallback, useEffect, useState } from 'react'
import type { TvScreen } from '../../../protocols/contract/condition.ts'
import { troubleText } from '../asking.tsx'
import { endScreen, makeScreen, readScreens, type Trouble } from '../live/server.ts'
import { useNow } from '../live/use.tsx'
import { Confirm } from '../parts/Confirm.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'

/** The longest the server gives. */
const daysMax = 365

export function Screens() {
  const speech = useSpeech()
  const { words, forms } = speech
  const { me } = useReader()
  const now = useNow()
  const [screens, setScreens] = useState<TvScreen[]>([])
  const [site, setSite] = useState(me.sites[0]?.id ?? '')
  const [name, setName] = useState('')
  const [link, setLink] = useState<string>()
  const [trouble, setTrouble] = useState<Trouble>()
  const [making, setMaking] = useState(false)
  const [ending, setEnding] = useState<TvScreen>()
  const read = useCallback(async () => {
    const answer = await readScreens()
    if ('trouble' in answer) setTrouble(answer)
    else setScreens(answer.screens)
  }, [])
  useEffect(() => {
    void read()
  }, [read])
  const make = async (event: FormEvent) => {
    event.preventDefault()
    setMaking(true)
    const made = await makeScreen({ site, name: name.trim() || words.health.screens.usual, days: daysMax })
    setMaking(false)
    setTrouble('trouble' in made ? made : undefined)
    if ('trouble' in made) return
    setLink(`${location.origin}${made.path}`)
    setName('')
    await read()
  }
  const end = async (id: string) => {
    setTrouble(await endScreen(id))
    await read()
  }
  const siteName = (id: string) => me.sites.find(one => one.id === id)?.name ?? id
  return (
    <details className="panel panel-body screens">
      <summary>{words.health.screens.title}</summary>
      <div className="stack">
        <p className="second small">{words.health.screens.about}</p>
        <ul className="plain stack">
          {screens.map(screen => (
            <li key={screen.id} className="row">
              <span>
                {siteName(screen.site)} · {screen.name}
                <span className="second small">
                  {' · '}
                  {words.health.screens.until(forms.duration((screen.expiresAt - now) / 1000))}
                </span>
              </span>
              <Button
                variant="default"
                size="xs"
                onClick={() => setEnding(screen)}
                aria-label={`${words.health.screens.end}: ${screen.name}`}
              >
                {words.health.screens.end}
              </Button>
            </li>
          ))}
        </ul>
        <form className="row" onSubmit={make} style={{ alignItems: 'flex-end' }}>
          <NativeSelect
            label={words.city.site}
            value={site}
            data={me.sites.map(one => ({ value: one.id, label: one.name }))}
            onChange={event => setSite(event.currentTarget.value)}
          />
          <TextInput
            label={words.health.screens.name}
            placeholder={words.health.screens.usual}
            maxLength={80}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
          />
          <Button type="submit" loading={making}>
            {words.health.screens.make}
          </Button>
        </form>
        <div aria-live="polite">
          {link === undefined ? null : (
            <p>
              {words.health.screens.once} <code>{link}</code>
            </p>
          )}
          {trouble === undefined ? null : <p className="note tone-fault">{troubleText(trouble, speech)}</p>}
        </div>
      </div>
      <Confirm
        opened={ending !== undefined}
        title={words.health.screens.endTitle(ending?.name ?? '')}
        deed={words.health.screens.end}
        onKeep={() => setEnding(undefined)}
        onConfirm={() => {
          setEnding(undefined)
          if (ending !== undefined) void end(ending.id)
        }}
      >
        <p>{words.health.screens.endText}</p>
      </Confirm>
    </details>
  )
}
