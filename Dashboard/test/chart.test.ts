import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { indexInForce, linearScale, niceTicks, stepPath, timeTicks } from "@/lib/chart"

describe("niceTicks", () => {
  const cases: readonly (readonly [number, readonly number[]])[] = [
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [7, [0, 2, 4, 6, 8]],
    [66, [0, 20, 40, 60, 80]],
    [1_234, [0, 500, 1_000, 1_500]],
  ]
  for (const [maximum, expected] of cases) {
    it(`up to ${maximum}`, () => assert.deepEqual(niceTicks(maximum, 4), expected))
  }
})

describe("stepPath", () => {
  const same = (value: number) => value
  it("holds each value until the next one, and the last until the end", () => {
    const points = [
      { at: 0, value: 5 },
      { at: 10, value: 7 },
      { at: 20, value: 6 },
    ]
    assert.equal(stepPath(points, 30, same, same), "M0 5H10V7H20V6H30")
  })
  it("is empty without points", () => assert.equal(stepPath([], 30, same, same), ""))
})

describe("linearScale", () => {
  it("may run backwards", () => assert.equal(linearScale([0, 10], [100, 0])(2.5), 75))
  it("maps an empty span onto the start", () => assert.equal(linearScale([3, 3], [40, 90])(3), 40))
})

describe("indexInForce", () => {
  const points = [{ at: 10 }, { at: 20 }, { at: 30 }]
  it("is the last point that has begun", () => {
    assert.deepEqual([5, 10, 19, 20, 99].map((at) => indexInForce(points, at)), [-1, 0, 0, 1, 2])
  })
})

describe("timeTicks", () => {
  const labels = (start: string, end: string, count: number) =>
    timeTicks(Date.parse(start), Date.parse(end), count).map((at) => new Date(at).toISOString().slice(5, 10))
  it("are midnights while there is room, none too near an end", () => {
    assert.deepEqual(labels("2026-08-09T23:00:00Z", "2026-08-16T23:00:00Z", 8), ["08-11", "08-12", "08-13", "08-14", "08-15", "08-16"])
  })
  it("are evenly apart when days are too many", () => {
    const week = labels("2026-07-18T12:00:00Z", "2026-08-17T12:00:00Z", 6)
    assert.deepEqual(week, labels("2026-07-18T18:00:00Z", "2026-08-17T18:00:00Z", 6))
    assert.equal(week.length, 6)
  })
  it("span a year", () => assert.ok(labels("2025-08-17T12:00:00Z", "2026-08-17T12:00:00Z", 7).length >= 5))
})
