// Where the firmware's settings are not the model's: each with both figures, and a technician's word that it is right so.
import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Condition } from '../../../protocols/contract/condition.ts'
import type { Difference } from '../../../protocols/contract/difference.ts'
import { tellDone, tellTrouble, troubleText } from '../asking.tsx'
import { read, send, settleCondition } from '../live/server.ts'
import { useSpeech } from '../words/speech.tsx'

export function Differences({ site, machine, differences }: { site: string; machine: string; differences: readonly Difference[] }) {
  const { words, say, language } = useSpeech()
  const { differences: said } = words.care
  /** `12.5 mm/s` in the reader's way of writing it. */
  const figure = (text: string) => {
    const [value = '', unit = ''] = text.split(' ')
    return `${language === 'ru' ? value.replace('.', ',') : value} ${said.units[unit] ?? unit}`.trim()
  }
  return (
    <section className="panel" aria-labelledby="differences">
      <div className="panel-head">
        <h2 id="differences">{said.title}</h2>
        {differences.length === 0 ? null : <span className="count">{differences.length}</span>}
      </div>
      <div className="panel-body stack">
        {differences.length === 0 ? (
          <p className="quiet">{said.nothing}</p>
        ) : (
          <>
            <div className="settings differences">
              <table>
                <thead>
                  <tr>
                    <th scope="col">{said.setting}</th>
                    <th scope="col">{said.model}</th>
                    <th scope="col">{said.machine}</th>
                  </tr>
                </thead>
                <tbody>
                  {differences.map(({ setting, what, model, machine: is }) => (
                    <tr key={setting}>
                      <td>
                        {say(what)} <code className="quiet">{setting}</code>
                      </td>
                      <td className="figures">{figure(model)}</td>
                      <td className="figures">
                        <strong>{figure(is)}</strong>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <Approve site={site} machine={machine} told={JSON.stringify(differences)} />
          </>
        )}
      </div>
    </section>
  )
}

/** `told`: asked anew whenever the differences change. */
function Approve({ site, machine, told }: { site: string; machine: string; told: string }) {
  const speech = useSpeech()
  const { words } = speech
  const { differences: said } = words.care
  const [condition, setCondition] = useState<Condition | 'none'>()
  const [reason, setReason] = useState('')
  const [missing, setMissing] = useState(false)
  const [busy, setBusy] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: other differences are another question
  useEffect(() => {
    let gone = false
    void readSettingsCondition(site, machine).then(found => {
      if (!gone) setCondition(found ?? 'none')
    })
    return () => {
      gone = true
    }
  }, [site, machine, told])
  if (condition === undefined) return null
  if (condition === 'none') return <p className="small quiet">{said.settled}</p>
  const approve = async (event: FormEvent) => {
    event.preventDefault()
    setMissing(reason.trim() === '')
    if (reason.trim() === '') return input.current?.focus()
    setBusy(true)
    const trouble = await settleCondition(condition.id, { kind: 'approve', reason: reason.trim(), machine })
    setBusy(false)
    if (trouble !== undefined) return tellTrouble(troubleText(trouble, speech), speech)
    tellDone(said.approved, speech)
    setCondition('none')
  }
  return (
    <form className="stack" onSubmit={approve}>
      <TextInput
        ref={input}
        label={said.reason}
        placeholder={said.reasonHint}
        maxLength={200}
        value={reason}
        error={missing ? said.reasonMissing : null}
        onChange={event => {
          setReason(event.currentTarget.value)
          setMissing(false)
        }}
      />
      <div>
        <Button type="submit" variant="default" loading={busy}>
          {said.approve}
        </Button>
      </div>
    </form>
  )
}

/** The condition of this school's settings, where this machine is in it and nobody has settled it. */
async function readSettingsCondition(site: string, machine: string): Promise<Condition | undefined> {
  const answer = read<{ conditions: Condition[] }>(await send('/api/v1/conditions'))
  if ('trouble' in answer) return undefined
  return answer.conditions.find(
    ({ site: of, cause, machines }) => of === site && cause === 'settings' && machines.some(one => one.machine === machine),
  )
}
