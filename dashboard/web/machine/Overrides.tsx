// Faster, slower, stronger, weaker while it runs.
import { Button, Slider } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useAsking } from '../asking.tsx'
import { Segments } from '../parts/Segments.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import type { Seen } from './seen.ts'

const rapids = ['25', '50', '100'] as const

export function Overrides({ seen }: { seen: Seen }) {
  const { words } = useSpeech()
  const { offer } = useReader()
  const { ask } = useAsking(seen.site)
  const { machine, telemetry } = seen
  const { id, kind, dialect } = machine.declaration
  const { state } = machine.state
  const offered = offer('machine.override', { machineKind: kind })
  if (machine.readOnly || offered === 'no' || !(state === 'running' || state === 'paused' || state === 'preparing')) return null
  const now = telemetry?.overrides
  const change = (what: { feed?: number; rapid?: 25 | 50 | 100; power?: number }) => ask({ kind: 'machine.override', machine: id, ...what })
  const rapid = rapids.find(each => Number(each) === (now?.rapid ?? 100)) ?? '100'
  return (
    <section className="panel" aria-labelledby="overrides">
      <div className="panel-head">
        <h2 id="overrides">{words.machine.overrides}</h2>
      </div>
      <div className="panel-body stack">
        {offered === 'at-machine' ? (
          <p className="small second">{words.waits.startWhy}</p>
        ) : (
          <>
            <Percent name={words.machine.overrideFeed} value={now?.feed ?? 100} onChange={feed => change({ feed })} />
            <Percent name={words.machine.overridePower[kind]} value={now?.power ?? 100} onChange={power => change({ power })} />
            {dialect === 'grbl' ? (
              <div className="override">
                <span>{words.machine.overrideRapid}</span>
                <Segments
                  label={words.machine.overrideRapid}
                  options={rapids.map(value => ({ value, label: `${value} %` }))}
                  value={rapid}
                  onChange={value => change({ rapid: value === '25' ? 25 : value === '50' ? 50 : 100 })}
                />
              </div>
            ) : null}
          </>
        )}
      </div>
    </section>
  )
}

function Percent({ name, value, onChange }: { name: string; value: number; onChange: (value: number) => void }) {
  const { words, forms } = useSpeech()
  const [held, setHeld] = useState<number>()
  // The hand's value stands until the machine tells its own.
  // biome-ignore lint/correctness/useExhaustiveDependencies: let go when a new value is heard
  useEffect(() => setHeld(undefined), [value])
  const shown = held ?? value
  return (
    <div className="override">
      <span>
        {name} <strong className="figures">{forms.percent(shown / 100).replace(/^\D*\d+/, String(Math.round(shown)))}</strong>
      </span>
      <Slider
        min={10}
        max={200}
        step={5}
        value={shown}
        label={null}
        thumbLabel={name}
        marks={[{ value: 100 }]}
        onChange={setHeld}
        onChangeEnd={next => onChange(next)}
        style={{ flex: '1 1 160px' }}
      />
      <Button variant="default" className={shown === 100 ? 'unused' : ''} disabled={shown === 100} onClick={() => onChange(100)}>
        {words.machine.overrideReset}
      </Button>
    </div>
  )
}
