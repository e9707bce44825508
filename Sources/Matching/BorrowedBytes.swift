extension String {
    /// Lends the text's UTF-8.
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws(IndexError) -> Result) throws(IndexError) -> Result {
        var copy = self
        // The standard library's `withUTF8` does not keep the type of errors.
        return try copy.withUTF8 { bytes in
            Swift.Result { () throws(IndexError) in try body(UnsafeRawBufferPointer(bytes)) }
        }.get()
    }
}

extension [UInt8] {
    /// Lends the bytes.
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws(IndexError) -> Result) throws(IndexError) -> Result {
        try withUnsafeBufferPointer { (bytes) throws(IndexError) in try body(UnsafeRawBufferPointer(bytes)) }
    }
}
