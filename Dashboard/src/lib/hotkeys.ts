/** A key or two keys in a row ("g o"), named as `KeyboardEvent.key`, to what it does. */
export type HotkeyMap = Readonly<Record<string, (event: KeyboardEvent) => void>>

/** Time to press the second key, in milliseconds. */
const sequenceTime = 1_200

/**
 * Turns key presses into commands. The newest map that knows the key wins, so a dialog shadows its page.
 *
 * Keys with Ctrl, Alt or Meta belong to the browser, and keys pressed while writing to the text field; Escape alone passes.
 */
export class Hotkeys {
  readonly #maps: HotkeyMap[] = []
  #prefix: { readonly key: string; readonly at: number } | null = null

  /** Adds commands. Returns how to remove them. */
  add(map: HotkeyMap): () => void {
    this.#maps.push(map)
    return () => {
      const index = this.#maps.lastIndexOf(map)
      if (index >= 0) this.#maps.splice(index, 1)
    }
  }

  handle = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (isWriting(event.target) && event.key !== "Escape") return
    const prefix = this.#prefix && event.timeStamp - this.#prefix.at < sequenceTime ? this.#prefix.key : null
    this.#prefix = null
    const command = (prefix && this.#find(`${prefix} ${event.key}`)) || this.#find(event.key)
    if (command) {
      event.preventDefault()
      command(event)
    } else if (this.#isPrefix(event.key)) {
      this.#prefix = { key: event.key, at: event.timeStamp }
    }
  }

  /** Runs a command as if its key had been pressed. */
  run(name: string, event: KeyboardEvent): void {
    this.#find(name)?.(event)
  }

  #find(name: string) {
    for (let index = this.#maps.length - 1; index >= 0; index--) {
      const command = this.#maps[index]?.[name]
      if (command) return command
    }
    return undefined
  }

  #isPrefix(key: string): boolean {
    return this.#maps.some((map) => Object.keys(map).some((name) => name.startsWith(`${key} `)))
  }
}

function isWriting(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null
  if (!element?.tagName) return false
  if (element.isContentEditable || element.tagName === "TEXTAREA" || element.tagName === "SELECT") return true
  return element.tagName === "INPUT" && !["checkbox", "radio", "button"].includes((element as HTMLInputElement).type)
}
