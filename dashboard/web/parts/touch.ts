// Whether this reader points with a finger: then nothing can be dragged onto the page, and nobody is told to.
import { useMediaQuery } from '@mantine/hooks'

export function useTouch(): boolean {
  return useMediaQuery('(pointer: coarse)', false, { getInitialValueInEffect: false })
}
