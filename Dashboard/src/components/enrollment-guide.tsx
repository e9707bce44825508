import { CopyButton } from "@/components/copy-button"
import { Notice } from "@/components/notice"
import { useServices } from "@/hooks/use-services"

/** What to do when nobody has enrolled: the two commands, with this company's name and this server's own address. */
export function EnrollmentGuide() {
  const { state } = useServices().session
  const company = state.status === "signed-in" ? state.company.name : "COMPANY"
  const steps = [
    {
      title: "On the server, make an enrollment token",
      command: `zerotrace token create --company ${quoted(company)} --uses 50`,
    },
    {
      title: "On each machine, start its agent with the token",
      command: `ZEROTRACE_ENROLLMENT_TOKEN=TOKEN zerotrace-agent run --server ${window.location.origin}`,
    },
  ]
  return (
    <Notice kind="vacant" title="No agents enrolled yet">
      <p>An agent takes the inventory of its machine. This page fills by itself as soon as the first one reports.</p>
      <ol className="steps">
        {steps.map((step) => (
          <li key={step.title}>
            <span>{step.title}</span>
            <pre className="command">
              <code>{step.command}</code>
              <CopyButton text={step.command} label="command" />
            </pre>
          </li>
        ))}
      </ol>
    </Notice>
  )
}

/** A word for a POSIX shell. */
function quoted(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`
}
