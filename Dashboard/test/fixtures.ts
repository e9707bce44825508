import type { AgentDetail, AgentFinding, AgentSummary, Overview, SeverityCounts, VulnerabilitySummary } from "@/types/api"

/** Answers of the server as the tests need them: shapes of the contract, facts of Debian 12. */

export function reply(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } })
}

const noCounts: SeverityCounts = { critical: 0, high: 0, medium: 0, low: 0, unknown: 0, exploited: 0, fixable: 0, undetermined: 0, total: 0 }

export function overview(changes: Partial<Overview> = {}): Overview {
  return {
    counts: { critical: 3, high: 5, medium: 8, low: 1, unknown: 0, exploited: 2, fixable: 9, undetermined: 0, total: 17 },
    exposures: 40,
    agents: { total: 3, without_inventory: 0, pending: 1 },
    packages: 900,
    advisories: { index_digest: "abc", vulnerabilities: 10, feeds: [] },
    latest_event_id: 3,
    overdue: 0,
    ...changes,
  }
}

export function agentSummary({ total = 4, ...changes }: Partial<AgentSummary> & { total?: number } = {}): AgentSummary {
  return {
    id: "a1",
    hostname: "web-01",
    os: { id: "debian", version: "12", name: "Debian GNU/Linux 12 (bookworm)" },
    agent_version: "0.1.0",
    enrolled_at: "2026-08-01T08:00:00Z",
    last_seen_at: "2026-08-16T12:00:00Z",
    silent: false,
    inventory_state: "current",
    packages: 341,
    counts: { ...noCounts, high: total, total },
    risk: total > 0 ? 72 : 0,
    labels: [],
    ...changes,
  }
}

export function agentDetail(changes: Partial<AgentDetail> & { total?: number } = {}): AgentDetail {
  const { applied_digest = "d1", last_scan = null, running = null, ...rest } = changes
  return {
    ...agentSummary(rest),
    kernel_release: "6.1.0-13-amd64",
    boot_time: "2026-08-15T08:00:00Z",
    architecture: "x86_64",
    warnings: [],
    dropped_reports: 0,
    received_digest: "d1",
    applied_digest,
    applied_at: applied_digest === null ? null : "2026-08-16T11:00:00Z",
    last_scan,
    running,
  }
}

export function vulnerability(): VulnerabilitySummary {
  return {
    id: "CVE-2024-6387",
    aliases: [],
    summary: "Race condition in the signal handler of openssh-server",
    details: "",
    severity: "high",
    cvss_score: 8.1,
    cvss_vector: "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H",
    severity_source: "nvd",
    epss: { probability: 0.995, percentile: 0.999 },
    kev: null,
    exploits: { exploit_database: [52_001], is_verified: false, metasploit: [] },
    ssvc: {
      decision: "track*",
      exploitation: "poc",
      automatable: false,
      technical_impact: "total",
      mission: "medium",
      assumed: ["automatable", "technical_impact", "mission"],
    },
    risk: { value: 61.4, severity_part: 36.4, likelihood_part: 25, exploit_part: 0, exploited_part: 0 },
    published: "2024-07-01T13:15:06Z",
    modified: "2024-07-01T13:15:06Z",
    references: [],
    advisories: ["DSA-5724-1"],
    agents: 1,
    fixable: true,
    first_seen: "2026-08-01T08:00:00Z",
    due_at: null,
    overdue: false,
    assignee: null,
  }
}

export function finding(): AgentFinding {
  return {
    vulnerability: vulnerability(),
    packages: [
      {
        purl: "pkg:deb/debian/openssh-server@1%3A9.2p1-2%2Bdeb12u1?arch=amd64&distro=debian-12&upstream=openssh",
        name: "openssh-server",
        version: "1:9.2p1-2+deb12u1",
        status: "affected",
        reason: "in_range",
        fixed_version: "1:9.2p1-2+deb12u3",
        advisories: ["DSA-5724-1"],
        first_seen: "2026-08-01T08:00:00Z",
        exposure: null,
      },
    ],
    action: "Upgrade openssh to 1:9.2p1-2+deb12u3",
    state: "open",
    exceptions: [],
    due_at: null,
    overdue: false,
    exposure: null,
  }
}

/** A WebSocket whose other end is the test. */
export class SilentSocket extends EventTarget {
  static all: SilentSocket[] = []
  readonly sent: unknown[] = []

  constructor() {
    super()
    SilentSocket.all.push(this)
  }

  send(text: string) {
    this.sent.push(JSON.parse(text))
  }

  close() {}

  open() {
    this.dispatchEvent(new Event("open"))
  }

  end() {
    this.dispatchEvent(new Event("close"))
  }

  tell(message: unknown) {
    this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(message) }))
  }
}

/** What React's `act` needs of a MessageChannel. Node's own ones are never closed by it and would keep the process alive. */
export class ImmediateChannel {
  readonly port1: { onmessage: (() => void) | null } = { onmessage: null }
  readonly port2 = { postMessage: () => void setImmediate(() => this.port1.onmessage?.()) }
}
