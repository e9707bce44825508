// A company with its agents, made up of the facts in facts.json: what the mock server answers from.
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const facts = JSON.parse(readFileSync(join(dirname(fileURLToPath(import.meta.url)), "facts.json"), "utf8"))
const otherPackages = facts["other packages (name: version, or version and source)"]
const hour = 3_600_000

/** Binary packages of the sources that have other names. */
const binaries = {
  openssl: ["libssl3", "openssl"],
  curl: ["curl", "libcurl4"],
  glibc: ["libc-bin", "libc6"],
  linux: ["linux-image-amd64"],
  expat: ["libexpat1"],
  gnutls28: ["libgnutls30"],
  krb5: ["libkrb5-3"],
  openssh: ["openssh-client", "openssh-server"],
  libxml2: ["libxml2"],
  "postgresql-15": ["postgresql-15", "postgresql-client-15"],
}
const everywhere = ["openssl", "curl", "glibc", "linux", "systemd", "sudo", "openssh", "perl", "python3.11", "git", "vim", "expat", "libxml2", "gnutls28", "krb5"]
const roles = [
  { name: "web", count: 44, extra: ["nginx", "php8.2", "imagemagick", "libwebp"] },
  { name: "api", count: 38, extra: ["tomcat10", "apache2", "haproxy"] },
  { name: "db", count: 26, extra: ["postgresql-15", "mariadb", "redis"] },
  { name: "ci", count: 20, extra: ["docker.io", "runc", "containerd", "golang-1.19", "ruby3.1"] },
  { name: "mail", count: 8, extra: ["exim4", "postfix", "unbound"] },
  { name: "desk", count: 92, extra: ["firefox-esr", "thunderbird", "chromium", "webkit2gtk", "poppler", "ghostscript", "ffmpeg"] },
]

/** Numbers between 0 and 1, the same in every run. */
function randomNumbers(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const severityOf = (score) =>
  score === null ? "unknown" : score >= 9 ? "critical" : score >= 7 ? "high" : score >= 4 ? "medium" : score > 0 ? "low" : "none"

const seesProcesses = (agent) => agent.number % 3 === 0

/** How a package is in use: servers wait for others, with what they load; desktops do not. */
function exposureOf(name, agent) {
  if (!seesProcesses(agent)) return null
  if (/^(nginx|openssh-server|libssl3|libc6|postgresql-15|redis|php8\.2|tomcat10|apache2|haproxy|exim4|postfix)$/.test(name)) return "listening"
  return /^(systemd|linux-image-amd64|libexpat1|libkrb5-3|docker\.io|containerd|python3\.11)$/.test(name) ? "running" : "installed"
}

/** CVE id → record as in the API, with the sources it affects. */
function readVulnerabilities() {
  const records = new Map()
  for (const [id, source, fixed, cvss, vector, weakness, epss, percentile, added, due, ransomware, published, modified] of facts.vulnerabilities) {
    const known = records.get(id)
    if (known) {
      known.sources.push({ source, fixed })
      continue
    }
    const kev = added && { date_added: added, due_date: due, ransomware }
    const parts = { severity_part: (cvss ?? 4) * 4.5, likelihood_part: Math.sqrt(epss ?? 0) * 25, exploit_part: 0, exploited_part: kev ? 25 : 0 }
    const value = parts.severity_part + parts.likelihood_part + parts.exploited_part
    const isTotal = /C:H\/I:H/.test(vector ?? "")
    const isAutomatable = /AV:N\/AC:L\/PR:N\/UI:N/.test(vector ?? "")
    const summary = `${weakness ?? "Vulnerability"} in ${source}`
    records.set(id, {
      sources: [{ source, fixed }],
      record: {
        id,
        aliases: [`DEBIAN-${id}`],
        summary,
        details: `${summary}. ${fixed === null ? "Debian 12 has no fixed version yet." : "Fixed in Debian 12 by an update of the package."}`,
        severity: severityOf(cvss),
        cvss_score: cvss,
        cvss_vector: vector,
        severity_source: cvss === null ? null : "nvd",
        epss: epss === null ? null : { probability: epss, percentile },
        kev: kev || null,
        exploits: null,
        ssvc: {
          decision: kev ? (isAutomatable && isTotal ? "act" : isAutomatable || isTotal ? "attend" : "track") : "track",
          exploitation: kev ? "active" : "none",
          automatable: isAutomatable,
          technical_impact: isTotal ? "total" : "partial",
          mission: "medium",
          assumed: [...(kev ? [] : ["exploitation"]), "automatable", "technical_impact", "mission"],
        },
        risk: { value: Math.min(100, value), ...parts },
        published,
        modified,
        references: [`https://security-tracker.debian.org/tracker/${id}`, `https://nvd.nist.gov/vuln/detail/${id}`],
        advisories: [`DEBIAN-${id}`, id],
      },
    })
  }
  return records
}

const vulnerabilities = readVulnerabilities()
const bySource = new Map()
for (const [id, { sources }] of vulnerabilities) {
  for (const { source, fixed } of sources) bySource.set(source, [...(bySource.get(source) ?? []), { id, fixed }])
}

const purlOf = (name, version, source) =>
  `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=amd64&distro=debian-12${source === name ? "" : `&upstream=${source}`}`

/** As the server's own bound. */
export const isSilent = (agent) => Date.now() - agent.lastSeen > hour / 4

/** What is exploited is due within three weeks here, what is critical within a month. */
function triage({ kev, severity }, firstSeen) {
  const days = kev ? 21 : severity === "critical" ? 30 : null
  const due = firstSeen !== null && days !== null ? Date.parse(firstSeen) + days * 24 * hour : null
  return { first_seen: firstSeen, due_at: due === null ? null : new Date(due).toISOString(), overdue: due !== null && due <= Date.now(), assignee: null }
}

export class Company {
  /** @param scenario "full", "empty", "waiting", "no-advisories" or "clear" */
  constructor(scenario = "full") {
    this.scenario = scenario
    this.random = randomNumbers(12)
    this.agents = []
    this.events = []
    this.indexDigest = scenario === "no-advisories" ? null : createHash("sha256").update("index").digest("hex")
    if (scenario !== "empty") this.#enrollFleet()
    this.trend = this.#makeTrend()
  }

  #enrollFleet() {
    for (const role of roles) {
      for (let number = 1; number <= role.count; number++) {
        const agent = this.#makeAgent(`${role.name}-${String(number).padStart(2, "0")}`, role)
        if (this.scenario === "waiting") agent.state = number % 2 ? "pending" : "none"
        else if (this.agents.length % 61 === 17) agent.state = "pending"
        else if (this.agents.length % 97 === 40) agent.state = "none"
        this.agents.push(agent)
      }
    }
    if (this.scenario === "waiting") return
    let at = Date.now() - 90 * 60_000
    for (let count = 0; count < 14; count++) this.changeSomething((at += 6 * 60_000))
  }

  #makeAgent(hostname, role) {
    const age = this.random()
    const levels = new Map()
    for (const source of [...everywhere, ...role.extra]) {
      const versions = facts.versions[source]
      if (!versions) continue
      const newest = versions.length - 1
      levels.set(source, this.scenario === "clear" ? newest : Math.max(0, Math.round(newest - age * this.random() * (newest + 2))))
    }
    const digest = createHash("sha256").update(hostname).digest("hex")
    return {
      id: digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-a$4-$5"),
      hostname,
      levels,
      state: "current",
      digest,
      number: this.agents.length,
      lastSeen: Date.now() - Math.round(this.random() ** 6 * 40 * hour) - 2_000,
      enrolled: Date.now() - Math.round((30 + this.random() * 400) * 24 * hour),
    }
  }

  /** Vulnerability ids of an agent, riskiest first, with their packages. */
  findings(agent) {
    if (agent.state === "none" || agent.isFirst || this.indexDigest === null || this.scenario === "waiting") return []
    if (agent.findings) return agent.findings
    const found = new Map()
    for (const [source, level] of agent.levels) {
      const versions = facts.versions[source]
      for (const { id, fixed } of bySource.get(source) ?? []) {
        if (this.scenario === "clear" || (fixed !== null && level >= fixed)) continue
        const packages = (binaries[source] ?? [source]).map((name) => ({
          purl: purlOf(name, versions[level], source),
          name,
          version: versions[level],
          status: "affected",
          reason: fixed === null ? "no_fix_yet" : "in_range",
          fixed_version: fixed === null ? null : versions[fixed],
          advisories: [`DEBIAN-${id}`],
          first_seen: new Date(agent.enrolled + ((level * 7) % 29) * 24 * hour).toISOString(),
          exposure: exposureOf(name, agent),
          source,
        }))
        found.set(id, [...(found.get(id) ?? []), ...packages])
      }
    }
    agent.findings = [...found]
      .map(([id, packages]) => ({
        vulnerability: vulnerabilities.get(id).record,
        packages,
        action: actionFor(packages),
        exposure: ["listening", "running", "installed"].find((one) => packages.some(({ exposure }) => exposure === one)) ?? null,
      }))
      .sort(byRisk((finding) => finding.vulnerability))
    return agent.findings
  }

  counts(findings) {
    const counts = { critical: 0, high: 0, medium: 0, low: 0, unknown: 0, exploited: 0, fixable: 0, undetermined: 0, total: 0 }
    for (const { vulnerability, packages, fixable } of findings) {
      counts[vulnerability.severity === "none" ? "unknown" : vulnerability.severity]++
      counts.total++
      if (vulnerability.kev) counts.exploited++
      if (fixable ?? packages.some(({ fixed_version }) => fixed_version)) counts.fixable++
    }
    return counts
  }

  summary(agent) {
    const findings = this.findings(agent)
    const has = agent.state !== "none" && !agent.isFirst && this.scenario !== "waiting"
    return {
      id: agent.id,
      hostname: agent.hostname,
      os: { id: "debian", version: "12", name: "Debian GNU/Linux 12 (bookworm)" },
      agent_version: "0.1.0",
      enrolled_at: new Date(agent.enrolled).toISOString(),
      last_seen_at: new Date(agent.lastSeen).toISOString(),
      silent: isSilent(agent),
      inventory_state: agent.state,
      packages: has ? this.packages(agent).length : 0,
      counts: this.counts(findings),
      risk: findings[0]?.vulnerability.risk.value ?? 0,
      labels: [agent.hostname.replace(/-\d+$/, "")],
    }
  }

  detail(agent) {
    const hasApplied = agent.state !== "none" && !agent.isFirst && this.scenario !== "waiting"
    return {
      ...this.summary(agent),
      kernel_release: "6.1.0-13-amd64",
      boot_time: new Date(Date.now() - (agent.number + 3) * 31 * hour).toISOString(),
      architecture: "x86_64",
      warnings:
        agent.number % 5 === 0
          ? [
              { path: "/opt/vendor/lib/python3/site-packages", reason: "permission denied" },
              { path: "/var/lib/dpkg/status.d", reason: "not a directory" },
            ]
          : [],
      dropped_reports: agent.number % 11 === 0 ? 2 : 0,
      received_digest: agent.state === "none" ? null : agent.digest,
      applied_digest: hasApplied ? agent.digest : null,
      applied_at: hasApplied ? new Date(agent.appliedAt ?? Date.now() - 5 * hour).toISOString() : null,
      last_scan: this.lastScan(agent),
      running: this.running(agent),
    }
  }

  /** Every third machine's agent may see what runs, every seventh waits for a restart. */
  running(agent) {
    if (agent.state === "none") return null
    const mayLook = seesProcesses(agent)
    const versions = new Map(this.packages(agent).map(({ name, purl }) => [name, purl]))
    const listener = (port, reach, service, program, name) => ({
      transport: "tcp",
      port,
      reach,
      service: mayLook ? service : null,
      program: mayLook ? program : null,
      package: mayLook ? (versions.get(name) ?? null) : null,
    })
    const listeners = [listener(22, "any", "ssh.service", "sshd", "openssh-server")]
    if (versions.has("nginx")) listeners.push(listener(443, "any", "nginx.service", "nginx", "nginx"))
    if (versions.has("postgresql-15")) listeners.push(listener(5432, "address", "postgresql@.service", "postgres", "postgresql-15"))
    if (versions.has("redis")) listeners.push(listener(6379, "loopback", "redis-server.service", "redis-server", "redis"))
    const waits = agent.number % 7 === 0
    return {
      since: new Date(Date.now() - 2 * hour).toISOString(),
      kernel: { release: "6.1.0-13-amd64", newer: waits ? "6.1.0-18-amd64" : null },
      reboot_pending: waits,
      reboot_reasons: waits ? ["kernel"] : [],
      reboot_packages: [],
      restart_pending: waits && mayLook,
      restarts:
        waits && mayLook
          ? [{ service: "ssh.service", program: "sshd", packages: [versions.get("libssl3")].filter(Boolean), files: ["libcrypto.so.3", "libssl.so.3"] }]
          : [],
      listeners: listeners.sort((a, b) => a.port - b.port),
      gaps: mayLook ? [] : ["processes"],
    }
  }

  /** Every ninth machine is too old an agent's to tell, every fourth is a busy one. */
  lastScan(agent) {
    if (agent.state === "none" || agent.number % 9 === 0) return null
    const cpu = 0.3 + ((agent.number * 37) % 101) / 60
    const paused = agent.number % 4 === 0 ? { disk: cpu * 9, processor: cpu * 4 } : {}
    const rested = Object.values(paused).reduce((sum, seconds) => sum + seconds, 0)
    return {
      reported_at: new Date(Date.now() - (agent.number % 24) * hour).toISOString(),
      cpu_seconds: cpu,
      wall_seconds: cpu * 5 + rested,
      paused_seconds: paused,
      waited_seconds: cpu / 10,
      bytes_read: 40_000_000 + agent.number * 100_000,
      peak_memory: (34 + (agent.number % 17)) * 1_048_576,
      yields: ["nice", "io_idle"],
    }
  }

  scanCost() {
    const scans = this.agents.map((agent) => this.lastScan(agent)).filter((scan) => scan !== null)
    const percentiles = (value) => {
      const values = scans.map(value).sort((a, b) => a - b)
      if (values.length === 0) return null
      const at = (percent) => values[Math.ceil((values.length * percent) / 100) - 1]
      return { p50: at(50), p99: at(99) }
    }
    return {
      agents: scans.length,
      cpu_seconds: percentiles((scan) => scan.cpu_seconds),
      wall_seconds: percentiles((scan) => scan.wall_seconds),
      paused_seconds: percentiles((scan) => Object.values(scan.paused_seconds).reduce((sum, seconds) => sum + seconds, 0)),
      peak_memory: percentiles((scan) => scan.peak_memory),
    }
  }

  packages(agent) {
    if (agent.state === "none" || agent.isFirst || this.scenario === "waiting") return []
    const bySourceFindings = new Map()
    for (const finding of this.findings(agent)) {
      for (const { name } of finding.packages) bySourceFindings.set(name, [...(bySourceFindings.get(name) ?? []), finding])
    }
    const item = (name, version, source) => ({
      purl: purlOf(name, version, source),
      type: "deb",
      name,
      version,
      source,
      since: new Date(agent.enrolled).toISOString(),
      counts: this.counts(bySourceFindings.get(name) ?? []),
    })
    const items = [...agent.levels].flatMap(([source, level]) =>
      (binaries[source] ?? [source]).map((name) => item(name, facts.versions[source][level], source)),
    )
    for (const [name, value] of Object.entries(otherPackages)) {
      const [version, source] = Array.isArray(value) ? value : [value, name]
      items.push(item(name, version, source))
    }
    return items.sort((a, b) => (a.purl < b.purl ? -1 : 1))
  }

  /** Every vulnerability that some agent has. */
  affected() {
    const rows = new Map()
    for (const agent of this.agents) {
      for (const { vulnerability, packages } of this.findings(agent)) {
        const row = rows.get(vulnerability.id) ?? { vulnerability, agents: 0, fixable: false, ...triage(vulnerability, packages[0].first_seen) }
        row.agents++
        row.fixable ||= packages.some(({ fixed_version }) => fixed_version)
        if (packages[0].first_seen < row.first_seen) Object.assign(row, triage(vulnerability, packages[0].first_seen))
        rows.set(vulnerability.id, row)
      }
    }
    return [...rows.values()].sort(byRisk((row) => row.vulnerability))
  }

  vulnerability(id) {
    const known = vulnerabilities.get(id)
    if (!known) return null
    const row = this.affected().find(({ vulnerability }) => vulnerability.id === id)
    return { ...known.record, agents: row?.agents ?? 0, fixable: row?.fixable ?? false, ...triage(known.record, row?.first_seen ?? null) }
  }

  affectedAgents(id) {
    return this.agents
      .map((agent) => ({ agent, finding: this.findings(agent).find(({ vulnerability }) => vulnerability.id === id) }))
      .filter(({ finding }) => finding)
      .map(({ agent, finding }) => ({ agent: this.summary(agent), packages: finding.packages, exposure: finding.exposure }))
  }

  explanation(id, purl) {
    const match = /^pkg:deb\/debian\/([^@]+)@([^?]+)(?:.*upstream=([^&]+))?/.exec(purl)
    const known = vulnerabilities.get(id)
    if (!match || !known) return null
    const [, name, encoded, upstream] = match
    const version = decodeURIComponent(encoded)
    const source = upstream ?? name
    const entry = known.sources.find((each) => each.source === source)
    const versions = facts.versions[source] ?? []
    const fixed = entry && entry.fixed !== null ? versions[entry.fixed] : null
    const isAffected = Boolean(entry) && (fixed === null || versions.indexOf(version) < entry.fixed)
    const comparison = fixed ? `${version} ${isAffected ? "<" : "≥"} ${fixed}` : null
    return {
      package: purl,
      coordinates: { scope: "Debian:12", name: source, version },
      vulnerability: id,
      status: entry ? (isAffected ? "affected" : "fixed") : "not_affected",
      reason: entry ? (fixed ? "in_range" : "no_fix_yet") : "no_advisory",
      sentence: entry
        ? fixed
          ? `${source} ${version} is ${isAffected ? "older than" : "at or past"} ${fixed}, in which Debian 12 repaired it.`
          : `Debian 12 lists ${source} as vulnerable and has no fixed version yet.`
        : `No advisory for Debian 12 speaks of ${source}.`,
      evidence: entry
        ? [
            {
              advisory: id,
              feed: "debian-tracker",
              range: fixed ? `[introduced 0, fixed ${fixed})` : "[introduced 0)",
              comparisons: comparison ? [comparison] : [],
              outcome: isAffected ? "affected" : "fixed",
              decided: true,
              note: "The distribution's own advisory decides for its packages.",
            },
            {
              advisory: `DEBIAN-${id}`,
              feed: "osv/Debian",
              range: fixed ? `[introduced 0, fixed ${fixed})` : "[introduced 0)",
              comparisons: comparison ? [comparison] : [],
              outcome: isAffected ? "affected" : "fixed",
              decided: false,
              note: "Agrees.",
            },
          ]
        : [],
      index_digest: this.indexDigest,
    }
  }

  advisoryState() {
    const loaded = this.indexDigest !== null
    const feed = (name, records, hours, setAside = 0, error = null) => ({
      feed: name,
      records,
      set_aside: setAside,
      fetched_at: new Date(Date.now() - hours * hour).toISOString(),
      tried_at: new Date(Date.now() - 0.4 * hour).toISOString(),
      error,
    })
    return {
      index_digest: this.indexDigest,
      vulnerabilities: loaded ? 61_843 : 0,
      feeds: loaded
        ? [
            feed("debian-tracker", 34_218, 0.4),
            feed("osv/Debian", 41_907, 0.4, 3),
            feed("osv/PyPI", 9_482, 0.4),
            feed("osv/npm", 12_730, 0.4, 12),
            feed("osv/Go", 3_166, 74),
            feed("epss", 301_119, 11),
            feed("kev", 1_404, 3, 0, "connection timed out"),
          ]
        : [],
    }
  }

  overview() {
    const rows = this.affected()
    const without = this.agents.filter(({ state }) => state === "none").length
    const pending = this.agents.filter(({ state }) => state === "pending").length
    return {
      counts: this.counts(rows),
      exposures: rows.reduce((sum, row) => sum + row.agents, 0),
      agents: { total: this.agents.length, without_inventory: without, pending },
      packages: new Set(this.agents.flatMap((agent) => [...agent.levels].map((entry) => entry.join()))).size + Object.keys(otherPackages).length,
      advisories: this.advisoryState(),
      latest_event_id: this.events.at(-1)?.id ?? 0,
      overdue: this.affected().filter(({ overdue }) => overdue).length,
    }
  }

  #makeTrend() {
    if (this.agents.length === 0 || this.scenario !== "full") return []
    const present = this.counts(this.affected())
    const start = Math.floor(Date.now() / hour) * hour
    const points = []
    for (let back = 167; back > 0; back--) {
      if (this.random() > 0.22) continue
      const drift = 1 + (back / 167) * 0.16 + Math.sin(back / 9) * 0.025
      const scaled = Object.entries(present).map(([name, value]) => [name, Math.round(value * drift + (name === "exploited" && back > 70 ? 3 : 0))])
      points.push({ hour: new Date(start - back * hour).toISOString(), counts: Object.fromEntries(scaled), agents: this.agents.length })
    }
    return points
  }

  /** Lets something happen: a machine is upgraded, or now and then a new one comes. Returns the event. */
  changeSomething(at = Date.now()) {
    const isNew = this.random() < 0.12
    return isNew ? this.#enrollOne(at) : this.#upgradeOne(at)
  }

  #enrollOne(at) {
    const role = roles[Math.floor(this.random() * roles.length)]
    const agent = this.#makeAgent(`${role.name}-${100 + this.agents.length}`, role)
    Object.assign(agent, { state: "pending", isFirst: true, lastSeen: at, enrolled: at })
    this.agents.push(agent)
    return this.#append(at, "agent_enrolled", { agent_id: agent.id, hostname: agent.hostname })
  }

  #upgradeOne(at) {
    const waiting = this.agents.find(({ isFirst }) => isFirst)
    const agent = waiting ?? this.agents[Math.floor(this.random() * this.agents.length)]
    const before = new Set(this.findings(agent).map(({ vulnerability }) => vulnerability.id))
    let changed = 0
    if (!waiting) {
      for (const [source, level] of agent.levels) {
        const newest = facts.versions[source].length - 1
        if (level < newest && this.random() < 0.5) {
          agent.levels.set(source, Math.min(newest, level + 1 + Math.floor(this.random() * 3)))
          changed += (binaries[source] ?? [source]).length
        }
      }
    }
    Object.assign(agent, { state: "current", isFirst: false, findings: undefined, lastSeen: at, appliedAt: at })
    const after = this.findings(agent).map(({ vulnerability }) => vulnerability.id)
    const opened = after.filter((id) => !before.has(id))
    const resolved = [...before].filter((id) => !after.includes(id))
    return this.#append(at, "inventory_applied", {
      agent_id: agent.id,
      hostname: agent.hostname,
      packages_added: waiting ? this.packages(agent).length : changed,
      packages_removed: waiting ? 0 : changed,
      opened: opened.length,
      resolved: resolved.length,
      opened_examples: opened.slice(0, 10),
      resolved_examples: resolved.slice(0, 10),
    })
  }

  #append(at, type, data) {
    const event = { id: (this.events.at(-1)?.id ?? 0) + 1, at: new Date(at).toISOString(), type, data }
    this.events.push(event)
    return event
  }
}

function actionFor(packages) {
  const fixable = packages.find(({ fixed_version }) => fixed_version)
  return fixable ? `Upgrade ${fixable.source} to ${fixable.fixed_version}` : "No fix in Debian 12 yet"
}

function byRisk(recordOf) {
  return (a, b) => recordOf(b).risk.value - recordOf(a).risk.value || (recordOf(a).id < recordOf(b).id ? -1 : 1)
}
