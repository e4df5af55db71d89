// How far a running job is: a bar, the share, what is left and the clock time of its end.
import type { Telemetry } from '../../../protocols/contract/machine.ts'
import { useNow } from '../live/use.tsx'
import { useSpeech } from '../words/speech.tsx'

type Known = NonNullable<Telemetry['progress']>

export function ProgressBar({ fraction, label }: { fraction: number; label: string }) {
  const whole = Math.floor(fraction * 100)
  return (
    <div className="bar" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={whole}>
      <span style={{ width: `${Math.min(100, fraction * 100)}%` }} />
    </div>
  )
}

export function JobProgress({ progress, at, label }: { progress: Known; at: number; label: string }) {
  const { words, forms } = useSpeech()
  // In minutes until the last two of them.
  const now = useNow((progress.remainingSeconds ?? 0) > 120 ? 5 : 1)
  // The figure is as old as its telemetry: what has passed since then is already gone from what is left.
  const left = progress.remainingSeconds === undefined ? undefined : Math.max(0, progress.remainingSeconds - Math.max(0, now - at) / 1000)
  return (
    <div className="job-progress">
      <ProgressBar fraction={progress.fraction} label={label} />
      <p className="small second figures job-progress-line">
        <strong>{forms.percent(progress.fraction)}</strong>
        {left === undefined ? <span>{words.progress.unknown}</span> : <span>{words.progress.remaining(forms.duration(left))}</span>}
        {left === undefined ? null : <span>{words.progress.doneAt(forms.clock(now + left * 1000, now))}</span>}
        {progress.layer === undefined || progress.layer < 1 ? null : (
          <span>
            {progress.layers === undefined
              ? words.progress.layerOnly(progress.layer)
              : words.progress.layer(progress.layer, progress.layers)}
          </span>
        )}
      </p>
    </div>
  )
}
