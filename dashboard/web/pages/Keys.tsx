// Keys of slicers: made for a machine or the queue, shown once with what to do with them, listed and ended.
import { Button, NativeSelect, Skeleton } from '@mantine/core'
import { useCallback, useEffect, useState } from 'react'
import type { SlicerKey } from '../../../protocols/contract/screen.ts'
import { tellDone, tellTrouble, troubleText } from '../asking.tsx'
import { HowTo } from '../keys/HowTo.tsx'
import { endKey, makeKey, readKeys, type Trouble } from '../live/server.ts'
import { useNow, useView } from '../live/use.tsx'
import { Confirm } from '../parts/Confirm.tsx'
import { LinkBanner } from '../parts/LinkBanner.tsx'
import { useTitle } from '../parts/title.ts'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import '../styles/keys.css'

/** As in an address; the server knows the same word. */
const queue = 'queue'

type Made = { key: SlicerKey; secret: string }

export function Keys() {
  const speech = useSpeech()
  const { words } = speech
  useTitle(words.keys.title)
  const [keys, setKeys] = useState<SlicerKey[] | Trouble>()
  const [made, setMade] = useState<Made>()
  const read = useCallback(async () => {
    const answer = await readKeys()
    setKeys('trouble' in answer ? answer : answer.keys)
  }, [])
  useEffect(() => {
    void read()
  }, [read])
  const known = keys === undefined || 'trouble' in keys ? [] : keys
  const fresh = (next: Made) => {
    setMade(next)
    void read()
  }
  const gone = (key: SlicerKey) => {
    if (made?.key.id === key.id) setMade(undefined)
    void read()
  }
  return (
    <main id="content" tabIndex={-1} className="page keys">
      <LinkBanner />
      <div className="page-head">
        <div className="grow">
          <h1>{words.keys.title}</h1>
          <p className="second keys-lead">{words.keys.lead}</p>
        </div>
      </div>
      <div className="stack keys-parts">
        <NewKey keys={known} onMade={fresh} />
        <div aria-live="polite">{made === undefined ? null : <MadeKey key={made.key.id} made={made} />}</div>
        <section aria-labelledby="my-keys">
          <div className="section-head">
            <h2 id="my-keys">{words.keys.mine}</h2>
            {known.length === 0 ? null : <span className="count">{known.length}</span>}
          </div>
          <div className="panel" aria-busy={keys === undefined}>
            {keys === undefined ? <Skeleton height={56} radius={12} /> : null}
            {keys !== undefined && 'trouble' in keys ? <p className="panel-body">{troubleText(keys, speech)}</p> : null}
            {keys !== undefined && !('trouble' in keys) && keys.length === 0 ? <p className="panel-body quiet">{words.keys.none}</p> : null}
            <ul className="plain">
              {known.map(key => (
                <KeyRow key={key.id} kept={key} onGone={gone} />
              ))}
            </ul>
          </div>
        </section>
      </div>
    </main>
  )
}

function NewKey({ keys, onMade }: { keys: SlicerKey[]; onMade: (made: Made) => void }) {
  const speech = useSpeech()
  const { words } = speech
  const { me } = useReader()
  const [site, setSite] = useState(me.scope.kind === 'school' ? me.scope.site : (me.sites[0]?.id ?? ''))
  const [target, setTarget] = useState(queue)
  const [busy, setBusy] = useState(false)
  const [asking, setAsking] = useState(false)
  const sight = useView({ kind: 'site', site })
  const picture = sight.state === 'seen' && sight.snapshot.kind === 'site' ? sight.snapshot.picture : undefined
  const machines = Object.values(picture?.machines ?? {}).map(({ declaration: { id, name } }) => ({ value: id, label: name }))
  const has = keys.some(key => key.site === site && key.target === target)
  const make = async () => {
    setBusy(true)
    const answer = await makeKey({ site, target, ...(has && { replace: true }) })
    setBusy(false)
    setAsking(false)
    if ('trouble' in answer) tellTrouble(troubleText(answer, speech), speech)
    else onMade(answer)
  }
  return (
    <section className="panel" aria-labelledby="new-key">
      <div className="panel-head">
        <h2 id="new-key">{words.keys.fresh}</h2>
      </div>
      <div className="panel-body stack">
        <div className="keys-choice">
          {me.sites.length > 1 ? (
            <NativeSelect
              label={words.keys.site}
              data={me.sites.map(({ id, name }) => ({ value: id, label: name }))}
              value={site}
              onChange={event => {
                setSite(event.currentTarget.value)
                setTarget(queue)
              }}
            />
          ) : null}
          <NativeSelect
            label={words.keys.target}
            data={[{ value: queue, label: words.keys.queue }, ...machines]}
            value={target}
            onChange={event => setTarget(event.currentTarget.value)}
          />
          <Button
            variant={has ? 'default' : 'filled'}
            loading={busy}
            disabled={site === ''}
            onClick={() => (has ? setAsking(true) : make())}
          >
            {has ? words.keys.replace : words.keys.make}
          </Button>
        </div>
        {has ? <p className="small second">{words.keys.has}</p> : null}
      </div>
      <Confirm
        opened={asking}
        title={words.keys.replaceTitle}
        deed={words.keys.replace}
        busy={busy}
        onKeep={() => setAsking(false)}
        onConfirm={make}
      >
        {words.keys.replaceText}
      </Confirm>
    </section>
  )
}

function MadeKey({ made: { key, secret } }: { made: Made }) {
  const { words } = useSpeech()
  const name = useTargetName(key)
  return (
    <section className="panel" aria-labelledby="made-key">
      <div className="panel-head">
        <h2 id="made-key">{words.keys.made(name)}</h2>
      </div>
      <div className="panel-body stack">
        <p className="note tone-attention">{words.keys.once}</p>
        <HowTo path={key.path} secret={secret} />
      </div>
    </section>
  )
}

function KeyRow({ kept, onGone }: { kept: SlicerKey; onGone: (key: SlicerKey) => void }) {
  const speech = useSpeech()
  const { words, forms } = speech
  const now = useNow()
  const name = useTargetName(kept)
  const [open, setOpen] = useState(false)
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const end = async () => {
    setBusy(true)
    const trouble = await endKey(kept.id)
    setBusy(false)
    setAsking(false)
    if (trouble === undefined) tellDone(words.keys.ended, speech)
    else tellTrouble(troubleText(trouble, speech), speech)
    onGone(kept)
  }
  return (
    <li className="keys-row">
      <div className="keys-what">
        <p className="keys-name">{name}</p>
        <p className="small quiet">
          {words.keys.created(forms.moment(kept.createdAt, now))}
          {' · '}
          {kept.usedAt === undefined ? words.keys.unused : words.keys.used(forms.moment(kept.usedAt, now))}
        </p>
      </div>
      <div className="row">
        <Button variant="default" aria-expanded={open} aria-label={words.keys.howOf(name)} onClick={() => setOpen(!open)}>
          {open ? words.keys.hide : words.keys.how}
        </Button>
        <Button variant="default" aria-label={words.keys.endOf(name)} onClick={() => setAsking(true)}>
          {words.keys.end}
        </Button>
      </div>
      {open ? (
        <div className="keys-how stack">
          <p className="small second">{words.keys.lost}</p>
          <HowTo path={kept.path} />
        </div>
      ) : null}
      <Confirm
        opened={asking}
        title={words.keys.endTitle}
        deed={words.keys.end}
        busy={busy}
        onKeep={() => setAsking(false)}
        onConfirm={end}
      >
        {words.keys.endText(name)}
      </Confirm>
    </li>
  )
}

/** «Школа № 4: очередь», or the machine with its school where there are several. */
function useTargetName({ site, target, name }: SlicerKey): string {
  const { words } = useSpeech()
  const { me } = useReader()
  const school = me.sites.find(each => each.id === site)?.name ?? site
  if (target === queue) return words.keys.queueOf(school)
  return me.sites.length > 1 ? `${school}: ${name}` : name
}
