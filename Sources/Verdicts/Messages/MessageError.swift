/// Why bytes from elsewhere are not the message that was expected.
package enum MessageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// They end before the message does.
    case cutShort
    /// More stands behind the message.
    case trailingBytes(Int)
    /// They do not begin as a message of this protocol does.
    case foreign
    /// The protocol's version that they state is not spoken here.
    case version(UInt8)
    /// It is another message; the number is its kind.
    case kind(UInt8)
    /// A part holds what it cannot hold.
    case malformed(String)

    /// For people.
    package var description: String {
        switch self {
        case .cutShort: "the message is cut short"
        case .trailingBytes(let count): "\(count) bytes stand behind the message"
        case .foreign: "the bytes are no message"
        case .version(let version): "version \(version) of the protocol is not spoken here"
        case .kind(let kind): "a message of kind \(kind) was not expected"
        case .malformed(let what): "the message is malformed: \(what)"
        }
    }
}

/// What the roles say to each other, by the number that stands in the message's head.
package enum MessageKind: UInt8, Sendable, CaseIterable {
    case verdictQuestion = 1
    case verdictAnswer = 2
    case explanationQuestion = 3
    case explanation = 4
    case vulnerabilityQuestion = 5
    case vulnerabilityAnswer = 6
    case indexNotice = 7
    case status = 8
    case changesQuestion = 9
    case changesPage = 10
}

/// What all messages have in common.
package enum MessageFormat {
    /// The first bytes of every message.
    static let mark: [UInt8] = Array("ZTVM".utf8)
    /// Counts up with every change that an older reader would misunderstand.
    package static let version: UInt8 = 1
    /// Bytes of a head: mark, version, kind.
    static let headSize = 6
    /// Words that a message refers back to, at most.
    static let wordLimit = 65_535
    /// The type of a body that is a message.
    package static let mediaType: StaticString = "application/vnd.zerotrace.verdicts"
}
