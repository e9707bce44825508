import type { Exposure } from "@/types/api"

const explanations: Readonly<Record<Exposure, string>> = {
  listening: "A program that takes connections from other machines has some of it loaded",
  running: "A program has some of it loaded; none that takes connections from other machines",
  installed: "No program has any of it loaded",
}

/** How a package is in use on a machine; nothing where that is not known. What only lies there is said in a quiet word. */
export function ExposureBadge({ exposure }: { readonly exposure: Exposure | null }) {
  if (exposure === null) return null
  return (
    <span className={`badge badge-${exposure}`} title={explanations[exposure]}>
      {exposure}
    </span>
  )
}
