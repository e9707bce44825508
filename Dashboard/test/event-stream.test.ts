import assert from "node:assert/strict"
import { describe, it } from "node:test"
import {
  initialStreamState,
  nextStreamStep,
  readServerMessage,
  reconnectDelay,
  type StreamAction,
  type StreamInput,
  type StreamState,
} from "@/lib/event-stream"
import type { CompanyEvent } from "@/types/api"

const event = (id: number): CompanyEvent => ({
  id,
  at: "2026-08-16T12:00:00Z",
  type: "agent_enrolled",
  data: { agent_id: "a", hostname: "web-01" },
})
const subscribed = (latest: number): StreamInput => ({ type: "received", message: { type: "subscribed", latest } })
const received = (id: number): StreamInput => ({ type: "received", message: { type: "event", event: event(id) } })
const refused = (code: string): StreamInput => ({ type: "received", message: { type: "error", code } })
const started: StreamInput = { type: "started" }
const opened: StreamInput = { type: "opened" }
const closed: StreamInput = { type: "closed" }

/** Feeds inputs in turn; gives the last state and the actions of each step. */
function run(inputs: readonly StreamInput[], from: StreamState = initialStreamState, random = 0) {
  let state = from
  const steps: (readonly StreamAction[])[] = []
  for (const input of inputs) {
    const [next, actions] = nextStreamStep(state, input, random)
    state = next
    steps.push(actions)
  }
  return { state, steps }
}

describe("the live stream", () => {
  it("subscribes without a place at first, and asks for what may have been missed before", () => {
    const { state, steps } = run([started, opened, subscribed(7)])
    assert.deepEqual(steps, [
      [{ type: "connect", freshToken: false }],
      [{ type: "subscribe", after: null }],
      [{ type: "resynchronise" }],
    ])
    assert.deepEqual(state, { phase: "live", lastEvent: 7, failures: 0, needsToken: false })
  })

  it("delivers events once, in order", () => {
    const { state, steps } = run([started, opened, subscribed(7), received(8), received(8), received(5), received(10)])
    const delivered = steps.flat().flatMap((action) => (action.type === "deliver" ? [action.event.id] : []))
    assert.deepEqual(delivered, [8, 10])
    assert.equal(state.lastEvent, 10)
  })

  it("resumes after the last event seen, without loading everything again", () => {
    const { steps } = run([started, opened, subscribed(7), received(9), closed, { type: "waitEnded" }, opened, subscribed(12), received(10)])
    assert.deepEqual(steps.slice(4), [
      [{ type: "wait", milliseconds: 250 }],
      [{ type: "connect", freshToken: false }],
      [{ type: "subscribe", after: 9 }],
      [],
      [{ type: "deliver", event: event(10) }],
    ])
  })

  it("loads everything again when the log is another one", () => {
    const { state, steps } = run([started, opened, subscribed(70), closed, { type: "waitEnded" }, opened, subscribed(3)])
    assert.deepEqual(steps[6], [{ type: "resynchronise" }])
    assert.equal(state.lastEvent, 3)
  })

  for (const code of ["token_expired", "unauthorized"]) {
    it(`takes a new token after ${code}`, () => {
      const { steps } = run([started, opened, refused(code), closed, { type: "waitEnded" }])
      assert.deepEqual(steps[4], [{ type: "connect", freshToken: true }])
    })
  }

  it("keeps its token when it only read too slowly", () => {
    const { steps } = run([started, opened, subscribed(7), refused("slow_reader"), closed, { type: "waitEnded" }])
    assert.deepEqual(steps[5], [{ type: "connect", freshToken: false }])
  })

  it("waits longer with every failure in a row and starts over once live", () => {
    let state = run([started]).state
    const waits: number[] = []
    for (let attempt = 0; attempt < 8; attempt++) {
      const step = run([closed, { type: "waitEnded" }], state, 0.5)
      for (const action of step.steps.flat()) if (action.type === "wait") waits.push(action.milliseconds)
      state = step.state
    }
    assert.deepEqual(waits, [375, 750, 1_500, 3_000, 6_000, 12_000, 15_000, 15_000])
    assert.equal(run([opened, subscribed(1)], state).state.failures, 0)
  })

  it("stops waiting when the network or the page comes back", () => {
    const { steps } = run([started, closed, { type: "woken" }])
    assert.deepEqual(steps[2], [{ type: "connect", freshToken: false }])
  })

  it("does not disturb a connection when woken", () => {
    const { state, steps } = run([started, opened, subscribed(1), { type: "woken" }])
    assert.deepEqual([state.phase, steps[3]], ["live", []])
  })

  it("renews its token only while live", () => {
    assert.deepEqual(run([started, { type: "tokenRenewed" }]).steps[1], [])
    assert.deepEqual(run([started, opened, subscribed(1), { type: "tokenRenewed" }]).steps[3], [{ type: "renew" }])
  })

  it("ends, and hears nothing afterwards", () => {
    const { state, steps } = run([started, opened, subscribed(1), { type: "stopped" }, closed, received(2), { type: "waitEnded" }])
    assert.deepEqual(steps.slice(3), [[{ type: "disconnect" }], [], [], []])
    assert.deepEqual(state, initialStreamState)
  })
})

describe("reconnectDelay", () => {
  it("lies between half the span and the span", () => {
    for (let failures = 1; failures < 40; failures++) {
      const span = Math.min(20_000, 500 * 2 ** (failures - 1))
      assert.equal(reconnectDelay(failures, 0), Math.round(span / 2))
      assert.ok(reconnectDelay(failures, 0.999) <= span)
    }
  })
})

describe("readServerMessage", () => {
  it("takes what the contract names", () => {
    assert.deepEqual(readServerMessage('{"type":"subscribed","latest":4}'), { type: "subscribed", latest: 4 })
    assert.deepEqual(readServerMessage('{"type":"error","code":"slow_reader"}'), { type: "error", code: "slow_reader" })
  })
  for (const text of ["", "[]", "null", "{", '{"type":"event"}', '{"type":"subscribed"}', '{"type":"news","latest":1}']) {
    it(`sets aside ${JSON.stringify(text)}`, () => assert.equal(readServerMessage(text), null))
  }
})
