interface ToggleProps {
  readonly label: string
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
  readonly title?: string
}

/** A filter that is on or off. */
export function ToggleFilter({ label, isOn, onChange, title }: ToggleProps) {
  return (
    <button type="button" className="chip" aria-pressed={isOn} title={title} onClick={() => onChange(!isOn)}>
      {label}
    </button>
  )
}

interface ChoiceProps<Value extends string> {
  readonly label: string
  readonly value: Value
  readonly options: readonly { readonly value: Value; readonly label: string }[]
  readonly onChange: (value: Value) => void
}

/** A filter or an order with a few values. */
export function ChoiceFilter<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <label className="choice">
      <span className="choice-label">{label}</span>
      <select value={value} onChange={(event) => onChange(event.target.value as Value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  )
}
