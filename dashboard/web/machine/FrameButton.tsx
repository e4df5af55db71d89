// "Trace the frame" for a laser's next job: the beam stays dark, or shows a point of light where the model allows it.
import { Button } from '@mantine/core'
import type { Job } from '../../../protocols/contract/job.ts'
import type { MachineDeclaration } from '../../../protocols/contract/machine.ts'
import { useAsking } from '../asking.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'

type Props = { site: string; job: Job; machine: MachineDeclaration }

export function FrameButton({ site, job, machine }: Props) {
  const { words } = useSpeech()
  const { offer } = useReader()
  const { ask, asking } = useAsking(site)
  if (machine.kind !== 'laser' || offer('machine.frame', { machineKind: machine.kind }) !== 'yes') return null
  const what = { kind: 'machine.frame', machine: machine.id, job: job.id } as const
  return (
    <>
      <Button variant="default" size="md" loading={asking(what)} onClick={() => void ask(what)}>
        {words.machine.frame}
      </Button>
      <span className="small quiet">{words.machine.frameHint}</span>
    </>
  )
}
