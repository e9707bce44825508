/** The sign and the name. */
export function Logo() {
  return (
    <span className="logo">
      <svg viewBox="0 0 32 32" width="20" height="20" aria-hidden="true">
        <path d="M16 4a12 12 0 1 1-8.5 3.5" className="logo-ring" />
        <path d="M8.5 23.5 23.5 8.5" className="logo-ring" />
        <circle cx="23.5" cy="8.5" r="3.6" className="logo-dot" />
      </svg>
      <span className="logo-name">
        zero<b>trace</b>
      </span>
    </span>
  )
}
