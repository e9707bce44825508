import ConformanceTesting
import Foundation
import Inventory
import PackageIdentity
@_spi(Minting) import Stores

extension ConformanceCase {
    static let inventories: [ConformanceCase] = [
        ConformanceCase("an inventory is pending until it is applied, and then current") { world in
            let scope = try await world.company("company")
            let agent = try await world.enroll(try await world.token(scope), "host", key: 1)
            try expect(try await world.summary(scope, agent).state, equals: .none)
            let inventory = Inventory([try World.purl("a"), try World.purl("b")])
            try await world.store.receiveInventory(scope: scope, agentID: agent, inventory: inventory, at: world.at(2))
            try await world.store.receiveInventory(scope: scope, agentID: agent, inventory: inventory, at: world.at(3))
            try expect(try await world.summary(scope, agent).state, equals: .pending)
            try expect(
                try await world.store.fetchPendingWork(limit: 9), equals: [PendingWork(scope: scope, agents: 1)])
            let waiting = PendingAgent(agentID: agent, waitingSince: world.at(2))
            try expect(
                try await world.store.fetchPendingAgents(scope: scope, after: nil, limit: 9), equals: [waiting])
            let pending = try await world.store.fetchPendingInventories(scope: scope, agents: [AgentID(), agent])
            try expect(pending.map(\.agentID), equals: [agent])
            try expect(pending.map(\.inventory.packages), equals: [inventory.packages])
            try await expect(throws: .notEvaluated(packages: 2), "without verdicts") {
                _ = try await world.store.applyInventory(
                    scope: scope, agentID: agent, digest: inventory.digest, at: world.at(4))
            }
            try await world.evaluate(inventory.packages, at: 4)
            let event = try await world.store.applyInventory(
                scope: scope, agentID: agent, digest: inventory.digest, at: world.at(5))
            guard case .inventoryApplied(let change) = event?.kind else { throw failure("apply", event as Any) }
            try expect([change.packagesAdded, change.packagesRemoved], equals: [2, 0])
            try expect(
                try await world.store.applyInventory(
                    scope: scope, agentID: agent, digest: inventory.digest, at: world.at(6)),
                equals: nil, "a second time")
            let detail = try unwrap(try await world.store.fetchAgent(scope: scope, id: agent), "agent")
            try expect(detail.summary.state, equals: .current)
            try expect(detail.summary.packageCount, equals: 2)
            try expect(detail.appliedAt, equals: world.at(5))
            try expect(detail.sync, equals: SyncState(received: inventory.digest, applied: inventory.digest))
            try expect(try await world.store.fetchPendingWork(limit: 9), equals: [])
            try expect(try await world.store.fetchPendingAgents(scope: scope, after: nil, limit: 9), equals: [])
            try expect(
                try await world.store.fetchPendingInventories(scope: scope, agents: [agent]).count, equals: 0)
            try expect(
                try await world.store.fetchInventory(scope: scope, digest: inventory.digest)?.packages,
                equals: inventory.packages)
        },
        ConformanceCase("only the inventory received last can be applied") { world in
            let scope = try await world.company("company")
            let agent = try await world.enroll(try await world.token(scope), "host", key: 1)
            let (a, b) = (Inventory([try World.purl("a")]), Inventory([try World.purl("b")]))
            try await world.evaluate(a.packages + b.packages, at: 1)
            try await world.store.receiveInventory(scope: scope, agentID: agent, inventory: a, at: world.at(2))
            try await world.store.receiveInventory(scope: scope, agentID: agent, inventory: b, at: world.at(3))
            try expect(try await world.store.fetchInventory(scope: scope, digest: a.digest), equals: nil, "let go")
            try expect(
                try await world.store.applyInventory(scope: scope, agentID: agent, digest: a.digest, at: world.at(4)),
                equals: nil)
            _ = try unwrap(
                try await world.store.applyInventory(scope: scope, agentID: agent, digest: b.digest, at: world.at(5)),
                "event")
            // Back and forth before anything is applied: nothing waits.
            try await world.store.receiveInventory(scope: scope, agentID: agent, inventory: a, at: world.at(6))
            try await world.store.receiveInventory(scope: scope, agentID: agent, inventory: b, at: world.at(7))
            try expect(try await world.store.fetchPendingWork(limit: 9), equals: [])
            try expect(try await world.summary(scope, agent).state, equals: .current)
            try await expect(throws: .notFound("agent"), "no such agent") {
                try await world.store.receiveInventory(scope: scope, agentID: AgentID(), inventory: a, at: world.at(8))
            }
        },
        ConformanceCase("agents share an inventory, and it goes with the last of them") { world in
            let scope = try await world.company("company")
            let token = try await world.token(scope)
            let (one, two) = (
                try await world.enroll(token, "one", key: 1), try await world.enroll(token, "two", key: 2)
            )
            var feed = Feed()
            let (a, b) = (try World.purl("a"), try World.purl("b"))
            feed.say("CVE-1", of: a, cvss: 9.8)
            let shared = Inventory([a, b])
            for agent in [one, two] { try await world.apply(scope, agent, [a, b], at: 2, feed: feed) }
            try expect(try await world.vulnerabilities(scope).map(\.agents), equals: [2])
            try await world.apply(scope, one, [b], at: 3, feed: feed)
            try expect(try await world.vulnerabilities(scope).map(\.agents), equals: [1])
            _ = try unwrap(
                try await world.store.fetchInventory(scope: scope, digest: shared.digest), "shared inventory")
            try await world.verify()
            try await world.apply(scope, two, [b], at: 4, feed: feed)
            try expect(try await world.vulnerabilities(scope).map(\.agents), equals: [])
            try expect(try await world.store.fetchInventory(scope: scope, digest: shared.digest), equals: nil)
            try expect(try await world.summary(scope, two).risk, equals: 0)
        },
        ConformanceCase("an empty inventory is an inventory") { world in
            let scope = try await world.company("company")
            let agent = try await world.enroll(try await world.token(scope), "host", key: 1)
            _ = try unwrap(try await world.apply(scope, agent, [], at: 2), "event")
            try expect(try await world.summary(scope, agent).state, equals: .current)
        },
        ConformanceCase("waiting companies and agents are served in the order they began to wait") { world in
            var scopes: [CompanyScope] = []
            for (index, wait) in [30.0, 10, 20].enumerated() {
                let scope = try await world.company("company \(index)")
                let token = try await world.token(scope)
                for extra in 0..<2 {
                    let key = UInt64(index * 2 + extra)
                    let agent = try await world.enroll(token, "host", key: key)
                    let inventory = Inventory([try World.purl("p\(key)")])
                    for again in [0.0, 100] {
                        try await world.store.receiveInventory(
                            scope: scope, agentID: agent, inventory: inventory,
                            at: world.at(wait + Double(extra) + again))
                    }
                }
                scopes.append(scope)
            }
            let work = try await world.store.fetchPendingWork(limit: 2)
            try expect(work.map(\.scope), equals: [scopes[1], scopes[2]])
            try expect(work.map(\.agents), equals: [2, 2])
            let first = try await world.store.fetchPendingAgents(scope: scopes[0], after: nil, limit: 1)
            let next = try await world.store.fetchPendingAgents(scope: scopes[0], after: first.first, limit: 9)
            var names: [String?] = []
            for agent in first + next {
                let found = try await world.store.fetchPendingInventories(scope: scopes[0], agents: [agent.agentID])
                names += found.map { $0.inventory.packages.first?.name }
            }
            try expect(names, equals: ["p0", "p1"])
            try expect(
                try await world.store.fetchPendingAgents(scope: scopes[0], after: next.last, limit: 9), equals: [])
        },
        ConformanceCase("agents that began to wait in the same moment are listed once each, page by page") { world in
            let scope = try await world.company("company")
            let token = try await world.token(scope)
            var expected: Set<AgentID> = []
            for key in 0..<5 as Range<UInt64> {
                let agent = try await world.enroll(token, "host", key: key)
                try await world.store.receiveInventory(
                    scope: scope, agentID: agent, inventory: Inventory([try World.purl("p")]), at: world.at(2))
                expected.insert(agent)
            }
            var found: [PendingAgent] = []
            while found.count < 9 {
                let page = try await world.store.fetchPendingAgents(scope: scope, after: found.last, limit: 2)
                if page.isEmpty { break }
                found += page
            }
            try expect(found.count, equals: 5)
            try expect(Set(found.map(\.agentID)), equals: expected)
        },
    ]
}
