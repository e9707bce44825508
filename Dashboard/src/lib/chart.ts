/** A value that holds from a moment (milliseconds since 1970) until the next one. */
export interface StepPoint {
  readonly at: number
  readonly value: number
}

/** Maps a span onto another one, straight. An empty span maps to the start. */
export function linearScale(from: readonly [number, number], to: readonly [number, number]): (value: number) => number {
  const span = from[1] - from[0]
  return (value) => (span === 0 ? to[0] : to[0] + ((value - from[0]) / span) * (to[1] - to[0]))
}

/** Round values from 0 up to at least `maximum`, about `count` of them, in steps of 1, 2 or 5 times a power of ten, whole. */
export function niceTicks(maximum: number, count: number): readonly number[] {
  const top = Math.max(maximum, 1)
  const rough = top / Math.max(count, 1)
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find((each) => each * power >= rough) ?? 10
  const step = Math.max(factor * power, 1)
  const ticks: number[] = []
  for (let tick = 0; tick < top + step; tick += step) ticks.push(tick)
  return ticks
}

/** The SVG path of a step line: level until the next point, then straight up or down; the last value holds until `end`. */
export function stepPath(
  points: readonly StepPoint[],
  end: number,
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  const round = (value: number) => Math.round(value * 10) / 10
  let path = ""
  for (const [index, point] of points.entries()) {
    const top = round(y(point.value))
    path += index === 0 ? `M${round(x(point.at))} ${top}` : `H${round(x(point.at))}V${top}`
  }
  return path ? `${path}H${round(x(end))}` : ""
}

/** The index of the point in force at a moment; -1 before the first. */
export function indexInForce(points: readonly { readonly at: number }[], at: number): number {
  let low = 0
  let high = points.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((points[middle] as { at: number }).at <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}

const day = 24 * 3_600_000
const daySteps = [1, 2, 5, 10, 30, 60, 90]

/** At most `count` midnights (UTC) of a span, evenly apart from 1970 on, so that they stay the same tomorrow; none so near an end that its label hangs over. */
export function timeTicks(start: number, end: number, count: number): readonly number[] {
  const step = (daySteps.find((days) => end - start <= days * day * count) ?? 180) * day
  const room = (end - start) / count / 4
  const ticks: number[] = []
  for (let at = Math.ceil((start + room) / step) * step; at <= end - room; at += step) ticks.push(at)
  return ticks
}
