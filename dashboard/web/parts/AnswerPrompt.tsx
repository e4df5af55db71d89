// The question a firmware asked, with its own buttons.
import { Button } from '@mantine/core'
import type { MachinePicture } from '../../../protocols/contract/screen.ts'
import { useAsking } from '../asking.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'

/** Draws nothing where the machine asks nothing. */
export function AnswerPrompt({ site, machine }: { site: string; machine: MachinePicture }) {
  const { words } = useSpeech()
  const { offer } = useReader()
  const { ask, asking } = useAsking(site)
  const { state, declaration } = machine
  if (state.state !== 'attention' || state.prompt === undefined || state.prompt.buttons.length === 0) return null
  const offered = offer('machine.answer', { machineKind: declaration.kind })
  if (offered === 'no') return null
  if (offered === 'at-machine') return <p className="small second">{words.waits.startAtMachine}</p>
  const { title, buttons } = state.prompt
  return (
    <fieldset className="bare row" aria-label={`${words.machine.answer}: ${title}`}>
      {buttons.slice(0, 10).map((button, choice) => {
        const what = { kind: 'machine.answer', machine: declaration.id, choice } as const
        return (
          <Button
            // biome-ignore lint/suspicious/noArrayIndexKey: the index is the answer itself
            key={choice}
            variant={choice === 0 ? 'filled' : 'default'}
            loading={asking(what)}
            onClick={() => ask(what)}
          >
            {button}
          </Button>
        )
      })}
    </fieldset>
  )
}
