import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { describe, it } from "node:test"

/** Tests are run from the Dashboard folder. The light colours stand in a media query behind the dark ones. */
const [darkSheet = "", lightSheet = ""] = readFileSync("src/styles/tokens.css", "utf8").split("@media (prefers-color-scheme: light)")
const palettes = { dark: coloursIn(darkSheet), light: coloursIn(lightSheet) }

function coloursIn(sheet: string): ReadonlyMap<string, string> {
  return new Map([...sheet.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/g)].map(([, name, colour]) => [name as string, colour as string]))
}

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

const grounds = ["ground", "surface", "raised", "hover"]
const words = ["text", "faint", "bright", "accent", "critical", "high", "medium", "low", "unknown", "exploited", "pending", "vacant"]
const pairs = [
  ...words.flatMap((word) => grounds.map((ground) => [word, ground] as const)),
  ["accent", "accent-ground"],
  ["text", "accent-ground"],
  ["bright", "accent-ground"],
  ["on-accent", "accent"],
  ["on-accent", "accent-strong"],
  ["exploited", "exploited-ground"],
  ["exploited", "exploited-hover"],
  ["text", "pending-ground"],
  ["bright", "pending-ground"],
  ["pending", "pending-ground"],
  ["text", "error-ground"],
  ["faint", "error-ground"],
  ["bright", "error-ground"],
  ["critical", "error-ground"],
  ["text", "vacant-ground"],
  ["vacant", "vacant-ground"],
  ["bright", "vacant-ground"],
] as const
const marks = ["control-line", "focus", "accent", "critical", "high", "medium", "low", "exploited", "zero"]
const edges = marks.flatMap((mark) => ["ground", "surface", "raised"].map((ground) => [mark, ground] as const))

for (const [palette, colours] of Object.entries(palettes)) {
  const ratioOf = (one: string, other: string) => {
    const [first, second] = [colours.get(one), colours.get(other)]
    assert(first && second, `there is no colour --${first ? other : one}`)
    return contrast(first, second)
  }
  describe(`words are readable (4.5 : 1), ${palette}`, () => {
    for (const [word, ground] of pairs) {
      it(`${word} on ${ground}`, () => {
        const ratio = ratioOf(word, ground)
        assert.ok(ratio >= 4.5, `contrast is ${ratio.toFixed(2)}`)
      })
    }
  })
  describe(`marks, edges of controls and large zeros are visible (3 : 1), ${palette}`, () => {
    for (const [mark, ground] of edges) {
      it(`${mark} on ${ground}`, () => {
        const ratio = ratioOf(mark, ground)
        assert.ok(ratio >= 3, `contrast is ${ratio.toFixed(2)}`)
      })
    }
  })
}

it("both palettes give every colour", () => {
  assert.deepEqual([...palettes.light.keys()].sort(), [...palettes.dark.keys()].sort())
})
