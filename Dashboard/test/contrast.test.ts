import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { describe, it } from "node:test"

/** Tests are run from the Dashboard folder. */
const tokens = new Map(
  [...readFileSync("src/styles/tokens.css", "utf8").matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/g)].map(
    ([, name, colour]) => [name as string, colour as string],
  ),
)

/** Relative luminance by WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(colour.slice(start, start + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function colourOf(name: string): string {
  const colour = tokens.get(name)
  assert(colour, `there is no colour --${name}`)
  return colour
}

const grounds = ["ground", "surface", "raised", "hover"]
const words = ["text", "faint", "bright", "accent", "critical", "high", "medium", "low", "unknown", "exploited", "pending", "vacant"]

describe("words are readable (4.5 : 1)", () => {
  const pairs = [
    ...words.flatMap((word) => grounds.map((ground) => [word, ground] as const)),
    ["accent", "accent-ground"],
    ["text", "accent-ground"],
    ["bright", "accent-ground"],
    ["exploited", "exploited-ground"],
    ["text", "pending-ground"],
    ["bright", "pending-ground"],
    ["text", "error-ground"],
    ["faint", "error-ground"],
    ["bright", "error-ground"],
    ["text", "vacant-ground"],
    ["vacant", "vacant-ground"],
    ["bright", "vacant-ground"],
  ] as const
  for (const [word, ground] of pairs) {
    it(`${word} on ${ground}`, () => {
      const ratio = contrast(colourOf(word), colourOf(ground))
      assert.ok(ratio >= 4.5, `contrast is ${ratio.toFixed(2)}`)
    })
  }
})

describe("marks and edges of controls are visible (3 : 1)", () => {
  for (const mark of ["control-line", "focus", "accent", "critical", "high", "medium", "low", "exploited"]) {
    for (const ground of ["ground", "surface", "raised"]) {
      it(`${mark} on ${ground}`, () => {
        const ratio = contrast(colourOf(mark), colourOf(ground))
        assert.ok(ratio >= 3, `contrast is ${ratio.toFixed(2)}`)
      })
    }
  }
})
