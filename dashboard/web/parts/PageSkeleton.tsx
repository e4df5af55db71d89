// Grey shapes where the page will be, so that nothing jumps when it comes.
import { Skeleton } from '@mantine/core'
import { useSpeech } from '../words/speech.tsx'

export function PageSkeleton() {
  const { words } = useSpeech()
  return (
    <div className="page" aria-busy="true">
      <span className="sr-only">{words.link.connecting}</span>
      <Skeleton height={30} width="min(320px, 70%)" mb={22} />
      <div className="school-columns">
        <div className="stack">
          <Skeleton height={120} radius={12} />
          <Skeleton height={220} radius={12} />
        </div>
        <div className="machine-grid">
          <Skeleton height={150} radius={12} />
          <Skeleton height={150} radius={12} />
          <Skeleton height={150} radius={12} />
          <Skeleton height={150} radius={12} />
        </div>
      </div>
    </div>
  )
}
