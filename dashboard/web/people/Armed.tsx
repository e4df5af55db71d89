// An armed machine: press its own button, so long it waits, and the way to call it off.
import { Button } from '@mantine/core'
import { buttonWaitMs } from '../../../protocols/contract/arm.ts'
import type { MachineDeclaration, MachineState } from '../../../protocols/contract/machine.ts'
import { useAsking } from '../asking.tsx'
import { useNow } from '../live/use.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'

type Props = { site: string; machine: { declaration: MachineDeclaration; state: MachineState } }

/** Draws nothing where the machine waits for anything else. */
export function Armed({ site, machine }: Props) {
  const { words } = useSpeech()
  const { offer } = useReader()
  const { ask, asking } = useAsking(site)
  const now = useNow()
  const { state, declaration } = machine
  if (!isArmed(state)) return null
  const leftSeconds = Math.ceil((state.since + buttonWaitMs - now) / 1000)
  const stop = { kind: 'machine.stop', machine: declaration.id } as const
  return (
    <div className="note tone-attention stack" style={{ gap: 8 }}>
      <p>
        <strong>{words.arm.press}</strong>
      </p>
      <p className="figures" role="timer" aria-live="off">
        {leftSeconds > 0 ? words.arm.left(clock(Math.min(leftSeconds, buttonWaitMs / 1000))) : words.arm.over}
      </p>
      <p className="small second">{words.arm.still}</p>
      {offer('machine.stop', { machineKind: declaration.kind }) === 'yes' ? (
        <div>
          <Button variant="default" size="md" loading={asking(stop)} onClick={() => void ask(stop)}>
            {words.arm.cancel}
          </Button>
        </div>
      ) : null}
    </div>
  )
}

export function isArmed(state: MachineState): boolean {
  return state.state === 'attention' && state.why === 'button'
}

/** 97 → 1:37 */
function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
