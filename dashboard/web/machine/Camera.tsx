// The camera over a machine's bed: shown when somebody asks for it, and only as long as the tab is looked at.
import { Button } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { lookEveryMs } from '../../../protocols/contract/camera.ts'
import { useNow } from '../live/use.tsx'
import { isSure } from '../looks.ts'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { cameraPath, type Look, look, readKept } from './look.ts'
import type { Seen } from './seen.ts'
import '../styles/camera.css'

/** live: the school's own stream. asking: a picture every few seconds. kept: one of the school's last hours. */
type Mode = { kind: 'off'; because?: 'hidden' } | { kind: 'live' } | { kind: 'asking' } | { kind: 'kept'; at: number }

const keptShown = 24

export function Camera({ seen }: { seen: Seen }) {
  const { words } = useSpeech()
  const { me } = useReader()
  const now = useNow()
  const [mode, setMode] = useState<Mode>({ kind: 'off' })
  const { site, machine, link } = seen
  const { id, name, cameraTurn } = machine.declaration
  const atSchool = me.scope.kind === 'school'
  const first: Mode = { kind: atSchool ? 'live' : 'asking' }
  const shown = mode.kind !== 'off'
  useEffect(() => {
    if (!shown) return
    const hidden = () => {
      if (document.visibilityState === 'hidden') setMode({ kind: 'off', because: 'hidden' })
    }
    document.addEventListener('visibilitychange', hidden)
    return () => document.removeEventListener('visibilitychange', hidden)
  }, [shown])
  return (
    <section className="panel" aria-labelledby="camera">
      <div className="panel-head">
        <h2 id="camera">{words.camera.title}</h2>
      </div>
      <div className="panel-body stack">
        {mode.kind === 'off' ? (
          <>
            <p className="second">{mode.because === 'hidden' ? words.camera.paused : words.camera.about}</p>
            <div>
              <Button variant="default" size="md" onClick={() => setMode(first)}>
                {words.camera.show}
              </Button>
            </div>
          </>
        ) : (
          <>
            {mode.kind === 'live' ? (
              <>
                <Frame
                  src={`${cameraPath(site, id)}/stream`}
                  turn={cameraTurn}
                  alt={words.camera.alt(name)}
                  onError={() => setMode({ kind: 'asking' })}
                />
                <p className="small second">{words.camera.live}</p>
              </>
            ) : null}
            {mode.kind === 'asking' ? (
              <Asking site={site} machine={id} turn={cameraTurn} alt={words.camera.alt(name)} sure={isSure(link, now)} />
            ) : null}
            {mode.kind === 'kept' ? <Kept site={site} machine={id} at={mode.at} turn={cameraTurn} alt={words.camera.alt(name)} /> : null}
            <div className="row">
              {mode.kind === 'kept' ? (
                <Button variant="default" size="md" onClick={() => setMode(first)}>
                  {words.camera.now}
                </Button>
              ) : null}
              <Button variant="default" size="md" onClick={() => setMode({ kind: 'off' })}>
                {words.camera.hide}
              </Button>
            </div>
            {atSchool ? <KeptList site={site} machine={id} onChoose={at => setMode({ kind: 'kept', at })} /> : null}
          </>
        )}
        <p className="small quiet">{words.camera.bedOnly}</p>
      </div>
    </section>
  )
}

type FrameProps = { src: string | undefined; turn: number | undefined; alt: string; onError?: () => void; children?: string }

function Frame({ src, turn, alt, onError, children }: FrameProps) {
  const image = useRef<HTMLImageElement>(null)
  // A browser may go on receiving a stream for a picture that is no longer on the page.
  useEffect(() => {
    const shown = image.current
    return () => shown?.removeAttribute('src')
  }, [])
  return (
    <div className={turn === 90 || turn === 270 ? 'camera-frame camera-upright' : 'camera-frame'}>
      {src === undefined ? (
        <p className="camera-empty">{children}</p>
      ) : (
        <img ref={image} src={src} alt={alt} onError={onError} style={turn === undefined ? undefined : { rotate: `${turn}deg` }} />
      )}
    </div>
  )
}

type AskingProps = { site: string; machine: string; turn: number | undefined; alt: string; sure: boolean }

/** One picture after another, each asked for when the one before has come. */
function Asking({ site, machine, turn, alt, sure }: AskingProps) {
  const { words, forms, say } = useSpeech()
  useNow()
  const [last, setLast] = useState<Look & { kind: 'picture' }>()
  const [trouble, setTrouble] = useState<Exclude<Look, { kind: 'picture' }>>()
  useEffect(() => {
    const stop = new AbortController()
    let shown: string | undefined
    const go = async () => {
      while (!stop.signal.aborted) {
        const looked = await look(site, machine, stop.signal)
        if (stop.signal.aborted) {
          if (looked.kind === 'picture') URL.revokeObjectURL(looked.url)
          return
        }
        if (looked.kind === 'picture') {
          if (shown !== undefined) URL.revokeObjectURL(shown)
          shown = looked.url
          setLast(looked)
          setTrouble(undefined)
        } else setTrouble(looked)
        await pause(lookEveryMs, stop.signal)
      }
    }
    void go()
    return () => {
      stop.abort()
      if (shown !== undefined) URL.revokeObjectURL(shown)
    }
  }, [site, machine])
  const age = last === undefined ? '' : forms.age(last.takenAt, Date.now())
  const stale = last !== undefined && (trouble !== undefined || !sure)
  return (
    <>
      <Frame src={last?.url} turn={turn} alt={alt}>
        {trouble === undefined ? words.camera.loading : trouble.kind === 'none' ? words.camera.none : words.camera.broken}
      </Frame>
      {last === undefined ? null : <p className="small second figures">{stale ? words.camera.old(age) : words.camera.age(age)}</p>}
      <div role="status">
        {sure ? null : <p className="note tone-attention">{words.camera.silent}</p>}
        {trouble?.kind === 'denied' ? (
          <p className="note tone-attention">
            {say(trouble.denial.text)} {trouble.denial.help === undefined ? '' : say(trouble.denial.help)}
          </p>
        ) : null}
      </div>
    </>
  )
}

function Kept({ site, machine, at, turn, alt }: { site: string; machine: string; at: number; turn: number | undefined; alt: string }) {
  const { words, forms } = useSpeech()
  const now = useNow()
  return (
    <>
      <Frame src={`${cameraPath(site, machine)}/kept/${at}`} turn={turn} alt={alt} />
      <p className="small second figures">{words.camera.age(forms.age(at, now))}</p>
    </>
  )
}

function KeptList({ site, machine, onChoose }: { site: string; machine: string; onChoose: (at: number) => void }) {
  const { words, forms } = useSpeech()
  const now = useNow()
  const [kept, setKept] = useState<number[]>([])
  useEffect(() => {
    let here = true
    void readKept(site, machine).then(instants => here && setKept(instants.slice(0, keptShown)))
    return () => {
      here = false
    }
  }, [site, machine])
  if (kept.length === 0) return null
  return (
    <div className="stack" style={{ gap: 6 }}>
      <h3 className="small">{words.camera.kept}</h3>
      <ul className="plain row">
        {kept.map(at => (
          <li key={at}>
            <Button variant="default" size="md" onClick={() => onChoose(at)}>
              {forms.clock(at, now)}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  )
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
