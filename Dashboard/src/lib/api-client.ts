import { ApiError, errorFromResponse } from "@/lib/api-error"
import type { Session } from "@/lib/session"

/** Values of a query string; those that are undefined, null, false or empty are left out. */
export type Parameters = Readonly<Record<string, string | number | boolean | null | undefined>>

/** Reads the API with the session's token. */
export class ApiClient {
  constructor(
    private readonly session: Session,
    private readonly fetchFunction: typeof fetch = (input, init) => fetch(input, init),
  ) {}

  /**
   * Reads one resource. A token that the server no longer takes is refreshed once.
   *
   * @throws ApiError also when no answer came; an abort passes through as the browser's own error.
   */
  async get<Reply>(path: string, parameters: Parameters, signal: AbortSignal): Promise<Reply> {
    const address = withParameters(path, parameters)
    let response = await this.#send(address, signal)
    if (response.status === 401) {
      await this.session.refresh()
      response = await this.#send(address, signal)
    }
    if (!response.ok) throw await errorFromResponse(response)
    return (await response.json()) as Reply
  }

  async #send(address: string, signal: AbortSignal): Promise<Response> {
    const token = await this.session.accessToken()
    try {
      return await this.fetchFunction(address, {
        headers: { Authorization: `Bearer ${token}`, Accept: "application/json" },
        credentials: "same-origin",
        signal,
      })
    } catch (error) {
      if (signal.aborted) throw error
      throw new ApiError(0, "network", "The server cannot be reached.")
    }
  }
}

/** Appends what is set of the parameters to a path. */
export function withParameters(path: string, parameters: Parameters): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value === null || value === false || value === "") continue
    search.set(name, String(value))
  }
  const text = search.toString()
  return text ? `${path}?${text}` : path
}
