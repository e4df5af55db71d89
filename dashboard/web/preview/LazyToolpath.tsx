// Fetches a program's tool path when it is looked at, and its drawing code only then.
import { Skeleton } from '@mantine/core'
import { lazy, Suspense, useEffect, useState } from 'react'
import type { Preview } from '../../../protocols/contract/screen.ts'
import { readPreview } from '../live/server.ts'
import { useSpeech } from '../words/speech.tsx'

const Toolpath = lazy(async () => ({ default: (await import('./Toolpath.tsx')).Toolpath }))

/** From a distant school the preview arrives a little after the check's answer: asked for again this often, this many times. */
const retryMs = 2000
const retriesMax = 5

/** `done`: share of the program's time already worked, 0…1; undefined where it does not run. */
export function LazyToolpath({ sha256, done, height }: { sha256: string; done?: number | undefined; height: number }) {
  const { words } = useSpeech()
  const [preview, setPreview] = useState<Preview | 'none'>()
  useEffect(() => {
    let left = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = async (tries: number) => {
      const found = await readPreview(sha256)
      if (left) return
      if (found !== undefined) setPreview(found)
      else if (tries < retriesMax) timer = setTimeout(() => void look(tries + 1), retryMs)
      else setPreview('none')
    }
    setPreview(undefined)
    void look(0)
    return () => {
      left = true
      clearTimeout(timer)
    }
  }, [sha256])
  const waiting = (
    <div aria-busy="true">
      <Skeleton height={height} radius={10} />
      <span className="sr-only">{words.preview.loading}</span>
    </div>
  )
  if (preview === undefined) return waiting
  if (preview === 'none' || preview.points.length < 6) {
    return (
      <p className="no-preview quiet small" style={{ minHeight: height / 2 }}>
        {words.preview.none}
      </p>
    )
  }
  return (
    <Suspense fallback={waiting}>
      <Toolpath preview={preview} done={done} height={height} />
    </Suspense>
  )
}
