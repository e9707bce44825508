import { Notice } from "@/components/notice"

/** Nothing is computed while no advisories are loaded; said wherever a zero could be taken for good news. */
export function AdvisoriesMissing({ isCompact = false }: { readonly isCompact?: boolean }) {
  return (
    <Notice kind="pending" title="Not computed yet: no advisories are loaded" isCompact={isCompact}>
      <p>The server has no advisory index, so nothing can be said about any package. Load the feeds:</p>
      <pre className="command">
        <code>zerotrace feeds sync</code>
      </pre>
    </Notice>
  )
}
