import type { FormEvent } from "react"
import { ActionProblem } from "@/components/action-problem"
import { DataTable } from "@/components/data-table"
import { Panel } from "@/components/panel"
import { QueryContent } from "@/components/query-content"
import { setSlaPolicy, slaPolicyQuery } from "@/features/settings/api/sla-policy"
import { SaveButton } from "@/features/settings/components/save-button"
import { useAction } from "@/hooks/use-action"
import { usePermissions } from "@/hooks/use-permissions"
import { useServices } from "@/hooks/use-services"
import { formatPlural } from "@/lib/format"
import type { SlaPolicy } from "@/types/api"

interface Rule {
  /** The form's name of it. */
  readonly name: string
  readonly label: string
  readonly days: (policy: SlaPolicy) => number | null | undefined
}

const severities = ["critical", "high", "medium", "low", "none", "unknown"] as const
const decisions = ["act", "attend", "track*", "track"] as const

const rules: readonly Rule[] = [
  { name: "exploited", label: "Known to be exploited", days: ({ exploited }) => exploited },
  ...severities.map((each) => ({ name: each, label: `Severity ${each}`, days: ({ severity }: SlaPolicy) => severity[each] })),
  ...decisions.map((each) => ({ name: each, label: `SSVC ${each}`, days: ({ decision }: SlaPolicy) => decision[each] })),
]

/** Within how many days findings are to be dealt with. */
export function DueDates() {
  const { api } = useServices()
  const may = usePermissions()
  return (
    <Panel title="Days until a finding is due" className="panel-open due-dates">
      <p className="faint">
        Counted from when it was first seen. The shortest of what applies counts; a rule without days sets no date.
      </p>
      <QueryContent query={slaPolicyQuery(api)} label="due dates" lines={rules.length}>
        {(policy) => (may("manage_policy") ? <PolicyForm policy={policy} /> : <RuleTable policy={policy} />)}
      </QueryContent>
    </Panel>
  )
}

function PolicyForm({ policy }: { readonly policy: SlaPolicy }) {
  const { api } = useServices()
  const save = useAction(["sla-policy", "vulnerabilities", "agents", "overview"], (wanted: SlaPolicy) => setSlaPolicy(api, wanted))
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    void save.run(policyFrom(new FormData(event.currentTarget)))
  }
  return (
    <form className="stack" aria-label="Due dates" onChange={save.forget} onSubmit={submit}>
      <RuleTable policy={policy} isEditable />
      <ActionProblem error={save.error} />
      <SaveButton action={save} />
    </form>
  )
}

function RuleTable({ policy, isEditable = false }: { readonly policy: SlaPolicy; readonly isEditable?: boolean }) {
  return (
    <DataTable
      label="Due dates"
      items={rules}
      keyOf={({ name }) => name}
      columns={["What", "Within"]}
      renderCells={({ name, label, days }) => [
        label,
        isEditable ? (
          <span key="days" className="days">
            <input
              type="number"
              name={name}
              aria-label={`Days for: ${label}`}
              min={0}
              max={3_650}
              placeholder="no date"
              defaultValue={days(policy) ?? ""}
            />
            <span className="faint">days</span>
          </span>
        ) : (
          <Days key="days" value={days(policy) ?? null} />
        ),
      ]}
    />
  )
}

function Days({ value }: { readonly value: number | null }) {
  return value === null ? <span className="faint">no date</span> : <>{formatPlural(value, "day")}</>
}

/** What was entered; an empty field is no rule. */
function policyFrom(values: FormData): SlaPolicy {
  const daysOf = (name: string) => (values.get(name) === "" ? null : Number(values.get(name)))
  const entered = <Name extends string>(names: readonly Name[]) => {
    const pairs = names.map((name) => [name, daysOf(name)] as const)
    return Object.fromEntries(pairs.filter(([, days]) => days !== null)) as Partial<Record<Name, number>>
  }
  return { severity: entered(severities), decision: entered(decisions), exploited: daysOf("exploited") }
}
