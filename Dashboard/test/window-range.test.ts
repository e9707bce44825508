import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { scrollToShow, visibleRange } from "@/lib/window-range"

describe("visibleRange", () => {
  const cases = [
    { name: "the top of a list", top: 0, count: 1_000, expected: { first: 0, end: 25 } },
    { name: "the middle", top: 5_000, count: 1_000, expected: { first: 95, end: 125 } },
    { name: "the end", top: 49_000, count: 1_000, expected: { first: 975, end: 1_000 } },
    { name: "a list that begins within the view", top: -500, count: 1_000, expected: { first: 0, end: 15 } },
    { name: "a list below the view keeps its first rows", top: -9_000, count: 1_000, expected: { first: 0, end: 5 } },
    { name: "a list above the view keeps its last rows", top: 90_000, count: 1_000, expected: { first: 995, end: 1_000 } },
    { name: "a list shorter than the view", top: 0, count: 3, expected: { first: 0, end: 3 } },
    { name: "no rows", top: 0, count: 0, expected: { first: 0, end: 0 } },
    { name: "a place that is no number", top: Number.NaN, count: 9, expected: { first: 0, end: 0 } },
  ]
  for (const { name, top, count, expected } of cases) {
    it(name, () => assert.deepEqual(visibleRange(top, 1_000, 50, count, 5), expected))
  }

  it("covers every row of the view wherever it is", () => {
    for (let top = -2_000; top < 12_000; top += 37) {
      const { first, end } = visibleRange(top, 640, 38, 300, 8)
      for (let row = 0; row < 300; row++) {
        const isInView = (row + 1) * 38 > top && row * 38 < top + 640
        if (isInView) assert.ok(row >= first && row < end, `row ${row} at ${top}`)
      }
      assert.ok(end - first <= Math.ceil(640 / 38) + 18, `too many rows at ${top}`)
    }
  })
})

describe("scrollToShow", () => {
  it("leaves a row that is whole in view", () => assert.equal(scrollToShow(3, 50, 0, 500, 90), 0))
  it("scrolls down until a row below is whole", () => assert.equal(scrollToShow(10, 50, 0, 500, 0), 50))
  it("scrolls up beneath what covers the top", () => assert.equal(scrollToShow(10, 50, 520, 500, 90), -110))
})
