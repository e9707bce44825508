/// Version of this build, by semantic versioning.
public let zeroTraceVersion = "0.1.0"
