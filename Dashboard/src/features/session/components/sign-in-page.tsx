import { type FormEvent, useState } from "react"
import { Logo } from "@/components/logo"
import { ProviderLinks } from "@/features/session/components/provider-links"
import { useServices } from "@/hooks/use-services"
import { useTitle } from "@/hooks/use-title"
import { ApiError } from "@/lib/api-error"

/** Asks for e-mail and password. After signing in the address stays, so a link that was opened first is shown. */
export function SignInPage({ notice }: { readonly notice: string | null }) {
  const { session } = useServices()
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  useTitle("Sign in")

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setIsBusy(true)
    setProblem(null)
    try {
      await session.signIn(String(form.get("email")).trim(), String(form.get("password")))
    } catch (error) {
      setProblem(wordsFor(error))
      setIsBusy(false)
    }
  }

  return (
    <main className="gate">
      <form className="sign-in" onSubmit={(event) => void submit(event)} aria-labelledby="sign-in-title">
        <Logo />
        <h1 id="sign-in-title">Sign in</h1>
        {notice && !problem && (
          <p className="sign-in-notice" role="status">
            {notice}
          </p>
        )}
        <label>
          <span>E-mail</span>
          <input name="email" type="email" autoComplete="username" required autoFocus maxLength={320} />
        </label>
        <label>
          <span>Password</span>
          <input name="password" type="password" autoComplete="current-password" required maxLength={1024} />
        </label>
        {problem && (
          <p className="sign-in-problem" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" className="button button-primary" disabled={isBusy}>
          {isBusy ? "Signing in…" : "Sign in"}
        </button>
        <ProviderLinks />
        <p className="faint">Forgot the password? An admin of your company can make you a link that sets another.</p>
      </form>
    </main>
  )
}

function wordsFor(error: unknown): string {
  if (!(error instanceof ApiError)) return "Something unexpected happened. Try again."
  if (error.status === 401) return "E-mail or password is wrong."
  if (error.status === 429) {
    return error.retryAfter
      ? `Too many attempts. Try again in ${error.retryAfter} seconds.`
      : "Too many attempts. Try again later."
  }
  return error.message
}
