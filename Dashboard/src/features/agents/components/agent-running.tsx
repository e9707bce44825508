import { DataTable } from "@/components/data-table"
import { Notice } from "@/components/notice"
import { Panel } from "@/components/panel"
import { TimeAgo } from "@/components/time-ago"
import { formatPlural, formatWord } from "@/lib/format"
import type { Running, RunningListener, RunningReach, RunningRestart } from "@/types/api"

const reaches: Readonly<Record<RunningReach, string>> = {
  loopback: "this machine alone",
  address: "one of its addresses",
  any: "all of its addresses",
}

/** What could not be seen, by word; others are shown as they come. */
const gaps: Readonly<Record<string, string>> = {
  processes: "Processes of others: the agent may not see them, so that nothing is known of what they run. Its manual says how to let it.",
  sockets: "Open ports.",
  kernels: "Installed kernels, so that a newer one may wait for a restart.",
  open_files: "Some files of programs that have very many open.",
  limit: "There was more than an agent reports.",
}

/** What is in use on the machine: whether it or programs on it wait for a restart, and where it can be reached. */
export function AgentRunning({ running }: { readonly running: Running | null }) {
  if (running === null) {
    return (
      <Notice kind="vacant" title="Not known">
        <p>The agent does not say what runs here: it is an older one, or was told not to look, or scans another root than its own.</p>
      </Notice>
    )
  }
  return (
    <div className="tab-body running">
      {running.gaps.length > 0 && <Gaps words={running.gaps} />}
      <Panel title="Waiting for a restart" aside={<TimeAgo at={running.since} />}>
        <Reboot running={running} />
        {running.restarts.length > 0 ? (
          <DataTable
            label="Programs to restart"
            items={running.restarts}
            keyOf={({ service, program }) => `${service ?? ""} ${program}`}
            columns={["Service", "Program", "Replaced files", "Packages"]}
            renderCells={restartCells}
          />
        ) : (
          <p className="running-line faint">
            {running.gaps.includes("processes") ? "Of programs it is not known." : "No program runs from files that were replaced."}
          </p>
        )}
      </Panel>
      <Panel title="Listening" aside={running.listeners.length > 0 ? formatPlural(running.listeners.length, "port") : undefined}>
        {running.listeners.length > 0 ? (
          <DataTable
            label="Listening"
            items={running.listeners}
            keyOf={({ transport, port, service, program, package: purl }) => [transport, port, service, program, purl].join(" ")}
            columns={["Port", "Reached at", "Service", "Program", "Package"]}
            renderCells={listenerCells}
          />
        ) : (
          <p className="running-line faint">{running.gaps.includes("sockets") ? "Not known." : "Nothing waits at a port."}</p>
        )}
      </Panel>
    </div>
  )
}

function Reboot({ running: { kernel, reboot_pending, reboot_reasons, reboot_packages, gaps: unseen } }: { readonly running: Running }) {
  if (!reboot_pending) {
    return <p className="running-line faint">{unseen.includes("kernels") ? "Of the machine it is not known." : "The machine need not be restarted."}</p>
  }
  const others = reboot_reasons.filter((reason) => reason !== "kernel" && reason !== "requested")
  return (
    <p className="running-line">
      <span className="badge badge-due">reboot pending</span>{" "}
      {kernel?.newer && (
        <>
          It runs kernel <code>{kernel.release}</code>; <code>{kernel.newer}</code> is installed.{" "}
        </>
      )}
      {reboot_reasons.includes("requested") && (
        <>The system asks for it{reboot_packages.length > 0 && ` for the sake of ${reboot_packages.join(", ")}`}. </>
      )}
      {others.map(formatWord).join(", ")}
    </p>
  )
}

function restartCells({ service, program, files, packages }: RunningRestart) {
  return [service ?? <None key="service" />, program, files.join(", "), <Packages key="packages" purls={packages} />]
}

function listenerCells({ transport, port, reach, service, program, package: purl }: RunningListener) {
  return [
    <span key="port" className="figure">
      {port}/{transport}
    </span>,
    <span key="reach" className={reach === "loopback" ? "faint" : undefined}>
      {reaches[reach]}
    </span>,
    service ?? (program === null ? <Unknown key="service" /> : <None key="service" />),
    program ?? <Unknown key="program" />,
    purl === null && program === null ? <Unknown key="package" /> : <Packages key="package" purls={purl === null ? [] : [purl]} />,
  ]
}

/** It was not seen whose port it is. */
function Unknown() {
  return <span className="faint">unknown</span>
}

function None() {
  return <span className="faint">none</span>
}

/** Names and versions; the whole URLs at a second look. */
function Packages({ purls }: { readonly purls: readonly string[] }) {
  if (purls.length === 0) return <None />
  return <span title={purls.join("\n")}>{purls.map(nameOf).join(", ")}</span>
}

/** "pkg:deb/debian/nginx@1.22.1-9?arch=amd64" reads as "nginx 1.22.1-9". */
function nameOf(purl: string): string {
  const [path = ""] = purl.split(/[?#]/, 1)
  const [name = "", version = ""] = path.slice(path.lastIndexOf("/") + 1).split("@")
  try {
    return decodeURIComponent(`${name} ${version}`).trim()
  } catch {
    return purl
  }
}

function Gaps({ words }: { readonly words: readonly string[] }) {
  return (
    <Notice kind="pending" title="Not all of it could be seen" isCompact>
      <ul className="running-gaps">
        {words.map((word) => (
          <li key={word}>{gaps[word] ?? formatWord(word)}</li>
        ))}
      </ul>
    </Notice>
  )
}
