// Choosing a PIN: the digits, and the password so that a screen left open gives nobody one.
import { Button, Modal, PasswordInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { tellDone, troubleText } from '../asking.tsx'
import { FocusBack } from '../parts/focus-back.ts'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { setPin } from './server.ts'

export function PinDialog({ opened, onClose, onSaved }: { opened: boolean; onClose: () => void; onSaved: () => void }) {
  const speech = useSpeech()
  const { words } = speech
  const { me } = useReader()
  const title = me.pin?.set === true ? words.people.pinChange : words.people.pinSet
  return (
    <Modal opened={opened} onClose={onClose} title={title} centered closeButtonProps={{ 'aria-label': words.submit.close }}>
      <FocusBack />
      <PinForm
        onClose={onClose}
        onSaved={() => {
          tellDone(words.people.pinSaved, speech)
          onSaved()
          onClose()
        }}
      />
    </Modal>
  )
}

function PinForm({ onClose, onSaved }: { onClose: () => void; onSaved: () => void }) {
  const speech = useSpeech()
  const { words } = speech
  const [pin, setDigits] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [complaint, setComplaint] = useState<string>()
  const save = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    const trouble = await setPin(pin, password)
    setBusy(false)
    if (trouble === undefined) onSaved()
    else setComplaint(troubleText(trouble, speech))
  }
  return (
    <form className="stack" onSubmit={save}>
      <p className="second">{words.people.pinAbout}</p>
      <PinField label={words.people.pinNew} value={pin} onValue={setDigits} />
      <PasswordInput
        label={words.people.pinPassword}
        value={password}
        onChange={event => setPassword(event.currentTarget.value)}
        autoComplete="current-password"
        required
        withAsterisk={false}
      />
      <div role="alert">{complaint === undefined ? null : <p className="note tone-fault">{complaint}</p>}</div>
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>
          {words.people.cancel}
        </Button>
        <Button type="submit" loading={busy} disabled={pin.length < 4}>
          {words.people.pinSet}
        </Button>
      </div>
    </form>
  )
}

/** Digits only, with the telephone's number pad; never remembered by the browser. */
export function PinField({ label, value, onValue }: { label: string; value: string; onValue: (pin: string) => void }) {
  return (
    <PasswordInput
      label={label}
      value={value}
      onChange={event => onValue(event.currentTarget.value.replace(/\D/g, '').slice(0, 8))}
      inputMode="numeric"
      autoComplete="off"
      data-autofocus
      required
      withAsterisk={false}
    />
  )
}
