import { CopyButton } from "@/components/copy-button"
import { Notice } from "@/components/notice"

/** What to do when nobody has enrolled: the two commands, with this server's own address. */
export function EnrollmentGuide() {
  const server = window.location.origin
  const steps = [
    { title: "On the server, make an enrollment token", command: 'zerotrace token create --label "laptops" --uses 50' },
    { title: "On each machine, enroll its agent", command: `zerotrace-agent enroll --server ${server} --token TOKEN` },
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
