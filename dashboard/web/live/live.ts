// The live picture of one view: watched over socket.io, patched by frames, kept with the moment it was last heard.
import { io, type Socket } from 'socket.io-client'
import type { Reply } from '../../../protocols/contract/command.ts'
import type { Frame, View, ViewSnapshot } from '../../../protocols/contract/screen.ts'
import type { Denial } from '../../../protocols/contract/words.ts'
import { applyFrame } from '../../fleet/picture.ts'

/** What a page sees of its view. Instants are by the browser's clock, except `at` inside the snapshot. */
export type Sight = { state: 'loading' } | { state: 'refused'; denial: Denial } | { state: 'seen'; snapshot: ViewSnapshot }

export type Connection = { state: 'connecting' } | { state: 'open' } | { state: 'lost'; heardAt: number }

export interface Live {
  /** Watches a view instead of the one before; what was seen of it earlier is shown until the server answers. */
  watch(view: View): void
  sight(view: View): Sight
  /** Server's clock minus the browser's, as of the last thing heard. */
  aheadMs(): number
  connection(): Connection
  /** Answers to commands of this account, wherever they were given. */
  onReply(heard: (reply: Reply) => void): () => void
  /** The last word on a command where it was heard lately: it may come before the server's "it takes longer" has. */
  repliedTo(command: string): Reply | undefined
  subscribe(changed: () => void): () => void
  retryNow(): void
  close(): void
}

/** Pages looked at lately whose last sight is kept, so that going back shows something at once. */
const rememberedViewsMax = 8
const rememberedRepliesMax = 50
/** How long a watch may go unanswered before it is asked again. */
const watchTimeoutMs = 8000

/** `signedOut` is told when the server does not know us any more. */
export function openLive(signedOut: () => void): Live {
  const socket: Socket = io({ path: '/socket.io', reconnectionDelay: 500, reconnectionDelayMax: 5000 })
  const listeners = new Set<() => void>()
  const replyListeners = new Set<(reply: Reply) => void>()
  let lastReplies: readonly Reply[] = []
  const seen = new Map<string, Sight>()
  let view: View | undefined
  let connection: Connection = { state: 'connecting' }
  let heardAt = Date.now()
  let aheadMs = 0

  const changed = () => {
    for (const listener of listeners) listener()
  }
  const remember = (key: string, sight: Sight) => {
    seen.delete(key)
    seen.set(key, sight)
    const oldest = seen.keys().next().value
    if (seen.size > rememberedViewsMax && oldest !== undefined) seen.delete(oldest)
  }

  const askForView = () => {
    if (view === undefined || !socket.connected) return
    const asked = view
    socket.timeout(watchTimeoutMs).emit('watch', asked, (error: Error | null, answer?: ViewSnapshot | { denial: Denial }) => {
      if (asked !== view) return
      if (error !== null || answer === undefined) {
        askForView()
        return
      }
      heardAt = Date.now()
      const key = keyOf(asked)
      if ('denial' in answer) remember(key, { state: 'refused', denial: answer.denial })
      else {
        aheadMs = answer.at - heardAt
        remember(key, { state: 'seen', snapshot: answer })
      }
      changed()
    })
  }

  socket.on('connect', () => {
    heardAt = Date.now()
    connection = { state: 'open' }
    askForView()
    changed()
  })
  const lost = () => {
    if (connection.state !== 'lost') connection = { state: 'lost', heardAt }
    changed()
  }
  socket.on('disconnect', reason => {
    lost()
    // The server closed us on purpose (its restart, or signing out): socket.io does not come back by itself then.
    if (reason === 'io server disconnect') setTimeout(() => socket.connect(), 1000)
  })
  socket.on('connect_error', error => {
    if (error.message === 'not-signed-in') {
      signedOut()
      return
    }
    lost()
    // Refused by the server rather than not reached: socket.io leaves the next try to us.
    if (!socket.active) setTimeout(() => socket.connect(), 2000)
  })
  socket.io.on('ping', () => {
    heardAt = Date.now()
  })
  socket.on('frame', (frame: Frame) => {
    heardAt = Date.now()
    if (view === undefined) return
    const key = keyOf(view)
    const before = seen.get(key)
    if (before?.state !== 'seen') return
    aheadMs = frame.at - heardAt
    remember(key, { state: 'seen', snapshot: applyFrame(before.snapshot, frame) })
    // Our machine was taken out of the school's file: the server says so when asked anew.
    if (view.kind === 'machine' && frame.machines?.[view.machine] === null) askForView()
    changed()
  })
  socket.on('reply', (reply: Reply) => {
    heardAt = Date.now()
    if (reply.outcome !== 'accepted') lastReplies = [...lastReplies, reply].slice(-rememberedRepliesMax)
    for (const heard of replyListeners) heard(reply)
  })

  const loading: Sight = { state: 'loading' }
  return {
    watch: next => {
      if (view !== undefined && keyOf(view) === keyOf(next)) return
      view = next
      askForView()
      changed()
    },
    sight: of => seen.get(keyOf(of)) ?? loading,
    aheadMs: () => aheadMs,
    connection: () => connection,
    onReply: heard => {
      replyListeners.add(heard)
      return () => replyListeners.delete(heard)
    },
    repliedTo: command => lastReplies.find(reply => reply.command === command),
    subscribe: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    retryNow: () => {
      socket.disconnect()
      socket.connect()
    },
    close: () => {
      listeners.clear()
      replyListeners.clear()
      socket.close()
    },
  }
}

function keyOf(view: View): string {
  switch (view.kind) {
    case 'city':
    case 'conditions':
      return view.kind
    case 'site':
      return `site/${view.site}`
    case 'machine':
      return `machine/${view.site}/${view.machine}`
  }
}
