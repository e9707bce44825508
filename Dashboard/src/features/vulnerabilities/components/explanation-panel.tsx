import { AdvisoriesMissing } from "@/components/advisory-warning"
import { ChoiceFilter } from "@/components/filters"
import { ErrorNotice } from "@/components/error-notice"
import { Panel } from "@/components/panel"
import { Skeleton } from "@/components/skeleton"
import { explanationQuery } from "@/features/vulnerabilities/api/get-explanation"
import { affectedAgentsQuery } from "@/features/vulnerabilities/api/list-affected-agents"
import { EvidenceList } from "@/features/vulnerabilities/components/evidence-list"
import { useAdvisoryState } from "@/hooks/use-advisory-state"
import { usePagedQuery } from "@/hooks/use-paged-query"
import { useSearchParameters } from "@/hooks/use-place"
import { useQuery } from "@/hooks/use-query"
import { useServices } from "@/hooks/use-services"
import { formatDigest, formatWord } from "@/lib/format"
import type { AffectedAgent, PackageURL, VulnerabilitySummary } from "@/types/api"

/** Packages offered to choose from; a fleet has many builds of the same few. */
const choicesShown = 50

/** Why a package is said to be affected or not. The package is in the address (`?package=`), else the first affected one. */
export function ExplanationPanel({ item }: { readonly item: VulnerabilitySummary }) {
  const { api } = useServices()
  const [parameters, change] = useSearchParameters()
  const { items } = usePagedQuery(affectedAgentsQuery(api, item.id))
  const packages = packagesOf(items ?? [], parameters.get("package"))
  const chosen = parameters.get("package") ?? packages[0]?.purl

  if (chosen === undefined) return null
  return (
    <Panel title="Why" className="panel-why">
      {packages.length > 1 && (
        <ChoiceFilter
          label="Package"
          value={chosen}
          options={packages.map(({ purl, label }) => ({ value: purl, label }))}
          onChange={(purl) => change({ package: purl })}
        />
      )}
      <ExplanationBody key={chosen} item={item} chosen={chosen} />
    </Panel>
  )
}

function ExplanationBody({ item, chosen }: { readonly item: VulnerabilitySummary; readonly chosen: PackageURL }) {
  const { api } = useServices()
  const { data, error, retry } = useQuery(explanationQuery(api, item.id, chosen))
  const advisories = useAdvisoryState()

  if (advisories === "missing") return <AdvisoriesMissing isCompact />
  if (!data && error) return <ErrorNotice error={error} task="explain this" onRetry={retry} isCompact />
  if (!data) return <Skeleton label="explanation" lines={5} />
  return (
    <div className="why">
      <p className={`why-verdict why-${data.status}`}>
        <span className="why-status">{formatWord(data.status)}</span> {data.sentence}
      </p>
      <dl className="scores why-facts">
        <div>
          <dt>Package</dt>
          <dd>
            <code className="purl">{data.package}</code>
          </dd>
        </div>
        {data.coordinates && (
          <div>
            <dt>Looked up</dt>
            <dd>
              {data.coordinates.name} {data.coordinates.version}{" "}
              <span className="faint">in {data.coordinates.scope}</span>
            </dd>
          </div>
        )}
        <div>
          <dt>Reason</dt>
          <dd>{formatWord(data.reason)}</dd>
        </div>
      </dl>
      <EvidenceList evidence={data.evidence} />
      <p className="panel-foot faint">
        decided by index <code title={data.index_digest}>{formatDigest(data.index_digest)}</code>
      </p>
    </div>
  )
}

/** The distinct packages of the affected agents, the chosen one among them even when it is none of theirs. */
function packagesOf(agents: readonly AffectedAgent[], chosen: string | null) {
  const labels = new Map<PackageURL, string>()
  if (chosen !== null) labels.set(chosen, shortName(chosen))
  for (const { packages } of agents) {
    for (const { purl, name, version } of packages) labels.set(purl, `${name} ${version ?? ""}`.trim())
    if (labels.size >= choicesShown) break
  }
  return [...labels].map(([purl, label]) => ({ purl, label }))
}

function shortName(purl: PackageURL): string {
  const name = (purl.split("?")[0] ?? purl).split("/").pop() ?? purl
  try {
    return decodeURIComponent(name).replace("@", " ")
  } catch {
    return name
  }
}
