import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react"
import { LiveState } from "@/app/live-state"
import { pageFor } from "@/app/routes"
import { ErrorBoundary } from "@/components/error-boundary"
import { Link } from "@/components/link"
import { Logo } from "@/components/logo"
import { Notice } from "@/components/notice"
import { useHotkeys } from "@/hooks/use-hotkeys"
import { usePlace } from "@/hooks/use-place"
import { ScrollAreaContext, useScrollMemory } from "@/hooks/use-scroll-area"
import { useServices } from "@/hooks/use-services"
import { paths } from "@/lib/paths"
import type { Company, User } from "@/types/api"

const ShortcutsDialog = lazy(() => import("@/app/shortcuts-dialog"))

const sections = [
  { key: "o", label: "Overview", to: paths.overview, glyph: "▣" },
  { key: "a", label: "Agents", to: paths.agents, glyph: "▤" },
  { key: "v", label: "Vulnerabilities", to: paths.vulnerabilities, glyph: "◆" },
  { key: "e", label: "Exceptions", to: paths.exceptions, glyph: "◇" },
  { key: "s", label: "Settings", to: paths.settings, glyph: "◎" },
] as const

/** How often to ask again for what changes without an event (when agents were last seen), in milliseconds. */
const refreshInterval = 60_000

/** The frame around every page: navigation, live state, account. */
export function Shell({ user, company }: { readonly user: User; readonly company: Company }) {
  const { router } = useServices()
  const { path } = usePlace()
  const [isHelpOpen, setIsHelpOpen] = useState(false)
  const closeHelp = useCallback(() => setIsHelpOpen(false), [])
  const main = useRef<HTMLElement>(null)
  useScrollMemory(main)
  usePeriodicRefresh()
  useFocusOnNavigation(main, path)

  useHotkeys({
    "g o": () => router.go(paths.overview),
    "g a": () => router.go(paths.agents),
    "g v": () => router.go(paths.vulnerabilities),
    "g e": () => router.go(paths.exceptions),
    "g s": () => router.go(paths.settings),
    "?": () => setIsHelpOpen(true),
    // Escape leaves a detail page for its list.
    Escape: () => {
      const list = sections.find(({ to }) => to !== "/" && path.startsWith(`${to}/`))
      if (list) router.goUp(list.to)
    },
  })

  return (
    <ScrollAreaContext.Provider value={main}>
      <div className="shell">
        <a className="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
          Skip to content
        </a>
        <header className="side">
          <Link to={paths.overview} className="side-home" aria-label="ZeroTrace, overview">
            <Logo />
          </Link>
          <nav className="side-nav" aria-label="Main">
            {sections.map((section) => (
              <Link
                key={section.key}
                to={section.to}
                className="side-link"
                aria-current={isWithin(section.to, path) ? "page" : undefined}
              >
                <span className="side-glyph" aria-hidden="true">
                  {section.glyph}
                </span>
                <span>{section.label}</span>
                <kbd aria-hidden="true">g {section.key}</kbd>
              </Link>
            ))}
          </nav>
          <div className="side-foot">
            <LiveState />
            <Account user={user} company={company} onHelp={() => setIsHelpOpen(true)} />
          </div>
        </header>
        <main id="main" className="main" ref={main} tabIndex={-1}>
          <ErrorBoundary key={path} task="show this page">
            {pageFor(path) ?? <NoSuchPage />}
          </ErrorBoundary>
        </main>
      </div>
      <Suspense>{isHelpOpen && <ShortcutsDialog onClose={closeHelp} />}</Suspense>
    </ScrollAreaContext.Provider>
  )
}

function Account({ user, company, onHelp }: { user: User; company: Company; onHelp: () => void }) {
  const { session } = useServices()
  return (
    <div className="account">
      <p className="account-company" title={company.name}>
        {company.name}
      </p>
      <Link to={paths.account} className="account-user faint" title={`${user.email}, ${user.role}: your account`}>
        {user.email}
      </Link>
      <div className="account-actions">
        <button type="button" className="button button-quiet" onClick={() => void session.signOut()}>
          Sign out
        </button>
        <button type="button" className="button button-quiet account-help" aria-label="Keyboard shortcuts" onClick={onHelp}>
          ?
        </button>
      </div>
    </div>
  )
}

function NoSuchPage() {
  return (
    <div className="page">
      <h1 className="page-title">No such page</h1>
      <Notice kind="unmatched" title="There is nothing at this address">
        <p>
          <Link to={paths.overview}>Go to the overview</Link>
        </p>
      </Notice>
    </div>
  )
}

function isWithin(section: string, path: string): boolean {
  return section === "/" ? path === "/" : path === section || path.startsWith(`${section}/`)
}

/** After going to another page the keyboard starts at its top, and a screen reader begins to read there. */
function useFocusOnNavigation(main: React.RefObject<HTMLElement>, path: string) {
  const previous = useRef(path)
  useEffect(() => {
    if (previous.current === path) return
    previous.current = path
    main.current?.focus({ preventScroll: true })
  }, [main, path])
}

function usePeriodicRefresh() {
  const { cache } = useServices()
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState !== "visible") return
      cache.invalidate(([resource]) => resource === "overview" || resource === "agents" || resource === "feeds")
    }, refreshInterval)
    return () => clearInterval(timer)
  }, [cache])
}
