import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { queriesConcernedBy } from "@/app/live-updates"
import type { QueryKey } from "@/lib/query-cache"
import type { CompanyEvent } from "@/types/api"

const keys: Readonly<Record<string, QueryKey>> = {
  overview: ["overview"],
  events: ["events"],
  risks: ["top-risks"],
  feeds: ["feeds"],
  scanCost: ["scan-cost"],
  agents: ["agents", "list", "", null, "risk"],
  agent: ["agents", "one", "a1", "detail"],
  findings: ["agents", "one", "a1", "findings", ""],
  otherAgent: ["agents", "one", "a2", "detail"],
  vulnerabilities: ["vulnerabilities", "list", ""],
  vulnerability: ["vulnerabilities", "one", "CVE-2024-6387", "detail"],
  affected: ["vulnerabilities", "one", "CVE-2024-6387", "agents"],
}

function concerned(event: Pick<CompanyEvent, "type" | "data">): readonly string[] {
  const matches = queriesConcernedBy({ id: 1, at: "2026-08-16T12:00:00Z", ...event } as CompanyEvent)
  return Object.keys(keys).filter((name) => matches(keys[name] as QueryKey))
}

const applied = (change: object) =>
  concerned({
    type: "inventory_applied",
    data: {
      agent_id: "a1",
      hostname: "web-01",
      packages_added: 0,
      packages_removed: 0,
      opened: 0,
      resolved: 0,
      opened_examples: [],
      resolved_examples: [],
      ...change,
    },
  })

describe("an event makes old", () => {
  it("the numbers and lists of agents when one enrolls", () => {
    assert.deepEqual(concerned({ type: "agent_enrolled", data: { agent_id: "a1", hostname: "web-01" } }), ["overview", "agents"])
  })
  it("the agent's own pages when its inventory was applied without a change", () => {
    assert.deepEqual(applied({}), ["overview", "agents", "agent", "findings"])
  })
  it("who is affected, too, when packages changed", () => {
    assert.deepEqual(applied({ packages_added: 1 }), ["overview", "agents", "agent", "findings", "affected"])
  })
  it("vulnerabilities when findings changed", () => {
    assert.deepEqual(applied({ resolved: 2 }), [
      "overview",
      "risks",
      "agents",
      "agent",
      "findings",
      "vulnerabilities",
      "vulnerability",
      "affected",
    ])
  })
  it("everything but the events and what scanning costs when verdicts changed", () => {
    const data = { agents: 1, opened: 1, resolved: 0, opened_examples: [], resolved_examples: [], index_digest: "d" }
    assert.deepEqual(
      concerned({ type: "verdicts_changed", data }),
      Object.keys(keys).filter((name) => name !== "events" && name !== "scanCost"),
    )
  })
})
