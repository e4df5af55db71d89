// A named question before a deed that cannot be undone.
import { Button, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useSpeech } from '../words/speech.tsx'
import { FocusBack } from './focus-back.ts'

export type ConfirmProps = {
  opened: boolean
  title: string
  deed: string
  keep?: string
  busy?: boolean
  onKeep(): void
  onConfirm(): void
  children: ReactNode
}

export function Confirm({ opened, title, deed, keep, busy, onKeep, onConfirm, children }: ConfirmProps) {
  const { words } = useSpeech()
  return (
    <Modal opened={opened} onClose={onKeep} title={title} centered closeButtonProps={{ 'aria-label': words.submit.close }}>
      <FocusBack />
      <div className="stack">
        <div>{children}</div>
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onKeep}>
            {keep ?? words.asked.keep}
          </Button>
          <Button data-autofocus loading={busy ?? false} onClick={onConfirm}>
            {deed}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
