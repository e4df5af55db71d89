// Where the machine stands, how fast it goes, and how good its cable is.

import { useSpeech } from '../words/speech.tsx'
import type { Seen } from './seen.ts'

export function Position({ seen }: { seen: Seen }) {
  const { words, forms } = useSpeech()
  const { telemetry, machine } = seen
  if (telemetry === undefined) return null
  const { position, positionPast, workPosition, feed, spindle, link } = telemetry
  if (position === undefined && workPosition === undefined && feed === undefined && link === undefined) return null
  const power = machine.declaration.kind === 'laser' ? words.machine.laserPower : words.machine.spindle
  return (
    <section className="panel" aria-labelledby="position">
      <div className="panel-head">
        <h2 id="position">{words.machine.position}</h2>
      </div>
      <div className="panel-body stack">
        {workPosition === undefined ? null : <Axes title={words.machine.workPosition} at={workPosition} />}
        {position === undefined ? null : <Axes title={words.machine.machinePosition} at={positionPast ? undefined : position} />}
        <dl className="facts small figures">
          {feed === undefined ? null : (
            <div className="fact">
              <dt>{words.machine.feed}</dt>
              <dd>{forms.number(feed)}</dd>
            </div>
          )}
          {spindle === undefined ? null : (
            <div className="fact">
              <dt>{power}</dt>
              <dd>{forms.number(spindle)}</dd>
            </div>
          )}
          {link === undefined ? null : (
            <div className="fact">
              <dt>{words.machine.health}</dt>
              <dd>
                {words.machine.healthText(
                  words.job.resends(link.resends),
                  words.machine.badLines(link.badLines),
                  words.machine.reconnects(link.reconnects),
                )}
              </dd>
            </div>
          )}
        </dl>
      </div>
    </section>
  )
}

/** A position that is not kept up while the machine works (Marlin) is not known, and not shown as if it were. */
function Axes({ title, at }: { title: string; at: { x: number; y: number; z: number } | undefined }) {
  const { forms } = useSpeech()
  return (
    <div>
      <p className="small quiet">{title}</p>
      <dl className="axes figures">
        {(['x', 'y', 'z'] as const).map(axis => (
          <div key={axis}>
            <dt>{axis.toUpperCase()}</dt>
            <dd>{at === undefined ? '—' : forms.number(at[axis], 2)}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
