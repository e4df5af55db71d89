// While the school looks a file through: how far it is, where this is the school's own screen.
import { useEffect, useState } from 'react'
import type { Progress } from '../../../protocols/contract/screen.ts'
import { readProgress } from '../live/server.ts'
import { ProgressBar } from '../parts/Progress.tsx'
import { useSpeech } from '../words/speech.tsx'

/** Small files are done before anybody looks; a large one moves visibly at this pace. */
const askMs = 300

export function Checking({ sha256 }: { sha256: string }) {
  const { words, forms } = useSpeech()
  const [progress, setProgress] = useState<Progress>()
  useEffect(() => {
    let left = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = async () => {
      const now = await readProgress(sha256)
      if (left) return
      if (now !== undefined) setProgress(now)
      timer = setTimeout(() => void look(), askMs)
    }
    timer = setTimeout(() => void look(), askMs)
    return () => {
      left = true
      clearTimeout(timer)
    }
  }, [sha256])
  if (progress === undefined || progress.stage === 'waiting') {
    return (
      <div className="stack" style={{ gap: 8 }} aria-live="off">
        <p className="figures">
          <strong>{words.submit.checking}</strong>
        </p>
        <div className="bar endless" aria-hidden="true">
          <span />
        </div>
        <p className="small quiet figures">{progress === undefined ? words.submit.checkingHint : words.submit.checkingWaits}</p>
      </div>
    )
  }
  const share = progress.total === 0 ? 0 : Math.min(1, progress.done / progress.total)
  const title = progress.stage === 'unpacking' ? words.submit.unpacking : words.submit.checking
  return (
    <div className="stack" style={{ gap: 8 }} aria-live="off">
      <p className="figures">
        <strong>{`${title} ${forms.percent(share)}`}</strong>
      </p>
      <ProgressBar fraction={share} label={title} />
      <p className="small quiet figures">{words.submit.uploaded(forms.bytes(progress.done), forms.bytes(progress.total))}</p>
    </div>
  )
}
