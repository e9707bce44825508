import type { ReactElement } from "react"
import { ErrorBoundary } from "@/components/error-boundary"
import { TabLinks } from "@/components/tab-links"
import { Account } from "@/features/settings/components/account"
import { ApiTokens } from "@/features/settings/components/api-tokens"
import { AuditLog } from "@/features/settings/components/audit-log"
import { DueDates } from "@/features/settings/components/due-dates"
import { Enrollment } from "@/features/settings/components/enrollment"
import { Notifications } from "@/features/settings/components/notifications"
import { People } from "@/features/settings/components/people"
import { Retention } from "@/features/settings/components/retention"
import { usePermissions } from "@/hooks/use-permissions"
import { useSearchParameters } from "@/hooks/use-place"
import { useTitle } from "@/hooks/use-title"
import type { Permission } from "@/types/api"

interface Part {
  readonly id: string
  readonly label: string
  readonly needs: Permission
  readonly content: () => ReactElement
}

const parts: readonly Part[] = [
  { id: "people", label: "People", needs: "view_users", content: () => <People /> },
  { id: "enrollment", label: "Enrollment", needs: "view_enrollment", content: () => <Enrollment /> },
  { id: "api-tokens", label: "API tokens", needs: "view_api_tokens", content: () => <ApiTokens /> },
  { id: "notifications", label: "Notifications", needs: "view_notifications", content: () => <Notifications /> },
  { id: "due-dates", label: "Due dates", needs: "view_findings", content: () => <DueDates /> },
  { id: "retention", label: "Retention", needs: "view_findings", content: () => <Retention /> },
  { id: "audit", label: "Audit log", needs: "view_audit", content: () => <AuditLog /> },
  { id: "account", label: "Your account", needs: "manage_own_sessions", content: () => <Account /> },
]

/** Who and what may reach the company's data, who is told what, and until when. Everybody sees the parts that are theirs to see. */
export default function SettingsPage() {
  const may = usePermissions()
  const [parameters] = useSearchParameters()
  const seen = parts.filter(({ needs }) => may(needs))
  const current = seen.find(({ id }) => id === parameters.get("tab")) ?? seen[0]
  useTitle("Settings")

  return (
    <div className="page settings">
      <h1 className="page-title">Settings</h1>
      <TabLinks label="Parts of the settings" current={current?.id ?? ""} tabs={seen} />
      {current && (
        <ErrorBoundary key={current.id} task={`show ${current.label.toLowerCase()}`}>
          <div className="tab-body">{current.content()}</div>
        </ErrorBoundary>
      )}
    </div>
  )
}
