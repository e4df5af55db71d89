// Which parts were taken from the shelf, and how many: never more than lie there.
import { NumberInput } from '@mantine/core'
import type { Part } from '../../../protocols/contract/care.ts'
import { useSpeech } from '../words/speech.tsx'

export type Uses = Readonly<Record<string, number>>

export function PartUse({ parts, uses, onChange }: { parts: readonly Part[]; uses: Uses; onChange(uses: Uses): void }) {
  const { parts: said } = useSpeech().words.care
  const there = parts.filter(({ count }) => count > 0)
  return (
    <fieldset className="care-uses">
      <legend>{said.used}</legend>
      {there.length === 0 ? (
        <p className="small quiet">{said.noneToTake}</p>
      ) : (
        <ul className="plain">
          {there.map(({ id, name, count }) => (
            <li key={id} className="care-use">
              <span>
                {name} <span className="small quiet">{said.has(count)}</span>
              </span>
              <NumberInput
                aria-label={said.takenOf(name)}
                value={uses[id] ?? 0}
                min={0}
                max={count}
                clampBehavior="strict"
                allowDecimal={false}
                w={96}
                onChange={value => onChange({ ...uses, [id]: Math.min(count, Math.max(0, Number(value) || 0)) })}
              />
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  )
}

/** As an ask takes them. */
export function usedParts(uses: Uses): { part: string; count: number }[] {
  return Object.entries(uses).flatMap(([part, count]) => (count > 0 ? [{ part, count }] : []))
}
