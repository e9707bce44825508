import Glibc

/// The fuzzer's own entry, out of the library that `-sanitize=fuzzer` links in.
///
/// - Source: <https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library>
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The fuzzer's own way to vary bytes.
@_silgen_name("LLVMFuzzerMutate")
private func varyBytes(_ data: UnsafeMutablePointer<UInt8>?, _ size: Int, _ limit: Int) -> Int

/// The target of this process, by `FUZZ_TARGET`.
private let target: FuzzTarget? = getenv("FUZZ_TARGET").flatMap { FuzzTargets.named(String(cString: $0)) }

/// What SwiftPM makes the entry of the program.
///
/// `--list` prints a line `name<TAB>longest input<TAB>dictionary` for each target; all other arguments are libFuzzer's.
@_cdecl("zerotrace_fuzz_main")
func main(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
    var count = count
    if count == 2, let word = arguments?[1], String(cString: word) == "--list" {
        for target in FuzzTargets.all {
            print(target.name, target.maximumLength, target.dictionary ?? "-", separator: "\t")
        }
        return 0
    }
    guard target != nil else {
        let message = "FUZZ_TARGET names no target; --list lists them\n"
        _ = write(STDERR_FILENO, message, message.utf8.count)
        return 2
    }
    var arguments = arguments
    return withUnsafeMutablePointer(to: &arguments) { runFuzzer(&count, $0, testOneInput) }
}

/// What libFuzzer calls with every input.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: data, count: size))
    // An input that is refused is as good as one that is taken.
    try? target?.run(input)
    return 0
}

/// What libFuzzer calls to vary an input: every other time value by value, where the target's inputs are JSON.
@_cdecl("LLVMFuzzerCustomMutator")
func vary(_ data: UnsafeMutablePointer<UInt8>?, _ size: Int, _ limit: Int, _ seed: CUnsignedInt) -> Int {
    guard target?.form == .json, seed % 2 == 0, let data else { return varyBytes(data, size, limit) }
    var variation = JSONVariation(seed: UInt64(seed))
    guard let varied = variation.vary(UnsafeBufferPointer(start: data, count: size)), varied.count <= limit else {
        return varyBytes(data, size, limit)
    }
    _ = UnsafeMutableBufferPointer(start: data, count: varied.count).update(fromContentsOf: varied)
    return varied.count
}
