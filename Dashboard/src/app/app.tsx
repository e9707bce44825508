import { lazy, Suspense, useEffect, useSyncExternalStore } from "react"
import { Shell } from "@/app/shell"
import { ErrorBoundary } from "@/components/error-boundary"
import { ErrorNotice } from "@/components/error-notice"
import { Logo } from "@/components/logo"
import { SignInPage } from "@/features/session/components/sign-in-page"
import { type Services, ServicesContext } from "@/hooks/use-services"
import { paths } from "@/lib/paths"

const PasswordResetPage = lazy(() => import("@/features/session/components/password-reset-page"))

/** The whole application: what to show depends on the session first. */
export function App({ services }: { readonly services: Services }) {
  const { session, stream, hotkeys, router } = services
  const state = useSyncExternalStore(session.subscribe, () => session.state, () => session.state)
  const { path } = useSyncExternalStore(router.subscribe, () => router.place, () => router.place)
  const account = state.status === "signed-in" ? state.user.id : null

  useEffect(() => {
    if (account === null) return undefined
    stream.start()
    return () => stream.stop()
  }, [account, stream])

  useEffect(() => {
    window.addEventListener("keydown", hotkeys.handle)
    return () => window.removeEventListener("keydown", hotkeys.handle)
  }, [hotkeys])

  return (
    <ServicesContext.Provider value={services}>
      <ErrorBoundary task="show the dashboard">
        {path === paths.passwordReset ? (
          <Suspense fallback={<Starting />}>
            <PasswordResetPage />
          </Suspense>
        ) : (
          <>
            {state.status === "starting" && <Starting />}
            {state.status === "unreachable" && (
              <div className="gate">
                <Logo />
                <ErrorNotice error={state.error} task="reach the server" onRetry={() => void session.start()} />
              </div>
            )}
            {state.status === "signed-out" && <SignInPage notice={state.notice} />}
            {state.status === "signed-in" && <Shell key={state.user.id} user={state.user} company={state.company} />}
          </>
        )}
      </ErrorBoundary>
    </ServicesContext.Provider>
  )
}

function Starting() {
  return (
    <div className="gate" role="status" aria-label="Starting">
      <Logo />
      <p className="gate-starting faint">starting…</p>
    </div>
  )
}
