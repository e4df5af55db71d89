// Fetches a program's tool path when it is looked at, and its drawing code only then: in bytes for a graphics card, else as JSON for any browser.
import { Skeleton } from '@mantine/core'
import { lazy, Suspense, useCallback, useEffect, useState } from 'react'
import type { Preview } from '../../../protocols/contract/screen.ts'
import type { Toolpath as Path } from '../../../protocols/contract/toolpath.ts'
import { readPath, readPreview } from '../live/server.ts'
import { useSpeech } from '../words/speech.tsx'
import type { Pinned } from './Pin.tsx'

const PathView = lazy(async () => ({ default: (await import('./PathView.tsx')).PathView }))
const Toolpath = lazy(async () => ({ default: (await import('./Toolpath.tsx')).Toolpath }))

/** From a distant school the preview arrives a little after the check's answer: asked for again this often, this many times. */
const retryMs = 2000
const retriesMax = 5

type Found = { kind: 'path'; path: Path } | { kind: 'preview'; preview: Preview } | { kind: 'none' }

/** `done`: share of the program's time already worked, 0…1; undefined where it does not run. */
export function LazyToolpath({
  sha256,
  done,
  height,
  mark,
  onMark,
}: Pinned & { sha256: string; done?: number | undefined; height: number }) {
  const { words } = useSpeech()
  const [found, setFound] = useState<Found>()
  const [plain, setPlain] = useState(() => !hasWebGl())
  useEffect(() => {
    let left = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = async (tries: number) => {
      const next = await read(sha256, plain)
      if (left) return
      if (next !== undefined) setFound(next)
      else if (tries < retriesMax) timer = setTimeout(() => void look(tries + 1), retryMs)
      else setFound({ kind: 'none' })
    }
    setFound(undefined)
    void look(0)
    return () => {
      left = true
      clearTimeout(timer)
    }
  }, [sha256, plain])
  // The graphics card is gone or never came: the plain canvas does it.
  const lost = useCallback(() => setPlain(true), [])
  const waiting = (
    <div aria-busy="true">
      <Skeleton height={height} radius={10} />
      <span className="sr-only">{words.preview.loading}</span>
    </div>
  )
  if (found === undefined) return waiting
  if (isEmpty(found)) {
    return (
      <p className="no-preview quiet small" style={{ minHeight: height / 2 }}>
        {words.preview.none}
      </p>
    )
  }
  return (
    <Suspense fallback={waiting}>
      {found.kind === 'path' ? (
        <PathView key={sha256} path={found.path} done={done} height={height} onLost={lost} mark={mark} onMark={onMark} />
      ) : null}
      {found.kind === 'preview' ? <Toolpath preview={found.preview} done={done} height={height} mark={mark} onMark={onMark} /> : null}
    </Suspense>
  )
}

function isEmpty(found: Found): boolean {
  if (found.kind === 'path') return found.path.count < 2
  return found.kind === 'none' || found.preview.points.length < 6
}

async function read(sha256: string, plain: boolean): Promise<Found | undefined> {
  const path = plain ? undefined : await readPath(sha256)
  if (path !== undefined) return { kind: 'path', path }
  const preview = await readPreview(sha256)
  return preview === undefined ? undefined : { kind: 'preview', preview }
}

let known: boolean | undefined

function hasWebGl(): boolean {
  if (known === undefined) {
    const gl = document.createElement('canvas').getContext('webgl2')
    known = gl !== null
    gl?.getExtension('WEBGL_lose_context')?.loseContext()
  }
  return known
}
