import type { CompanyEvent } from "@/types/api"

/**
 * The live stream as a state machine without I/O: facts go in, a new state and actions come out.
 *
 * The protocol: open, send `subscribe` with the token and the last event seen, get `subscribed`, then events. Whatever ends the
 * connection leads to `waiting`, whose time grows with every failure in a row and is jittered, so that a restarted server is
 * not met by all dashboards at once.
 */
export type StreamPhase = "stopped" | "connecting" | "subscribing" | "live" | "waiting"

export interface StreamState {
  readonly phase: StreamPhase
  /** Resume after this event; null before the first subscription. */
  readonly lastEvent: number | null
  /** Connections that failed since the stream was last live. */
  readonly failures: number
  /** The server refused the token, so the next connection needs a new one. */
  readonly needsToken: boolean
}

export type StreamInput =
  | { readonly type: "started" }
  | { readonly type: "stopped" }
  | { readonly type: "opened" }
  | { readonly type: "received"; readonly message: ServerMessage }
  | { readonly type: "closed" }
  | { readonly type: "waitEnded" }
  /** The network came back or the page became visible: no reason to wait any longer. */
  | { readonly type: "woken" }
  | { readonly type: "tokenRenewed" }

export type ServerMessage =
  | { readonly type: "subscribed"; readonly latest: number }
  | { readonly type: "event"; readonly event: CompanyEvent }
  | { readonly type: "error"; readonly code: string }

export type StreamAction =
  | { readonly type: "connect"; readonly freshToken: boolean }
  | { readonly type: "subscribe"; readonly after: number | null }
  | { readonly type: "renew" }
  | { readonly type: "disconnect" }
  | { readonly type: "wait"; readonly milliseconds: number }
  | { readonly type: "deliver"; readonly event: CompanyEvent }
  /** Data fetched before now may lack changes that the stream will not tell. */
  | { readonly type: "resynchronise" }

export const initialStreamState: StreamState = { phase: "stopped", lastEvent: null, failures: 0, needsToken: false }

const firstDelay = 500
const longestDelay = 20_000

/** Milliseconds to wait after so many failures in a row: half of a doubling span fixed, half by chance (0 ≤ random < 1). */
export function reconnectDelay(failures: number, random: number): number {
  const span = Math.min(longestDelay, firstDelay * 2 ** Math.max(failures - 1, 0))
  return Math.round(span / 2 + (span / 2) * random)
}

type Step = readonly [StreamState, readonly StreamAction[]]

/** The next state and what to do. `random` (0 ≤ random < 1) is used when a wait begins. */
export function nextStreamStep(state: StreamState, input: StreamInput, random: number): Step {
  switch (input.type) {
    case "started":
      return state.phase === "stopped" ? connect(state) : [state, []]
    case "stopped":
      return [initialStreamState, [{ type: "disconnect" }]]
    case "opened":
      return state.phase === "connecting"
        ? [{ ...state, phase: "subscribing" }, [{ type: "subscribe", after: state.lastEvent }]]
        : [state, []]
    case "received":
      return receive(state, input.message)
    case "closed":
      return state.phase === "stopped" || state.phase === "waiting" ? [state, []] : wait(state, random)
    case "waitEnded":
    case "woken":
      return state.phase === "waiting" ? connect(state) : [state, []]
    case "tokenRenewed":
      return state.phase === "live" ? [state, [{ type: "renew" }]] : [state, []]
  }
}

function connect(state: StreamState): Step {
  return [
    { ...state, phase: "connecting", needsToken: false },
    [{ type: "connect", freshToken: state.needsToken }],
  ]
}

function wait(state: StreamState, random: number): Step {
  const failures = state.failures + 1
  return [{ ...state, phase: "waiting", failures }, [{ type: "wait", milliseconds: reconnectDelay(failures, random) }]]
}

function receive(state: StreamState, message: ServerMessage): Step {
  switch (message.type) {
    case "subscribed": {
      if (state.phase !== "subscribing") return [state, []]
      // A log that ends before what we have seen is another log (a restored backup): what we hold is worth nothing.
      const isContinued = state.lastEvent !== null && message.latest >= state.lastEvent
      const lastEvent = isContinued ? state.lastEvent : message.latest
      return [{ ...state, phase: "live", lastEvent, failures: 0 }, isContinued ? [] : [{ type: "resynchronise" }]]
    }
    case "event": {
      if (state.phase !== "live" || message.event.id <= (state.lastEvent ?? 0)) return [state, []]
      return [{ ...state, lastEvent: message.event.id }, [{ type: "deliver", event: message.event }]]
    }
    case "error": {
      const isTokenRefused = message.code === "token_expired" || message.code === "unauthorized"
      return [isTokenRefused ? { ...state, needsToken: true } : state, []]
    }
  }
}

/** Reads a message of the server; null for what this version does not know. */
export function readServerMessage(text: string): ServerMessage | null {
  try {
    const message = JSON.parse(text) as ServerMessage
    switch (message.type) {
      case "subscribed":
        return typeof message.latest === "number" ? message : null
      case "event":
        return typeof message.event?.id === "number" ? message : null
      case "error":
        return typeof message.code === "string" ? message : null
      default:
        return null
    }
  } catch {
    return null
  }
}
