import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { Hotkeys } from "@/lib/hotkeys"

/** A key press as the handler sees it. */
function press(key: string, more: Partial<Record<keyof KeyboardEvent, unknown>> = {}) {
  let isPrevented = false
  const event = { key, timeStamp: 0, target: null, preventDefault: () => void (isPrevented = true), ...more }
  return { event: event as unknown as KeyboardEvent, wasTaken: () => isPrevented }
}

describe("Hotkeys", () => {
  it("runs one key and a sequence of two", () => {
    const done: string[] = []
    const hotkeys = new Hotkeys()
    hotkeys.add({ j: () => done.push("next"), "g a": () => done.push("agents") })
    for (const key of ["j", "g", "a", "a"]) hotkeys.handle(press(key).event)
    assert.deepEqual(done, ["next", "agents"])
  })

  it("forgets the first key after a while", () => {
    const done: string[] = []
    const hotkeys = new Hotkeys()
    hotkeys.add({ "g a": () => done.push("agents") })
    hotkeys.handle(press("g", { timeStamp: 0 }).event)
    hotkeys.handle(press("a", { timeStamp: 1_300 }).event)
    assert.deepEqual(done, [])
  })

  it("lets the newest map win until it goes", () => {
    const done: string[] = []
    const hotkeys = new Hotkeys()
    hotkeys.add({ Escape: () => done.push("page") })
    const remove = hotkeys.add({ Escape: () => done.push("dialog") })
    hotkeys.handle(press("Escape").event)
    remove()
    hotkeys.handle(press("Escape").event)
    assert.deepEqual(done, ["dialog", "page"])
  })

  for (const modifier of ["ctrlKey", "metaKey", "altKey"] as const) {
    it(`leaves ${modifier} to the browser`, () => {
      const hotkeys = new Hotkeys()
      hotkeys.add({ j: () => assert.ok(false, "ran") })
      const { event, wasTaken } = press("j", { [modifier]: true })
      hotkeys.handle(event)
      assert.equal(wasTaken(), false)
    })
  }

  it("leaves letters to a text field, but not Escape", () => {
    const done: string[] = []
    const hotkeys = new Hotkeys()
    hotkeys.add({ j: () => done.push("j"), Escape: () => done.push("Escape") })
    const target = { tagName: "INPUT", type: "search" }
    hotkeys.handle(press("j", { target }).event)
    hotkeys.handle(press("Escape", { target }).event)
    assert.deepEqual(done, ["Escape"])
  })
})
