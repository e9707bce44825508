import Foundation
import HummingbirdTesting
import Testing

@testable import Gateway

/// The stream against a client that is not ours: `websockets` of PyPI, in `python3` or in the interpreter `$ZEROTRACE_PYTHON` names.
struct PythonClientTests {
    private static let interpreter: String? = {
        let name = ProcessInfo.processInfo.environment["ZEROTRACE_PYTHON"] ?? "python3"
        let process = make(name, ["-c", "import websockets.sync.client"])
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return nil }
        process.waitUntilExit()
        return process.terminationStatus == 0 ? name : nil
    }()

    private static func make(_ interpreter: String, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [interpreter] + arguments
        return process
    }

    /// Subscribes from the start, reads two events, answers a ping, sends a message in fragments, and says goodbye.
    private static let script = """
        import json, sys
        from websockets.sync.client import connect
        port, token = sys.argv[1], sys.argv[2]
        with connect(f"ws://localhost:{port}/v1/stream", origin=f"http://localhost:{port}") as ws:
            text = json.dumps({"type": "subscribe", "access_token": token, "after": 0})
            ws.send([text[:20], text[20:]])
            seen = [json.loads(ws.recv(timeout=20)) for _ in range(3)]
            assert ws.ping().wait(20), "no pong"
        assert ws.close_code == 1000, ws.close_code
        print(" ".join([seen[0]["type"]] + [m["event"]["type"] for m in seen[1:]]))
        """

    @Test(.enabled(if: interpreter != nil, "websockets is missing for python3; set ZEROTRACE_PYTHON"))
    func anIndependentClientGetsTheEvents() async throws {
        let installation = try await Installation()
        let token = try await installation.token(installation.red.viewer)
        try await installation.run(.live) { client async throws in
            let process = Self.make(
                Self.interpreter ?? "", ["-c", Self.script, "\(try #require(client.port))", token])
            let output = Pipe()
            process.standardOutput = output
            process.standardError = output
            // The gateway runs on the same threads, so nothing here may wait for the process.
            let status = await withCheckedContinuation { continuation in
                process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
                do { try process.run() } catch { continuation.resume(returning: -1) }
            }
            let text = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            #expect(status == 0, "\(text)")
            #expect(text == "subscribed agent_enrolled inventory_applied\n")
        }
    }
}
