import { type KeyboardEvent, useEffect, useRef, useState } from "react"
import { useHotkeys } from "@/hooks/use-hotkeys"
import { useServices } from "@/hooks/use-services"

interface SearchFieldProps {
  readonly label: string
  /** The search in force, as in the address bar. */
  readonly value: string
  readonly onSearch: (text: string) => void
}

/** Time without a key press after which the search is made, in milliseconds. */
const pause = 180

/** A search box that "/" focuses; Escape empties it, then leaves it, and the down arrow goes to the list. */
export function SearchField({ label, value, onSearch }: SearchFieldProps) {
  const { hotkeys } = useServices()
  const [text, setText] = useState(value)
  const field = useRef<HTMLInputElement>(null)
  const sent = useRef(value)

  useHotkeys({
    "/": () => {
      field.current?.focus()
      field.current?.select()
    },
  })

  // The address may change otherwise (back, "clear filters"); what was typed here comes back as `sent` and changes nothing.
  useEffect(() => {
    if (value === sent.current) return
    sent.current = value
    setText(value)
  }, [value])

  useEffect(() => {
    if (text.trim() === sent.current) return undefined
    const timer = setTimeout(() => {
      sent.current = text.trim()
      onSearch(text.trim())
    }, pause)
    return () => clearTimeout(timer)
  }, [text, onSearch])

  const pressed = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Escape") {
      // Only the field itself hears this Escape; "clear" by the browser would skip our state.
      event.preventDefault()
      event.nativeEvent.stopImmediatePropagation()
      if (text) setText("")
      else field.current?.blur()
    } else if (event.key === "ArrowDown" || event.key === "Enter") {
      event.preventDefault()
      field.current?.blur()
      hotkeys.run("j", event.nativeEvent)
    }
  }

  return (
    <div className="search">
      <span className="search-glyph" aria-hidden="true">
        /
      </span>
      <input
        ref={field}
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        maxLength={200}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={pressed}
      />
    </div>
  )
}
