import Foundation
import Testing

@testable import Governor

@Suite struct LoadGaugesTests {
    /// A folder with `proc` and `sys`, gone afterwards.
    private final class Machine {
        let folder = FileManager.default.temporaryDirectory.appending(path: "load-\(UUID().uuidString)")

        init(_ files: [String: String]) throws {
            for (path, text) in files {
                let file = folder.appending(path: path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            }
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func reading() -> LoadReading {
            var reading = LoadReading(processors: 2)
            let gauges = LoadGauges(prefix: folder.path)
            gauges.update(&reading)
            gauges.updateSlowly(&reading)
            return reading
        }
    }

    @Test func readsWhatTheKernelSays() throws {
        let machine = try Machine([
            "proc/loadavg": "6.44 3.75 1.97 10/248 16309\n",
            "proc/pressure/cpu":
                "some avg10=70.91 avg60=76.76 avg300=47.79 total=5936467660\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
            "proc/pressure/io":
                "some avg10=0.50 avg60=0.01 avg300=0.08 total=215671829\nfull avg10=99.00 avg60=0.00 avg300=0.04 total=67072811\n",
            "proc/pressure/memory": "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
        ])
        let reading = machine.reading()
        #expect(reading.loadAverage == 6.44 && reading.runnable == 10)
        #expect(abs((reading.processorPressure ?? 0) - 0.7091) < 1e-9)
        #expect(reading.diskPressure == 0.005 && reading.memoryPressure == 0)
        #expect(!reading.isOnBattery && !reading.isHot)
    }

    @Test func aKernelThatSaysNothingGivesNothing() throws {
        #expect(try Machine(["proc/x": ""]).reading() == LoadReading(processors: 2))
    }

    @Test(arguments: [
        "", "\n", "some", "some avg10=", "some avg10=nan", "some avg10=-1", "full avg10=3.00", "some avg10=1e999",
    ])
    func brokenPressureIsNone(text: String) {
        #expect(LoadGauges.pressure(text) == nil)
    }

    @Test(
        arguments: [
            ("", nil, nil), ("1 2 3", nil, nil), ("x y z w/v", nil, nil), ("1.5 2 3 -4/9 1", 1.5, nil),
            ("inf 0 0 3/4 5", nil, 3),
        ] as [(String, Double?, Int?)])
    func brokenLoadIsNone(text: String, average: Double?, runnable: Int?) {
        let load = LoadGauges.load(text)
        #expect(load.average == average && load.runnable == runnable)
    }

    @Test(arguments: [
        (["BAT0/type": "Battery", "BAT0/status": "Discharging"], true),
        (["BAT0/type": "Battery", "BAT0/status": "Discharging", "AC/type": "Mains", "AC/online": "0"], true),
        // A laptop whose battery discharges although it is plugged in is about to be full.
        (["BAT0/type": "Battery", "BAT0/status": "Discharging", "AC/type": "Mains", "AC/online": "1"], false),
        (["BAT0/type": "Battery", "BAT0/status": "Charging"], false),
        (["BAT0/type": "Battery", "BAT0/status": "Full", "BAT1/type": "Battery", "BAT1/status": "Discharging"], true),
        (["mouse/type": "Battery", "mouse/scope": "Device", "mouse/status": "Discharging"], false),
        (["AC/type": "Mains", "AC/online": "0"], false),
    ])
    func tellsBatteryFromMains(files: [String: String], isOnBattery: Bool) throws {
        let machine = try Machine(
            Dictionary(uniqueKeysWithValues: files.map { ("sys/class/power_supply/\($0.key)", $0.value + "\n") }))
        #expect(machine.reading().isOnBattery == isOnBattery)
    }

    @Test(arguments: [
        ("84000", ["passive": "90000", "critical": "105000"], false),
        ("86000", ["passive": "90000", "critical": "105000"], true),
        ("100000", ["active": "50000", "critical": "110000"], false),
        ("60000", ["active": "50000"], false),
        ("60000", [:], false),
        ("60000", ["critical": "0", "hot": "-274000"], false),
        ("", ["critical": "1"], false),
    ])
    func tellsHotFromWarm(temperature: String, limits: [String: String], isHot: Bool) throws {
        var files = ["temp": temperature]
        for (index, limit) in limits.enumerated() {
            files["trip_point_\(index)_type"] = limit.key
            files["trip_point_\(index)_temp"] = limit.value
        }
        let machine = try Machine(
            Dictionary(
                uniqueKeysWithValues: files.map { ("sys/class/thermal/thermal_zone0/\($0.key)", $0.value + "\n") }))
        #expect(machine.reading().isHot == isHot)
    }

    @Test func thisSystemIsRead() {
        var reading = LoadReading()
        LoadGauges().update(&reading)
        #expect((reading.runnable ?? 0) >= 1 && reading.loadAverage != nil)
    }
}
