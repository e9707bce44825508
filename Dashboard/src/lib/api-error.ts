/** Why a request failed: the server's own words when it gave any. */
export class ApiError extends Error {
  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    /** The contract's machine word, or "network" / "unreadable". */
    readonly code: string,
    message: string,
    /** Names the request in the server's log. */
    readonly requestId: string | null = null,
    /** Seconds the server asked to wait. */
    readonly retryAfter: number | null = null,
  ) {
    super(message)
    this.name = "ApiError"
  }

  /** Whether asking again could help without anything else changing. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

/** The error of a reply that is not 2xx, read from its body when that has the contract's shape. */
export async function errorFromResponse(response: Response): Promise<ApiError> {
  const wait = Number(response.headers.get("Retry-After"))
  const retryAfter = Number.isFinite(wait) && wait > 0 ? wait : null
  const fallback = response.statusText || `The server answered ${response.status}.`
  try {
    const body = (await response.json()) as { error?: { code?: string; message?: string; request_id?: string } }
    return new ApiError(
      response.status,
      body.error?.code ?? "unreadable",
      body.error?.message ?? fallback,
      body.error?.request_id ?? null,
      retryAfter,
    )
  } catch {
    return new ApiError(response.status, "unreadable", fallback, response.headers.get("X-Request-Id"), retryAfter)
  }
}
