/// What a receiver made of a notification.
enum DeliveryAnswer: Sendable, Equatable {
    case taken
    /// Not taken; another time it may be.
    case refused(String)
    /// Never will be.
    case gone(String)
}
