import { type FormEvent, useState } from "react"
import { ActionProblem } from "@/components/action-problem"
import { Field } from "@/components/field"
import { Link } from "@/components/link"
import { Logo } from "@/components/logo"
import { NewPassword } from "@/components/new-password"
import { useServices } from "@/hooks/use-services"
import { useTitle } from "@/hooks/use-title"
import { paths } from "@/lib/paths"

/** Where whoever was given a link sets a password. The token stands behind the #, which browsers send to no server. */
export default function PasswordResetPage() {
  const { session } = useServices()
  const [token] = useState(() => window.location.hash.slice(1))
  const [problem, setProblem] = useState<unknown>(null)
  const [progress, setProgress] = useState<"asking" | "busy" | "done">("asking")
  useTitle("New password")

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const values = new FormData(event.currentTarget)
    setProgress("busy")
    setProblem(null)
    try {
      await session.resetPassword(String(values.get("token")).trim(), String(values.get("new_password")))
      setProgress("done")
    } catch (error) {
      setProblem(error)
      setProgress("asking")
    }
  }

  return (
    <main className="gate">
      <form className="sign-in" onSubmit={(event) => void submit(event)} aria-labelledby="reset-title">
        <Logo />
        <h1 id="reset-title">New password</h1>
        {progress === "done" ? (
          <>
            <p role="status">Your password is set. All your sessions have ended.</p>
            <Link to={paths.overview} replace className="button button-primary">
              Sign in
            </Link>
          </>
        ) : (
          <>
            {token === "" ? (
              <Field label="Token">
                <input name="token" required maxLength={200} autoComplete="off" spellCheck={false} />
              </Field>
            ) : (
              <input type="hidden" name="token" value={token} />
            )}
            <NewPassword />
            <ActionProblem error={problem} />
            <button type="submit" className="button button-primary" disabled={progress === "busy"}>
              {progress === "busy" ? "Setting…" : "Set password"}
            </button>
          </>
        )}
      </form>
    </main>
  )
}
