import { ApiError, errorFromResponse } from "@/lib/api-error"
import type { Company, List, Permission, SessionReply, User } from "@/types/api"

/** What the dashboard knows of who is signed in. The access token stays in memory and is no part of it. */
export type SessionState =
  /** Finding out from the refresh cookie. */
  | { readonly status: "starting" }
  /** The server could not be asked; it is not known whether somebody is signed in. */
  | { readonly status: "unreachable"; readonly error: ApiError }
  | { readonly status: "signed-out"; readonly notice: string | null }
  | {
      readonly status: "signed-in"
      readonly user: User
      readonly company: Company
      readonly permissions: readonly Permission[]
    }

type TabMessage =
  | { readonly kind: "refreshed"; readonly reply: SessionReply; readonly expiresAt: number }
  | { readonly kind: "signed-out" }

/** What the tabs of this origin tell each other; a `BroadcastChannel` is one. */
export interface TabChannel {
  postMessage(message: unknown): void
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void
}

/** Parts of the browser, replaced in tests. */
export interface SessionEnvironment {
  readonly fetch: typeof fetch
  readonly now: () => number
  readonly setTimer: (run: () => void, milliseconds: number) => unknown
  readonly clearTimer: (timer: unknown) => void
  /** Runs the work while no other tab of this origin is in it. */
  readonly exclusively: <Result>(work: () => Promise<Result>) => Promise<Result>
  readonly channel: TabChannel | null
}

/** Refresh this long before the token runs out, in milliseconds. */
const refreshMargin = 60_000
const retryDelay = 5_000

/**
 * Holds the session of this tab: signs in and out, refreshes the access token before it expires, and keeps the tabs together.
 *
 * A refresh token works once, and presenting one twice revokes the session. So refreshes are serialised over tabs by a lock,
 * and a tab that waited for the lock takes over what another tab has just received instead of refreshing again.
 */
export class Session {
  #state: SessionState = { status: "starting" }
  #token: { readonly value: string; readonly expiresAt: number } | null = null
  #refreshing: Promise<void> | null = null
  #timer: unknown = null
  readonly #listeners = new Set<() => void>()
  readonly #tokenListeners = new Set<(token: string) => void>()

  constructor(private readonly environment: SessionEnvironment) {
    environment.channel?.addEventListener("message", (event) => this.#hear(event.data as TabMessage))
  }

  get state(): SessionState {
    return this.#state
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Calls back with every new access token. */
  onToken(listener: (token: string) => void): () => void {
    this.#tokenListeners.add(listener)
    return () => this.#tokenListeners.delete(listener)
  }

  /** Asks the server whether the refresh cookie still stands for somebody. */
  async start(): Promise<void> {
    this.#set({ status: "starting" })
    await this.refresh().catch(() => undefined)
  }

  /** @throws ApiError when the server refuses or cannot be reached; the state stays signed out. */
  async signIn(email: string, password: string): Promise<void> {
    const reply = await this.environment.exclusively(() => this.#exchange("/v1/auth/login", { email, password }))
    this.#accept(reply, this.#expiry(reply), true)
  }

  /**
   * Gives whoever a reset was made for another password; nobody is signed in by it.
   *
   * @throws ApiError for a token that is unknown, was used or has run out.
   */
  async resetPassword(token: string, password: string): Promise<void> {
    await this.#post("/v1/auth/password-reset", { token, password })
  }

  /** The names of the identity providers that one may sign in with. */
  async providers(): Promise<readonly string[]> {
    const response = await this.environment.fetch("/v1/auth/oidc", { credentials: "same-origin" })
    if (!response.ok) throw await errorFromResponse(response)
    return ((await response.json()) as List<{ readonly name: string }>).items.map(({ name }) => name)
  }

  /** Ends the session here and in all tabs. It is over for this tab even when the server cannot be told. */
  async signOut(): Promise<void> {
    const headers: Record<string, string> = this.#token ? { Authorization: `Bearer ${this.#token.value}` } : {}
    this.environment.channel?.postMessage({ kind: "signed-out" })
    this.#end(null)
    await this.environment
      .exclusively(() => this.environment.fetch("/v1/auth/logout", { method: "POST", headers, credentials: "same-origin" }))
      .catch(() => undefined)
  }

  /** A token that is good for some seconds more. */
  async accessToken(): Promise<string> {
    if (!this.#token || this.#token.expiresAt - this.environment.now() < 5_000) await this.refresh()
    if (!this.#token) throw new ApiError(401, "unauthorized", "You are signed out.")
    return this.#token.value
  }

  /** Exchanges the refresh cookie for a new token; callers at the same time share one exchange. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refreshOnce().finally(() => {
      this.#refreshing = null
    })
    return this.#refreshing
  }

  async #refreshOnce(): Promise<void> {
    const before = this.#token
    try {
      await this.environment.exclusively(async () => {
        // Another tab had the lock and has told us its result while we waited.
        if (this.#token && this.#token !== before) return
        const reply = await this.#exchange("/v1/auth/refresh")
        this.#accept(reply, this.#expiry(reply), true)
      })
    } catch (error) {
      this.#refreshFailed(error)
      throw error
    }
  }

  #refreshFailed(error: unknown) {
    const problem = error instanceof ApiError ? error : new ApiError(0, "network", "The server cannot be reached.")
    if (problem.status >= 400 && problem.status < 500 && problem.status !== 429) {
      this.#end(this.#state.status === "signed-in" ? "Your session has ended. Sign in again." : null)
    } else if (this.#state.status === "signed-in") {
      this.#schedule(retryDelay)
    } else {
      this.#set({ status: "unreachable", error: problem })
    }
  }

  #hear(message: TabMessage) {
    if (message.kind === "signed-out") this.#end("You signed out in another tab.")
    else this.#accept(message.reply, message.expiresAt, false)
  }

  #expiry(reply: SessionReply): number {
    return this.environment.now() + reply.expires_in * 1_000
  }

  #accept(reply: SessionReply, expiresAt: number, tellTabs: boolean) {
    this.#token = { value: reply.access_token, expiresAt }
    if (tellTabs) this.environment.channel?.postMessage({ kind: "refreshed", reply, expiresAt })
    const lifetime = expiresAt - this.environment.now()
    this.#schedule(Math.max(lifetime - refreshMargin, lifetime / 2, 1_000))
    const same =
      this.#state.status === "signed-in" &&
      this.#state.user.id === reply.user.id &&
      this.#state.user.role === reply.user.role &&
      this.#state.company.name === reply.company.name &&
      this.#state.permissions.join() === reply.permissions.join()
    if (!same) {
      const { user, company, permissions } = reply
      this.#set({ status: "signed-in", user, company, permissions })
    }
    for (const listener of this.#tokenListeners) listener(reply.access_token)
  }

  #schedule(milliseconds: number) {
    this.environment.clearTimer(this.#timer)
    this.#timer = this.environment.setTimer(() => void this.refresh().catch(() => undefined), milliseconds)
  }

  #end(notice: string | null) {
    this.environment.clearTimer(this.#timer)
    this.#token = null
    this.#set({ status: "signed-out", notice })
  }

  #set(state: SessionState) {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }

  async #exchange(path: string, body?: unknown): Promise<SessionReply> {
    return (await (await this.#post(path, body)).json()) as SessionReply
  }

  async #post(path: string, body?: unknown): Promise<Response> {
    const response = await this.environment
      .fetch(path, {
        method: "POST",
        credentials: "same-origin",
        headers: body === undefined ? {} : { "Content-Type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      .catch(() => {
        throw new ApiError(0, "network", "The server cannot be reached.")
      })
    if (!response.ok) throw await errorFromResponse(response)
    return response
  }
}

/** The environment of a real browser tab. */
export function browserSessionEnvironment(): SessionEnvironment {
  return {
    fetch: (input, init) => fetch(input, init),
    now: () => Date.now(),
    setTimer: (run, milliseconds) => setTimeout(run, Math.min(milliseconds, 2 ** 31 - 1)),
    clearTimer: (timer) => clearTimeout(timer as number),
    exclusively: async (work) =>
      // Web Locks need a secure context; over plain http on another host tabs are on their own.
      navigator.locks ? navigator.locks.request("zerotrace-session", work) : work(),
    channel: typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("zerotrace-session"),
  }
}
