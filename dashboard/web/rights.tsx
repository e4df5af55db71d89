// Who looks and what they are offered: the same judge as the school's (protocols/contract/rights.ts), asked before a button is drawn.
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { Ask } from '../../protocols/contract/command.ts'
import type { Author, Job } from '../../protocols/contract/job.ts'
import type { MachineKind } from '../../protocols/contract/machine.ts'
import { judge } from '../../protocols/contract/rights.ts'
import type { Me } from '../../protocols/contract/screen.ts'

/** no: not offered at all. at-machine: may, but only standing there, on the school's own screen; said instead of the button. */
export type Offer = 'yes' | 'at-machine' | 'no'

/** What the ask is about, as far as the judge cares; `target`: of a heater, °C. */
export type About = { machineKind?: MachineKind; job?: Job; target?: number }

export type Reader = {
  me: Me & { author: Author }
  offer(kind: Ask['kind'], about?: About): Offer
  /** Asks the server anew who looks: something of it changed, such as a PIN. */
  readAgain(): void
}

const ReaderContext = createContext<Reader | undefined>(undefined)

type ReaderProps = { me: Me & { author: Author }; readAgain: () => void; children: ReactNode }

export function ReaderProvider({ me, readAgain, children }: ReaderProps) {
  const reader = useMemo<Reader>(() => ({ me, offer: (kind, about) => offerFor(me, kind, about), readAgain }), [me, readAgain])
  return <ReaderContext value={reader}>{children}</ReaderContext>
}

export function useReader(): Reader {
  const reader = useContext(ReaderContext)
  if (reader === undefined) throw new Error('useReader outside ReaderProvider')
  return reader
}

function offerFor(me: Me & { author: Author }, kind: Ask['kind'], about?: About): Offer {
  const denial = judge(
    me.author,
    { kind, ...(about?.target === undefined ? {} : { target: about.target }) },
    {
      origin: me.scope.kind,
      ...(about?.job && { jobAuthor: about.job.author.id }),
      ...(about?.machineKind && { machineKind: about.machineKind }),
    },
  )
  if (denial === undefined) return 'yes'
  return denial.code === 'only-at-the-machine' ? 'at-machine' : 'no'
}
