import type { Instant } from "@/types/api"

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** A count with thin groups: 12 345. Fixed, so that columns of figures do not depend on the browser's language. */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, "\u00a0")
}

/** A count of things in words: "1 agent", "12 agents". */
export function formatPlural(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`
}

/** How long ago, in the largest unit that tells enough: "now", "42s", "5m", "3h", "12d", "2y". Future times read as "now". */
export function formatAge(instant: Instant, now: number): string {
  const at = Date.parse(instant)
  if (Number.isNaN(at)) return "?"
  const seconds = Math.floor((now - at) / 1_000)
  if (seconds < 5) return "now"
  if (seconds < minute) return `${seconds}s`
  if (seconds < hour) return `${Math.floor(seconds / minute)}m`
  if (seconds < day) return `${Math.floor(seconds / hour)}h`
  const days = Math.floor(seconds / day)
  return days < 730 ? `${days}d` : `${Math.floor(days / 365)}y`
}

/** The same for a sentence: "now", "5m ago". */
export function formatAgo(instant: Instant, now: number): string {
  const age = formatAge(instant, now)
  return age === "now" || age === "?" ? age : `${age} ago`
}

/** A span of seconds to what tells enough of it: "<0.01 s", "0.42 s", "12.3 s", "4 min 10 s", "2 h 5 min". */
export function formatDuration(seconds: number): string {
  if (seconds > 0 && seconds < 0.01) return "<0.01 s"
  if (seconds < 9.995) return `${seconds === 0 ? "0" : seconds.toFixed(2)} s`
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < hour) return `${Math.floor(whole / minute)} min ${whole % minute} s`
  const minutes = Math.round(whole / minute)
  return `${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`
}

/** Bytes in mebibytes: "0.4 MiB", "40 MiB". */
export function formatBytes(bytes: number): string {
  const mebibytes = bytes / 1_048_576
  return `${mebibytes < 9.95 ? mebibytes.toFixed(1) : formatCount(mebibytes)} MiB`
}

/** How long until then, in the largest unit that tells enough: "in 5m", "in 12d"; "over" for times that have passed. */
export function formatLeft(instant: Instant, now: number): string {
  const at = Date.parse(instant)
  if (Number.isNaN(at)) return "?"
  const seconds = Math.floor((at - now) / 1_000)
  if (seconds <= 0) return "over"
  if (seconds < minute) return `in ${seconds}s`
  if (seconds < hour) return `in ${Math.floor(seconds / minute)}m`
  if (seconds < 2 * day) return `in ${Math.floor(seconds / hour)}h`
  return `in ${Math.floor(seconds / day)}d`
}

/** Date and time to the second, UTC: "2026-08-16 14:03:09 UTC". */
export function formatInstant(instant: Instant): string {
  const at = new Date(instant)
  return Number.isNaN(at.getTime()) ? instant : `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`
}

/** The date, UTC: "2026-08-16". */
export function formatDate(instant: Instant): string {
  const at = new Date(instant)
  return Number.isNaN(at.getTime()) ? instant : at.toISOString().slice(0, 10)
}

/** A probability as EPSS pages show it: "94.4%", "0.05%", "<0.01%". */
export function formatProbability(value: number): string {
  const percent = value * 100
  if (percent > 0 && percent < 0.01) return "<0.01%"
  return `${percent.toFixed(percent < 1 ? 2 : 1)}%`
}

/** A score with one decimal: "9.8". */
export function formatScore(value: number): string {
  return value.toFixed(1)
}

/** A risk from 0 to 100 without decimals; only 0 itself reads as 0. */
export function formatRisk(value: number): string {
  return value > 0 && value < 1 ? "<1" : Math.round(value).toString()
}

/** The first characters of a digest. */
export function formatDigest(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12)
}

/** A machine word for people: "no_fix_yet" → "no fix yet", "enrollment_token.created" → "enrollment token created". */
export function formatWord(word: string): string {
  return word.replace(/[_.]/g, " ")
}

/** Characters of the details that stand in for a missing summary. */
const headlineLength = 160

/** One line that says what a vulnerability is: its summary, else how its details begin; empty when the feeds give neither. */
export function formatHeadline({ summary, details }: { readonly summary: string; readonly details: string }): string {
  if (summary) return summary
  const line = details.replace(/\s+/g, " ").trim()
  return line.length <= headlineLength ? line : `${line.slice(0, headlineLength).replace(/ \S*$/, "")}…`
}
