import { useEffect, useRef } from "react"
import { useHotkeys } from "@/hooks/use-hotkeys"

const shortcuts = [
  { title: "Go to", rows: [["g o", "overview"], ["g a", "agents"], ["g v", "vulnerabilities"], ["g e", "exceptions"], ["g s", "settings"], ["Esc", "back to the list"]] },
  { title: "Lists", rows: [["/", "search"], ["j  ↓", "next row"], ["k  ↑", "previous row"], ["Home  End", "first, last row"], ["Enter", "open the row"]] },
  { title: "Help", rows: [["?", "these shortcuts"], ["Esc", "close"]] },
] as const

/** Lists the keyboard shortcuts. */
export default function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current
    if (!element) return undefined
    if (!element.open) element.showModal()
    // A press beside the dialog's body hits the dialog itself, which is its backdrop.
    const closeBeside = (event: MouseEvent) => event.target === element && onClose()
    element.addEventListener("click", closeBeside)
    return () => element.removeEventListener("click", closeBeside)
  }, [onClose])
  // The page's own commands stay quiet while the dialog is open.
  useHotkeys({ Escape: onClose, "?": onClose, j: ignore, k: ignore, ArrowDown: ignore, ArrowUp: ignore, "/": ignore })

  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="shortcuts-title" onClose={onClose}>
      <div className="dialog-body">
        <header className="dialog-head">
          <h2 id="shortcuts-title">Keyboard shortcuts</h2>
          <button type="button" className="button button-quiet" onClick={onClose}>
            Close
          </button>
        </header>
        {shortcuts.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl className="shortcuts">
              {group.rows.map(([keys, meaning]) => (
                <div key={keys + meaning}>
                  <dt>
                    {keys.split(/ +/).map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </dialog>
  )
}

function ignore() {}
