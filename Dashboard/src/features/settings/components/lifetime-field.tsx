import { Field } from "@/components/field"

const day = 24 * 3_600

const lifetimes = [
  { seconds: 3_600, label: "1 hour" },
  { seconds: day, label: "1 day" },
  { seconds: 7 * day, label: "7 days" },
  { seconds: 30 * day, label: "30 days" },
  { seconds: 90 * day, label: "90 days" },
  { seconds: 365 * day, label: "1 year" },
] as const

/** How long a token works. The form's value `expires_in` holds seconds. */
export function LifetimeField({ preset }: { readonly preset: typeof lifetimes[number]["seconds"] }) {
  return (
    <Field label="Works for">
      <select name="expires_in" defaultValue={preset}>
        {lifetimes.map(({ seconds, label }) => (
          <option key={seconds} value={seconds}>
            {label}
          </option>
        ))}
      </select>
    </Field>
  )
}
