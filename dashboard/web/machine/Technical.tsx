// For the technician: service, firmware and its settings, and a line straight to the machine.
import { Button, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Firmware } from '../../../protocols/contract/machine.ts'
import { useAsking } from '../asking.tsx'
import { careHref, orderHref } from '../care/links.ts'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { Console } from './Console.tsx'
import { Differences } from './Differences.tsx'
import type { Seen } from './seen.ts'

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
        <p>
          <Link href={careHref(site)}>{words.care.title}</Link>
        </p>
        {offer('machine.console', about) === 'yes' ? <Console site={site} machine={declaration.id} /> : null}
      </div>
      <div className="machine-column">
        {firmware?.settings === undefined ? null : (
          <Differences site={site} machine={declaration.id} differences={machine.differences ?? []} />
        )}
        <section className="panel" aria-labelledby="firmware">
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
              <p className="small">
                <Link href={orderHref(seen.site, { machine: seen.machine.declaration.id, title: say(fault.text).slice(0, 120) })}>
                  {words.care.due.order}
                </Link>
              </p>
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
