import { ApiError } from "@/lib/api-error"

/** Why something was not done, beside what would have done it. */
export function ActionProblem({ error }: { readonly error: unknown }) {
  if (error === null || error === undefined) return null
  const words = error instanceof ApiError ? error.message : "The dashboard met something it did not expect."
  return (
    <p className="action-problem" role="alert">
      {words}
    </p>
  )
}
