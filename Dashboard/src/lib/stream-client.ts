import {
  initialStreamState,
  nextStreamStep,
  readServerMessage,
  type StreamAction,
  type StreamInput,
  type StreamPhase,
  type StreamState,
} from "@/lib/event-stream"
import type { Session } from "@/lib/session"
import type { CompanyEvent } from "@/types/api"

export interface StreamHandlers {
  readonly onEvent: (event: CompanyEvent) => void
  readonly onResynchronise: () => void
}

/** Runs the state machine of `event-stream.ts` over a WebSocket and tells how it is. */
export class StreamClient {
  #state: StreamState = initialStreamState
  #socket: WebSocket | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #forgetToken: (() => void) | null = null
  readonly #listeners = new Set<() => void>()

  constructor(
    private readonly session: Session,
    private readonly handlers: StreamHandlers,
    private readonly makeSocket: () => WebSocket = () => new WebSocket(streamAddress(window.location)),
  ) {}

  get phase(): StreamPhase {
    return this.#state.phase
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  start(): void {
    this.#forgetToken ??= this.session.onToken(() => this.#put({ type: "tokenRenewed" }))
    window.addEventListener("online", this.#wake)
    document.addEventListener("visibilitychange", this.#wake)
    this.#put({ type: "started" })
  }

  stop(): void {
    this.#forgetToken?.()
    this.#forgetToken = null
    window.removeEventListener("online", this.#wake)
    document.removeEventListener("visibilitychange", this.#wake)
    this.#put({ type: "stopped" })
  }

  #wake = () => {
    if (document.visibilityState === "visible") this.#put({ type: "woken" })
  }

  #put(input: StreamInput) {
    const [state, actions] = nextStreamStep(this.#state, input, Math.random())
    const changed = state.phase !== this.#state.phase
    this.#state = state
    for (const action of actions) this.#perform(action)
    if (changed) for (const listener of [...this.#listeners]) listener()
  }

  #perform(action: StreamAction) {
    switch (action.type) {
      case "connect":
        clearTimeout(this.#timer)
        void this.#connect(action.freshToken)
        break
      case "subscribe":
        void this.#sendWithToken({ type: "subscribe", after: action.after })
        break
      case "renew":
        void this.#sendWithToken({ type: "renew" })
        break
      case "disconnect":
        clearTimeout(this.#timer)
        this.#drop()
        break
      case "wait":
        this.#drop()
        this.#timer = setTimeout(() => this.#put({ type: "waitEnded" }), action.milliseconds)
        break
      case "deliver":
        this.handlers.onEvent(action.event)
        break
      case "resynchronise":
        this.handlers.onResynchronise()
        break
    }
  }

  async #connect(freshToken: boolean) {
    try {
      if (freshToken) await this.session.refresh()
      else await this.session.accessToken()
    } catch {
      this.#put({ type: "closed" })
      return
    }
    if (this.#state.phase !== "connecting" || this.#socket) return
    const socket = this.makeSocket()
    this.#socket = socket
    // A socket that was dropped may still speak; only the present one is heard.
    const heard = (input: StreamInput) => {
      if (this.#socket === socket) this.#put(input)
    }
    socket.addEventListener("open", () => heard({ type: "opened" }))
    socket.addEventListener("close", () => heard({ type: "closed" }))
    socket.addEventListener("message", (message) => {
      const read = typeof message.data === "string" ? readServerMessage(message.data) : null
      if (read) heard({ type: "received", message: read })
    })
  }

  async #sendWithToken(message: object) {
    const socket = this.#socket
    const token = await this.session.accessToken().catch(() => null)
    if (socket && socket === this.#socket && token) socket.send(JSON.stringify({ ...message, access_token: token }))
  }

  #drop() {
    const socket = this.#socket
    this.#socket = null
    socket?.close()
  }
}

function streamAddress(location: Location): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/v1/stream`
}
