// The course of one file from the person's disk to a checked program.
import { useCallback, useEffect, useState } from 'react'
import type { Reply } from '../../../protocols/contract/command.ts'
import type { Program } from '../../../protocols/contract/program.ts'
import type { Upload } from '../../../protocols/contract/screen.ts'
import type { Denial } from '../../../protocols/contract/words.ts'
import { type Asked, ask, askAgain, type Trouble, upload } from '../live/server.ts'
import { useLive } from '../live/use.tsx'

export type Step =
  | { step: 'uploading'; sentBytes: number }
  | { step: 'empty' }
  /** A folder, or a file that cannot be read any more. */
  | { step: 'unreadable' }
  | { step: 'undelivered'; trouble: Trouble }
  | { step: 'checking'; upload: Upload }
  /** The school does not answer now; the check goes on when it does. */
  | { step: 'waiting'; upload: Upload }
  | { step: 'refused'; upload: Upload; denial: Denial }
  | { step: 'checked'; upload: Upload; program: Program }

/** How often a silent school is asked again, beside listening for its answer. */
const askAgainMs = 5000

/** Uploads and checks the file; a new attempt begins it anew. Leaving stops the upload. */
export function useSubmission(site: string, file: File): { step: Step; retry: () => void } {
  const live = useLive()
  const [step, setStep] = useState<Step>({ step: 'uploading', sentBytes: 0 })
  const [attempt, setAttempt] = useState(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt is the same file begun anew
  useEffect(() => {
    const leaving = new AbortController()
    const set = (next: Step) => {
      if (!leaving.signal.aborted) setStep(next)
    }
    const check = async (stored: Upload) => {
      set({ step: 'checking', upload: stored })
      const { sha256, name, size } = stored
      const asked = await ask(site, { kind: 'program.check', sha256, name, size })
      const step = stepOf(asked, stored)
      set(step)
      if (step.step !== 'waiting') return
      const command = commandOf(asked)
      if (command === undefined || leaving.signal.aborted) return
      const settle = (reply: Reply) => {
        if (reply.command !== command || reply.outcome === 'accepted') return
        stop()
        set(stepOf({ outcome: 'replied', reply }, stored))
      }
      const unlisten = live.onReply(settle)
      const timer = setInterval(async () => {
        const again = await askAgain(site, command)
        if (again.outcome === 'replied') settle(again.reply)
      }, askAgainMs)
      const stop = () => {
        unlisten()
        clearInterval(timer)
      }
      leaving.signal.addEventListener('abort', stop, { once: true })
    }
    const begin = async () => {
      set({ step: 'uploading', sentBytes: 0 })
      const readable = await isReadable(file)
      if (!readable) return set({ step: 'unreadable' })
      if (file.size === 0) return set({ step: 'empty' })
      const answer = await upload(file, sentBytes => set({ step: 'uploading', sentBytes }), leaving.signal)
      if (leaving.signal.aborted) return
      if ('trouble' in answer) return set({ step: 'undelivered', trouble: answer })
      await check(answer)
    }
    void begin()
    return () => leaving.abort()
  }, [site, file, live, attempt])

  return { step, retry: useCallback(() => setAttempt(before => before + 1), []) }
}

function stepOf(asked: Asked, stored: Upload): Step {
  switch (asked.outcome) {
    case 'failed':
      return { step: 'undelivered', trouble: asked }
    case 'waiting':
      return { step: 'waiting', upload: stored }
    case 'replied':
      if (asked.reply.outcome === 'refused') return { step: 'refused', upload: stored, denial: asked.reply.denial }
      if (asked.reply.outcome === 'done' && asked.reply.program !== undefined) {
        return { step: 'checked', upload: stored, program: asked.reply.program }
      }
      return { step: 'waiting', upload: stored }
  }
}

function commandOf(asked: Asked): string | undefined {
  if (asked.outcome === 'waiting') return asked.command
  return asked.outcome === 'replied' ? asked.reply.command : undefined
}

/** A dropped folder pretends to be a file until it is read. */
async function isReadable(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer()
    return true
  } catch {
    return false
  }
}
