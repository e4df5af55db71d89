// Asking a school for something from a button: one question at a time for each button, trouble told in one sentence.
import { notifications } from '@mantine/notifications'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'
import type { Ask, Reply } from '../../protocols/contract/command.ts'
import { type Asked, ask as askServer, type Trouble } from './live/server.ts'
import { useLive } from './live/use.tsx'
import { type Speech, useSpeech } from './words/speech.tsx'

export type Asking = {
  /** Sends the command; resolves with what came of it, after telling of any trouble. */
  ask(what: Ask): Promise<Asked>
  /** Whether this very question is on its way. */
  asking(what: Ask): boolean
}

const SignedOutContext = createContext<() => void>(() => undefined)

/** Hears that the server no longer knows us. */
export function SignedOutProvider({ signedOut, children }: { signedOut: () => void; children: ReactNode }) {
  return <SignedOutContext value={signedOut}>{children}</SignedOutContext>
}

export function useAsking(site: string): Asking {
  const speech = useSpeech()
  const signedOut = useContext(SignedOutContext)
  const [open, setOpen] = useState<readonly string[]>([])
  const live = useLive()
  const waiting = useWaiting()
  const ask = useCallback(
    async (what: Ask): Promise<Asked> => {
      const question = JSON.stringify(what)
      setOpen(before => [...before, question])
      const asked = await askServer(site, what)
      setOpen(before => before.filter(each => each !== question))
      tell(asked, speech, signedOut)
      if (asked.outcome === 'waiting') {
        const reply = live.repliedTo(asked.command)
        if (reply === undefined) waiting.current.add(asked.command)
        else if (reply.outcome === 'refused') tellRefusal(reply, speech)
      }
      return asked
    },
    [site, speech, signedOut, live, waiting],
  )
  return useMemo(() => ({ ask, asking: what => open.includes(JSON.stringify(what)) }), [ask, open])
}

/** Refusals of commands that a school answered late reach the person as well. */
function useWaiting() {
  const live = useLive()
  const speech = useSpeech()
  const waiting = useRef(new Set<string>())
  useEffect(
    () =>
      live.onReply(reply => {
        if (reply.outcome === 'accepted' || !waiting.current.delete(reply.command)) return
        if (reply.outcome === 'refused') tellRefusal(reply, speech)
      }),
    [live, speech],
  )
  return waiting
}

function tell(asked: Asked, speech: Speech, signedOut: () => void): void {
  switch (asked.outcome) {
    case 'replied':
      if (asked.reply.outcome === 'refused') tellRefusal(asked.reply, speech)
      return
    case 'waiting':
      notifications.show({ message: speech.words.asked.sent, color: 'gray', closeButtonProps: closeProps(speech) })
      return
    case 'failed':
      if (asked.trouble === 'signed-out') signedOut()
      tellTrouble(troubleText(asked, speech), speech)
      return
  }
}

function tellRefusal(reply: Reply & { outcome: 'refused' }, speech: Speech): void {
  const { denial } = reply
  tellTrouble(denial.help === undefined ? speech.say(denial.text) : `${speech.say(denial.text)} ${speech.say(denial.help)}`, speech)
}

/** One sentence for whatever went wrong on the way. */
export function troubleText(trouble: Trouble, { words, say }: Speech): string {
  switch (trouble.trouble) {
    case 'offline':
      return words.asked.offline
    case 'server':
      return words.asked.server
    case 'signed-out':
      return words.asked.signedOut
    case 'denied':
      return say(trouble.denial.text)
  }
}

export function tellTrouble(message: string, speech: Speech): void {
  notifications.show({
    title: speech.words.asked.refused,
    message,
    color: 'red',
    autoClose: 12_000,
    closeButtonProps: closeProps(speech),
  })
}

export function tellDone(message: string, speech: Speech): void {
  notifications.show({ message, color: 'gray', autoClose: 5000, closeButtonProps: closeProps(speech) })
}

function closeProps({ words }: Speech) {
  return { 'aria-label': words.asked.close }
}
