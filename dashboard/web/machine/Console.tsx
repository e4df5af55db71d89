// A line straight to the machine, and what its firmware said to it. For technicians; every line is in the journal of actions.
import { Button, TextInput } from '@mantine/core'
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { Reply } from '../../../protocols/contract/command.ts'
import { tellDone, tellTrouble, troubleText, useAsking } from '../asking.tsx'
import { useLive } from '../live/use.tsx'
import { type Speech, useSpeech } from '../words/speech.tsx'
import '../styles/console.css'

/** Of a sitting; the journal keeps the lines for good. */
const talksMax = 50

/** `waits`: the command's id while its answer is still to come. */
type Talk = { key: number; line: string; heard: readonly string[]; ended: string; waits?: string }

export function Console({ site, machine }: { site: string; machine: string }) {
  const speech = useSpeech()
  const { words } = speech
  const { console: said } = words.care
  const live = useLive()
  const { ask } = useAsking(site)
  const [line, setLine] = useState('')
  const [talks, setTalks] = useState<readonly Talk[]>([])
  /** Counted back from the last line; -1 is the line being typed. */
  const [back, setBack] = useState(-1)
  const log = useRef<HTMLDivElement>(null)
  const next = useRef(0)
  useEffect(() => {
    // The newest stands at the bottom, as in every terminal.
    if (talks.length > 0) log.current?.scrollTo({ top: log.current.scrollHeight })
  }, [talks])
  // A long answer (homing, M303) comes after the page stopped waiting for it.
  useEffect(
    () =>
      live.onReply(reply => {
        if (reply.outcome === 'accepted') return
        setTalks(before => before.map(talk => (talk.waits === reply.command ? answered(talk, reply, speech) : talk)))
      }),
    [live, speech],
  )

  const send = async (event: FormEvent) => {
    event.preventDefault()
    const text = line.trim()
    if (text === '') return
    setLine('')
    setBack(-1)
    next.current += 1
    const talk: Talk = { key: next.current, line: text, heard: [], ended: said.waits }
    setTalks(before => [...before, talk].slice(-talksMax))
    const asked = await ask({ kind: 'machine.console', machine, line: text })
    const after = (one: Talk): Talk => {
      if (asked.outcome === 'failed') return { ...one, ended: troubleText(asked, speech) }
      if (asked.outcome === 'replied') return answered(one, asked.reply, speech)
      const reply = live.repliedTo(asked.command)
      return reply === undefined ? { ...one, waits: asked.command } : answered(one, reply, speech)
    }
    setTalks(before => before.map(one => (one.key === talk.key ? after(one) : one)))
  }
  const browse = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
    const lines = [...new Set(talks.map(talk => talk.line).reverse())]
    const to = Math.max(-1, Math.min(lines.length - 1, back + (event.key === 'ArrowUp' ? 1 : -1)))
    if (to === back) return
    event.preventDefault()
    setBack(to)
    setLine(lines[to] ?? '')
  }
  const copy = async () => {
    const text = talks.map(talk => [`> ${talk.line}`, ...talk.heard, talk.ended].join('\n')).join('\n')
    // A school's own screen is plain HTTP, where browsers lend no clipboard.
    const copied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    )
    if (copied === true) tellDone(said.copied, speech)
    else tellTrouble(said.copyFailed, speech)
  }
  return (
    <section className="panel" aria-labelledby="console">
      <div className="panel-head">
        <h2 id="console">{words.machine.console}</h2>
      </div>
      <div className="panel-body stack">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
        <div ref={log} className="console-log" role="log" aria-label={said.log} tabIndex={0}>
          {talks.length === 0 ? <p className="quiet">{words.machine.consoleEmpty}</p> : null}
          {talks.map(talk => (
            <div key={talk.key} className="console-talk">
              <p className="console-line">{talk.line}</p>
              {talk.heard.length === 0 ? null : <pre>{talk.heard.join('\n')}</pre>}
              <p className="quiet">{talk.ended}</p>
            </div>
          ))}
        </div>
        <form className="row" onSubmit={send}>
          <TextInput
            aria-label={words.machine.consoleLine}
            value={line}
            maxLength={200}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            className="mono"
            style={{ flex: '1 1 180px' }}
            onKeyDown={browse}
            onChange={event => {
              setLine(event.currentTarget.value)
              setBack(-1)
            }}
          />
          <Button type="submit" variant="default">
            {words.machine.consoleSend}
          </Button>
        </form>
        <div className="row">
          <Button variant="subtle" color="gray" size="compact-md" disabled={talks.length === 0} onClick={copy}>
            {said.copy}
          </Button>
          <Button variant="subtle" color="gray" size="compact-md" disabled={talks.length === 0} onClick={() => setTalks([])}>
            {said.clear}
          </Button>
        </div>
        <p className="small quiet">{said.hint}</p>
      </div>
    </section>
  )
}

function answered({ waits: _, ...talk }: Talk, reply: Reply, { words, say }: Speech): Talk {
  const { console: said } = words.care
  const heard = ('heard' in reply && reply.heard) || []
  if (reply.outcome === 'refused') {
    const { text, detail } = reply.denial
    return { ...talk, heard, ended: detail === undefined ? say(text) : `${say(text)} (${detail})` }
  }
  return { ...talk, heard, ended: heard.length === 0 ? said.silent : said.ok }
}
