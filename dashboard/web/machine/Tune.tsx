// Setting a machine up by hand: home, move, heat, unlock, restart. Behind its own tab, and only while no job runs.
import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Ask } from '../../../protocols/contract/command.ts'
import { useAsking } from '../asking.tsx'
import { Segments } from '../parts/Segments.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import type { Seen } from './seen.ts'

const steps = ['0.1', '1', '10', '50'] as const
/** mm/min; slow enough to take the hand away, on every machine a school owns. */
const feedXy = 1500
const feedZ = 300

export function Tune({ seen, sure }: { seen: Seen; sure: boolean }) {
  const { words } = useSpeech()
  const { offer } = useReader()
  const { machine } = seen
  const { kind } = machine.declaration
  const { state } = machine.state
  const busy = state === 'running' || state === 'preparing' || state === 'paused' || state === 'foreign'
  // A move ordered now and made when the link comes back would surprise whoever stands there then.
  const gone = state === 'offline' || !sure
  const about = { machineKind: kind }
  if (offer('machine.jog', about) === 'at-machine') {
    return <p className="panel panel-body">{`${words.waits.startAtMachine} ${words.waits.startWhy}`}</p>
  }
  return (
    <div className="machine-columns">
      <section className="panel machine-column" aria-labelledby="jog">
        <div className="panel-head">
          <h2 id="jog">{words.machine.jog}</h2>
        </div>
        <div className="panel-body stack">
          <p className="second">{busy ? words.machine.tuneBusy : words.machine.tuneHint}</p>
          <JogPad seen={seen} disabled={busy || gone} />
        </div>
      </section>
      <div className="machine-column">
        <section className="panel" aria-labelledby="restore">
          <div className="panel-head">
            <h2 id="restore">{words.machine.tune}</h2>
          </div>
          <div className="panel-body stack">
            <Deed seen={seen} kind="machine.home" name={words.machine.home} disabled={busy || gone} />
            <Deed seen={seen} kind="machine.unlock" name={words.machine.unlock} disabled={busy || gone} />
            <Deed
              seen={seen}
              kind="machine.reset"
              name={words.machine.reset}
              hint={words.machine.resetHint}
              disabled={gone || (busy && state !== 'foreign')}
            />
          </div>
        </section>
        <Heat seen={seen} />
      </div>
    </div>
  )
}

type DeedProps = { seen: Seen; kind: 'machine.home' | 'machine.unlock' | 'machine.reset'; name: string; hint?: string; disabled: boolean }

function Deed({ seen, kind, name, hint, disabled }: DeedProps) {
  const { offer } = useReader()
  const { ask, asking } = useAsking(seen.site)
  const what: Ask = { kind, machine: seen.machine.declaration.id }
  if (offer(kind, { machineKind: seen.machine.declaration.kind }) !== 'yes') return null
  return (
    <div>
      <Button variant="default" loading={asking(what)} disabled={disabled} onClick={() => ask(what)}>
        {name}
      </Button>
      {hint === undefined ? null : <p className="small quiet">{hint}</p>}
    </div>
  )
}

function JogPad({ seen, disabled }: { seen: Seen; disabled: boolean }) {
  const { words, forms } = useSpeech()
  const { ask } = useAsking(seen.site)
  const [step, setStep] = useState<string>('1')
  const { id, area } = seen.machine.declaration
  const button = (axis: 'x' | 'y' | 'z', sign: 1 | -1) => {
    const distance = sign * Number(step)
    const label = `${axis.toUpperCase()}${sign > 0 ? '+' : '−'}`
    return (
      <Button
        variant="default"
        className={`jog-${axis}${sign > 0 ? 'p' : 'm'}`}
        disabled={disabled}
        aria-label={words.machine.jogAxis(label, forms.number(Number(step), step === '0.1' ? 1 : 0))}
        onClick={() => ask({ kind: 'machine.jog', machine: id, [axis]: distance, feed: axis === 'z' ? feedZ : feedXy })}
      >
        {label}
      </Button>
    )
  }
  return (
    <>
      <div className="override">
        <span>{words.machine.jogStep}</span>
        <Segments
          label={words.machine.jogStep}
          options={steps.map(value => ({ value, label: forms.number(Number(value), value === '0.1' ? 1 : 0) }))}
          value={step}
          onChange={setStep}
        />
      </div>
      <div className="jog">
        {button('y', 1)}
        {button('x', -1)}
        {button('x', 1)}
        {button('y', -1)}
        {area.z > 0 ? (
          <>
            {button('z', 1)}
            {button('z', -1)}
          </>
        ) : null}
      </div>
    </>
  )
}

function Heat({ seen }: { seen: Seen }) {
  const { words } = useSpeech()
  const { offer } = useReader()
  const { telemetry, machine } = seen
  const about = { machineKind: machine.declaration.kind }
  const names = Object.entries(telemetry?.heaters ?? {}).filter(([, heater]) => heater.target !== undefined)
  if (names.length === 0 || offer('machine.heat', { ...about, target: 0 }) !== 'yes') return null
  return (
    <section className="panel" aria-labelledby="heat-set">
      <div className="panel-head">
        <h2 id="heat-set">{words.machine.heatSet}</h2>
      </div>
      <div className="panel-body stack">
        {names.map(([name]) => (
          <HeatRow key={name} seen={seen} heater={name} sets={offer('machine.heat', { ...about, target: 1 }) === 'yes'} />
        ))}
      </div>
    </section>
  )
}

function HeatRow({ seen, heater, sets }: { seen: Seen; heater: string; sets: boolean }) {
  const { words, forms } = useSpeech()
  const { ask } = useAsking(seen.site)
  const [wanted, setWanted] = useState('')
  const name = words.machine.heater[heater] ?? heater
  const actual = seen.telemetry?.heaters?.[heater]?.actual
  const heat = (target: number) => ask({ kind: 'machine.heat', machine: seen.machine.declaration.id, heater, target })
  const target = Number(wanted.replace(',', '.'))
  return (
    <form
      className="row"
      onSubmit={event => {
        event.preventDefault()
        if (wanted !== '' && target >= 0 && target <= 500) void heat(target)
      }}
    >
      <span className="heat-row-name figures">
        {name}
        {actual === undefined ? '' : ` ${forms.number(actual)} °C`}
      </span>
      {sets ? (
        <>
          <TextInput
            aria-label={words.machine.heatTarget(name)}
            inputMode="decimal"
            value={wanted}
            style={{ width: 84 }}
            onChange={event => setWanted(event.currentTarget.value.replace(/[^\d.,]/g, '').slice(0, 5))}
          />
          <Button type="submit" variant="default">
            {words.machine.set}
          </Button>
        </>
      ) : null}
      <Button variant="default" onClick={() => heat(0)}>
        {words.machine.heatOff}
      </Button>
    </form>
  )
}
