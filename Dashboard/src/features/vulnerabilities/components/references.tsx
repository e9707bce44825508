import type { VulnerabilityRecord } from "@/types/api"

/** Names, advisories and web pages. Only web addresses become links: the feeds are outside bytes. */
export function References({ item }: { readonly item: VulnerabilityRecord }) {
  const links = item.references.map(readAddress).filter((each): each is URL => each !== null)
  return (
    <dl className="scores">
      {item.aliases.length > 0 && (
        <div>
          <dt>Also</dt>
          <dd>{item.aliases.join(", ")}</dd>
        </div>
      )}
      <div>
        <dt>Advisories</dt>
        <dd>{item.advisories.length > 0 ? item.advisories.join(", ") : <span className="faint">none</span>}</dd>
      </div>
      <div>
        <dt>References</dt>
        <dd>
          {links.length === 0 && <span className="faint">none</span>}
          <ul className="plain references">
            {links.map((link) => (
              <li key={link.href}>
                <a href={link.href} target="_blank" rel="noopener noreferrer" title={link.href}>
                  {link.host}
                  <span className="faint">{link.pathname === "/" ? "" : link.pathname}</span>
                </a>
              </li>
            ))}
          </ul>
        </dd>
      </div>
    </dl>
  )
}

function readAddress(text: string): URL | null {
  try {
    const address = new URL(text)
    return address.protocol === "https:" || address.protocol === "http:" ? address : null
  } catch {
    return null
  }
}
