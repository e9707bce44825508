import { ApiError, errorFromResponse } from "@/lib/api-error"
import type { Session } from "@/lib/session"

/** Values of a query string; those that are undefined, null, false or empty are left out. */
export type Parameters = Readonly<Record<string, string | number | boolean | null | undefined>>

/** What differs from request to request. */
interface Request {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
}

/** Asks the API with the session's token. */
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
    const response = await this.#ask(withParameters(path, parameters), { signal })
    return (await response.json()) as Reply
  }

  /**
   * Changes something.
   *
   * @returns what the server answers; undefined when it has nothing to say.
   * @throws ApiError as for reading.
   */
  async send<Reply>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<Reply> {
    const content =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }
    const response = await this.#ask(path, { method, ...content })
    return (response.status === 204 ? undefined : await response.json()) as Reply
  }

  /** Reads a file to be kept, whole. */
  async download(path: string, parameters: Parameters): Promise<Blob> {
    const response = await this.#ask(withParameters(path, parameters), { headers: { Accept: "*/*" } })
    return response.blob()
  }

  async #ask(address: string, request: Request): Promise<Response> {
    let response = await this.#send(address, request)
    if (response.status === 401) {
      await this.session.refresh()
      response = await this.#send(address, request)
    }
    if (!response.ok) throw await errorFromResponse(response)
    return response
  }

  async #send(address: string, { headers, ...request }: Request): Promise<Response> {
    const token = await this.session.accessToken()
    try {
      return await this.fetchFunction(address, {
        ...request,
        headers: { Accept: "application/json", ...headers, Authorization: `Bearer ${token}` },
        credentials: "same-origin",
      })
    } catch (error) {
      if (request.signal?.aborted) throw error
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
