// The place of «С чего начать» on a page: empty where it is hidden, grey until it is there, so that nothing jumps.
import { Skeleton } from '@mantine/core'
import { type ComponentProps, lazy, Suspense } from 'react'
import { useReader } from '../rights.tsx'
import { useKept } from './kept.ts'

const Guide = lazy(async () => ({ default: (await import('./Guide.tsx')).Guide }))

export function GuidePlace(props: ComponentProps<typeof Guide>) {
  const { me } = useReader()
  const [{ hidden }] = useKept(me.author.id)
  if (hidden) return null
  return (
    <Suspense fallback={<Skeleton height={240} radius={12} mb={20} />}>
      <Guide {...props} />
    </Suspense>
  )
}
