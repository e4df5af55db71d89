// For the technician: service, firmware and its settings, and a line straight to the machine.
import { Button, Switch, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Firmware } from '../../../protocols/contract/machine.ts'
import { troubleText, useAsking } from '../asking.tsx'
import type { Asked } from '../live/server.ts'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import type { Seen } from './seen.ts'

const consoleLinesMax = 50

export function Technical({ seen, site }: { seen: Seen; site: string }) {
  const { words, forms } = useSpeech()
  const { offer } = useReader()
  const { ask, asking } = useAsking(site)
  const { machine } = seen
  const { declaration, drain, inService, firmware, faults } = machine
  const service = { kind: 'machine.service', machine: declaration.id, on: !inService } as const
  const draining = { kind: 'machine.service', machine: declaration.id, on: true, after: 'job' } as const
  const about = { machineKind: declaration.kind }
  return (
    <div className="machine-columns">
      <div className="machine-column">
        <section className="panel panel-body">
          <Switch
            label={words.machine.service}
            description={words.machine.serviceHint}
            checked={inService}
            disabled={asking(service)}
            onChange={() => ask(service)}
          />
          {inService ? null : drain === true ? (
            <p className="small second">{words.health.draining}</p>
          ) : 'job' in machine.state && machine.state.state !== 'uncleared' ? (
            <Button variant="default" mt="sm" loading={asking(draining)} onClick={() => ask(draining)}>
              {words.health.drain}
            </Button>
          ) : null}
        </section>
        {faults.length === 0 ? null : <Faults seen={seen} />}
        {offer('machine.console', about) === 'yes' ? <Console site={site} machine={declaration.id} /> : null}
      </div>
      <section className="panel machine-column" aria-labelledby="firmware">
        <div className="panel-head">
          <h2 id="firmware">{words.machine.firmware}</h2>
        </div>
        <div className="panel-body stack">
          <dl className="facts small">
            <div className="fact">
              <dt>{words.machine.model}</dt>
              <dd>{declaration.modelName}</dd>
            </div>
            <div className="fact">
              <dt>{words.machine.area}</dt>
              <dd className="figures">
                {[declaration.area.x, declaration.area.y, declaration.area.z].map(side => forms.number(side)).join(' × ')} {words.unit.mm}
              </dd>
            </div>
            <div className="fact">
              <dt>{words.machine.dialect}</dt>
              <dd>{declaration.dialect}</dd>
            </div>
          </dl>
          {firmware === undefined ? <p className="quiet">{words.machine.firmwareUnknown}</p> : <FirmwareFacts firmware={firmware} />}
        </div>
      </section>
    </div>
  )
}

function Faults({ seen }: { seen: Seen }) {
  const { words, say } = useSpeech()
  return (
    <section className="panel" aria-labelledby="faults">
      <div className="panel-head">
        <h2 id="faults">{words.machine.faults}</h2>
      </div>
      <div className="panel-body">
        <ul className="plain stack">
          {seen.machine.faults.map(fault => (
            <li key={fault.code} className="note tone-fault">
              <p>{say(fault.text)}</p>
              {fault.help === undefined ? null : <p className="small second">{say(fault.help)}</p>}
              {fault.detail === undefined ? null : (
                <p className="small quiet">
                  <code>{fault.detail}</code>
                </p>
              )}
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}

function FirmwareFacts({ firmware }: { firmware: Firmware }) {
  const { words } = useSpeech()
  const [sought, setSought] = useState('')
  const settings = Object.entries(firmware.settings ?? {})
  const needle = sought.trim().toLowerCase()
  const found = needle === '' ? settings : settings.filter(pair => pair.some(part => part.toLowerCase().includes(needle)))
  return (
    <>
      <p>
        <strong>{firmware.name}</strong>
        {firmware.machine === undefined ? '' : ` · ${firmware.machine}`}
        {firmware.receiveBufferBytes === undefined ? '' : ` · ${words.machine.buffer(firmware.receiveBufferBytes)}`}
      </p>
      {settings.length === 0 ? null : (
        <>
          <TextInput label={words.machine.find} value={sought} onChange={event => setSought(event.currentTarget.value)} />
          <section className="settings" aria-label={words.machine.settings(found.length)}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{words.machine.setting}</th>
                  <th scope="col">{words.machine.value}</th>
                </tr>
              </thead>
              <tbody>
                {found.map(([name, value]) => (
                  <tr key={name}>
                    <td>
                      <code>{name}</code>
                    </td>
                    <td>
                      <code>{value}</code>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </>
      )}
    </>
  )
}

type Said = { key: number; line: string; answer: string }

function Console({ site, machine }: { site: string; machine: string }) {
  const speech = useSpeech()
  const { words } = speech
  const { ask } = useAsking(site)
  const [line, setLine] = useState('')
  const [said, setSaid] = useState<readonly Said[]>([])
  const send = async (event: FormEvent) => {
    event.preventDefault()
    const text = line.trim()
    if (text === '') return
    setLine('')
    const answer = answerText(await ask({ kind: 'machine.console', machine, line: text }))
    setSaid(before => [{ key: (before[0]?.key ?? 0) + 1, line: text, answer }, ...before].slice(0, consoleLinesMax))
  }
  const answerText = (asked: Asked) => {
    if (asked.outcome === 'failed') return troubleText(asked, speech)
    if (asked.outcome === 'waiting') return words.asked.sent
    return asked.reply.outcome === 'refused' ? speech.say(asked.reply.denial.text) : words.asked.done
  }
  return (
    <section className="panel" aria-labelledby="console">
      <div className="panel-head">
        <h2 id="console">{words.machine.console}</h2>
      </div>
      <div className="panel-body stack">
        <form className="row" onSubmit={send}>
          <TextInput
            aria-label={words.machine.consoleLine}
            value={line}
            maxLength={200}
            autoComplete="off"
            spellCheck={false}
            className="mono"
            style={{ flex: '1 1 180px' }}
            onChange={event => setLine(event.currentTarget.value)}
          />
          <Button type="submit" variant="default">
            {words.machine.consoleSend}
          </Button>
        </form>
        <p className="small quiet">{words.machine.consoleHint}</p>
        {said.length === 0 ? (
          <p className="small quiet">{words.machine.consoleEmpty}</p>
        ) : (
          <ul className="plain console">
            {said.map(each => (
              <li key={each.key}>
                <code>{each.line}</code> <span className="quiet small">{each.answer}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  )
}
