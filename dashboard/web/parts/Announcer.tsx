// Says aloud, politely and seldom, when a machine comes to want a person (WCAG 4.1.3); never percentages.
import { useEffect, useRef, useState } from 'react'
import type { MachinePicture } from '../../../protocols/contract/screen.ts'
import { asksForPerson, wantsPerson } from '../looks.ts'
import { useSpeech } from '../words/speech.tsx'

/** Not oftener than this, or a screen reader never gets to the page itself. */
const quietMs = 10_000

export function Announcer({ machines, sure }: { machines: Readonly<Record<string, MachinePicture>>; sure: boolean }) {
  const { words } = useSpeech()
  const [said, setSaid] = useState('')
  const known = useRef<ReadonlyMap<string, ReturnType<typeof wantedOf>>>(undefined)
  const waiting = useRef<string[]>([])
  useEffect(() => {
    if (!sure) return
    const now = new Map(Object.entries(machines).map(([id, machine]) => [id, wantedOf(machine)]))
    const before = known.current
    known.current = now
    // The first picture is what there is, not news.
    if (before === undefined) return
    for (const [id, wanted] of now) {
      const machine = machines[id]
      if (wanted !== '' && before.get(id) !== wanted && machine !== undefined) {
        waiting.current.push(words.say.state(machine.declaration.name, words.state[wanted]))
      }
    }
  }, [machines, sure, words])
  useEffect(() => {
    const timer = setInterval(() => {
      if (waiting.current.length > 0) setSaid(waiting.current.splice(0).slice(-4).join('. '))
    }, quietMs)
    return () => clearInterval(timer)
  }, [])
  return (
    <div className="sr-only" aria-live="polite">
      {said}
    </div>
  )
}

function wantedOf(machine: MachinePicture): MachinePicture['state']['state'] | '' {
  if (asksForPerson(machine)) return machine.state.state
  // People called: what the machine does meanwhile is no news.
  return wantsPerson(machine) ? 'attention' : ''
}
