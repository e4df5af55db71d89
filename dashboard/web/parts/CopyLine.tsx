// A line to take along: shown whole, copied by a button also where browsers withhold the clipboard.
import { Button, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useSpeech } from '../words/speech.tsx'
import '../styles/copy-line.css'

export function CopyLine({ label, value }: { label: string; value: string }) {
  const { words } = useSpeech()
  const field = useRef<HTMLInputElement>(null)
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2500)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value)
    } catch {
      // Browsers withhold the clipboard from plain HTTP, which a school's own screen is.
      field.current?.select()
      document.execCommand('copy')
    }
    setCopied(true)
  }
  return (
    <div className="copy-line">
      <TextInput ref={field} label={label} value={value} readOnly spellCheck={false} onFocus={event => event.currentTarget.select()} />
      <Button variant="default" aria-label={words.keys.copyOf(label)} onClick={copy}>
        <span aria-live="polite">{copied ? words.keys.copied : words.keys.copy}</span>
      </Button>
    </div>
  )
}
