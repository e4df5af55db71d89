// One of a few, side by side: native radios, so that arrows and screen readers work as everywhere.
import { useId } from 'react'

type Props = { label: string; options: readonly { value: string; label: string }[]; value: string; onChange: (value: string) => void }

export function Segments({ label, options, value, onChange }: Props) {
  const name = useId()
  return (
    <div className="segments" role="radiogroup" aria-label={label}>
      {options.map(option => (
        <label key={option.value} className="figures">
          <input type="radio" name={name} value={option.value} checked={option.value === value} onChange={() => onChange(option.value)} />
          <span>{option.label}</span>
        </label>
      ))}
    </div>
  )
}
