import { lazy, type ReactElement, Suspense } from "react"
import { Skeleton } from "@/components/skeleton"
import { AgentsPage } from "@/features/agents/components/agents-page"
import { OverviewPage } from "@/features/overview/components/overview-page"
import { VulnerabilitiesPage } from "@/features/vulnerabilities/components/vulnerabilities-page"
import { matchPath } from "@/lib/router"

// Fetched when somebody opens them: a first visit is to a list or the overview.
const AgentPage = lazy(() => import("@/features/agents/components/agent-page"))
const ExceptionsPage = lazy(() => import("@/features/exceptions/components/exceptions-page"))
const SettingsPage = lazy(() => import("@/features/settings/components/settings-page"))
const VulnerabilityPage = lazy(() => import("@/features/vulnerabilities/components/vulnerability-page"))

type Variables = Readonly<Record<string, string>>

const routes: readonly { readonly pattern: string; readonly page: (variables: Variables) => ReactElement }[] = [
  { pattern: "/", page: () => <OverviewPage /> },
  { pattern: "/agents", page: () => <AgentsPage /> },
  { pattern: "/agents/:id", page: ({ id = "" }) => <Later><AgentPage key={id} id={id} /></Later> },
  { pattern: "/exceptions", page: () => <Later><ExceptionsPage /></Later> },
  { pattern: "/settings", page: () => <Later><SettingsPage /></Later> },
  { pattern: "/vulnerabilities", page: () => <VulnerabilitiesPage /> },
  { pattern: "/vulnerabilities/:id", page: ({ id = "" }) => <Later><VulnerabilityPage key={id} id={id} /></Later> },
]

/** The page for a path, or null when there is none. */
export function pageFor(path: string): ReactElement | null {
  for (const { pattern, page } of routes) {
    const variables = matchPath(pattern, path)
    if (variables) return page(variables)
  }
  return null
}

function Later({ children }: { readonly children: ReactElement }) {
  return (
    <Suspense fallback={<div className="page"><Skeleton label="page" lines={5} height={22} /></div>}>{children}</Suspense>
  )
}
