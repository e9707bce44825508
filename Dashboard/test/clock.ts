/** Time that passes only when told. */
export class ManualClock {
  #now = 1_000_000
  #timers: { readonly at: number; readonly run: () => void }[] = []

  now = () => this.#now

  setTimer = (run: () => void, milliseconds: number) => {
    const timer = { at: this.#now + milliseconds, run }
    this.#timers.push(timer)
    return timer
  }

  clearTimer = (timer: unknown) => {
    this.#timers = this.#timers.filter((each) => each !== timer)
  }

  get pending(): number {
    return this.#timers.length
  }

  /** Lets time pass and runs what comes due, in order, settling promises in between. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#now = Math.max(next.at, this.#now)
      this.clearTimer(next)
      next.run()
      await settle()
    }
    this.#now = end
    await settle()
  }
}

/** Lets all promises settle that can. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}
