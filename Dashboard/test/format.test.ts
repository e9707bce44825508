import assert from "node:assert/strict"
import { describe, it } from "node:test"
import {
  formatAge,
  formatAgo,
  formatBytes,
  formatCount,
  formatDate,
  formatDigest,
  formatDuration,
  formatHeadline,
  formatInstant,
  formatLeft,
  formatPlural,
  formatProbability,
  formatRisk,
  formatWord,
} from "@/lib/format"

const now = Date.parse("2026-08-16T12:00:00Z")
const before = (seconds: number) => new Date(now - seconds * 1_000).toISOString()

describe("durations", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0 s"],
    [0.001, "<0.01 s"],
    [0.01, "0.01 s"],
    [9.994, "9.99 s"],
    [9.996, "10.0 s"],
    [59.94, "59.9 s"],
    [59.96, "1 min 0 s"],
    [250, "4 min 10 s"],
    [3_599.6, "1 h 0 min"],
    [7_500, "2 h 5 min"],
    [1e9, "277\u00a0777 h 47 min"],
  ]
  for (const [seconds, expected] of cases) {
    it(`${seconds} seconds read as ${expected}`, () => assert.equal(formatDuration(seconds), expected))
  }
})

describe("bytes", () => {
  it("are mebibytes with a decimal while they are few", () => assert.equal(formatBytes(419_430), "0.4 MiB"))
  it("are whole mebibytes else", () => assert.equal(formatBytes(41_943_040), "40 MiB"))
})

describe("ages", () => {
  const cases: readonly (readonly [number, string])[] = [
    [-30, "now"],
    [0, "now"],
    [4, "now"],
    [5, "5s"],
    [59, "59s"],
    [60, "1m"],
    [3_599, "59m"],
    [3_600, "1h"],
    [86_399, "23h"],
    [86_400, "1d"],
    [729 * 86_400, "729d"],
    [730 * 86_400, "2y"],
  ]
  for (const [seconds, expected] of cases) {
    it(`${seconds} seconds read as ${expected}`, () => assert.equal(formatAge(before(seconds), now), expected))
  }
  it("do not say that now is ago", () => assert.equal(formatAgo(before(1), now), "now"))
  it("say ago in a sentence", () => assert.equal(formatAgo(before(300), now), "5m ago"))
  it("stand as a question mark when the time is unreadable", () => assert.equal(formatAgo("yesterday", now), "?"))
})

describe("figures", () => {
  it("are grouped in threes", () => {
    assert.equal(formatCount(999), "999")
    assert.equal(formatCount(1_000), "1\u00a0000")
    assert.equal(formatCount(12_345_678), "12\u00a0345\u00a0678")
  })
  it("take the singular for one only", () => {
    assert.equal(formatPlural(1, "agent"), "1 agent")
    assert.equal(formatPlural(0, "vulnerability", "vulnerabilities"), "0 vulnerabilities")
  })
  it("never make a small probability nothing", () => {
    assert.equal(formatProbability(0.94412), "94.4%")
    assert.equal(formatProbability(0.0005), "0.05%")
    assert.equal(formatProbability(0.00001), "<0.01%")
    assert.equal(formatProbability(0), "0.00%")
  })
  it("never make a small risk nothing", () => {
    assert.equal(formatRisk(0), "0")
    assert.equal(formatRisk(0.2), "<1")
    assert.equal(formatRisk(94.6), "95")
  })
})

describe("headlines", () => {
  it("are the summary where there is one", () => assert.equal(formatHeadline({ summary: "Short", details: "Long" }), "Short"))
  it("are else the beginning of the details, cut between words", () => {
    const details = `Begins here.\n${"word ".repeat(60)}`
    const headline = formatHeadline({ summary: "", details })
    assert.match(headline, /^Begins here\. word .* word…$/)
    assert.ok(headline.length <= 161)
  })
  it("are empty when there is nothing", () => assert.equal(formatHeadline({ summary: "", details: "" }), ""))
})

describe("times and digests", () => {
  it("are in UTC", () => {
    assert.equal(formatInstant("2026-08-16T14:03:09+02:00"), "2026-08-16 12:03:09 UTC")
    assert.equal(formatDate("2026-08-16T23:59:59Z"), "2026-08-16")
  })
  it("show what cannot be read as it came", () => assert.equal(formatDate("soon"), "soon"))
  it("cut a digest after twelve characters", () => assert.equal(formatDigest("sha256:0123456789abcdef"), "0123456789ab"))
})

describe("times left", () => {
  const cases: readonly (readonly [number, string])[] = [
    [-60, "over"],
    [0, "over"],
    [59, "in 59s"],
    [60, "in 1m"],
    [3_600, "in 1h"],
    [47 * 3_600, "in 47h"],
    [48 * 3_600, "in 2d"],
  ]
  for (const [seconds, words] of cases) {
    it(`${seconds} s read as "${words}"`, () => assert.equal(formatLeft(before(-seconds), now), words))
  }
  it("a time that is none", () => assert.equal(formatLeft("soon", now), "?"))
})

describe("machine words", () => {
  it("read as people's", () => {
    assert.deepEqual(["no_fix_yet", "enrollment_token.created"].map(formatWord), ["no fix yet", "enrollment token created"])
  })
})
