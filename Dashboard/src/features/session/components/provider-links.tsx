import { useEffect, useState } from "react"
import { useServices } from "@/hooks/use-services"

/** The identity providers that people may sign in with, where there are any. */
export function ProviderLinks() {
  const { session } = useServices()
  const [names, setNames] = useState<readonly string[]>([])
  useEffect(() => {
    let isThere = true
    // Whoever has a password signs in without them all the same.
    session.providers().then(
      (found) => isThere && setNames(found),
      () => undefined,
    )
    return () => {
      isThere = false
    }
  }, [session])
  if (names.length === 0) return null
  return (
    <nav className="providers" aria-label="Other ways to sign in">
      {names.map((name) => (
        <a key={name} className="button" href={`/v1/auth/oidc/${encodeURIComponent(name)}/start`}>
          Sign in with {name}
        </a>
      ))}
    </nav>
  )
}
