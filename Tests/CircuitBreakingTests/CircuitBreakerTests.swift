import CircuitBreaking
import Testing

struct CircuitBreakerTests {
    private static func breaker() -> CircuitBreaker {
        var settings = CircuitBreaker.Settings()
        settings.failures = 3
        settings.pause = .seconds(1)
        settings.longestPause = .seconds(3)
        return CircuitBreaker(settings)
    }

    @Test func failuresInARowOpenIt() {
        var breaker = Self.breaker()
        breaker.failed(now: .zero)
        breaker.failed(now: .zero)
        breaker.succeeded()
        breaker.failed(now: .zero)
        breaker.failed(now: .zero)
        #expect(breaker.allows(now: .zero))
        breaker.failed(now: .zero)
        #expect(breaker.condition(now: .zero) == .open)
        #expect(!breaker.allows(now: .milliseconds(999)))
    }

    @Test func afterThePauseOneAsksAndDecides() {
        var breaker = Self.breaker()
        for _ in 0..<3 { breaker.failed(now: .zero) }
        #expect(breaker.allows(now: .seconds(1)))
        breaker.began(now: .seconds(1))
        #expect(!breaker.allows(now: .seconds(1)))
        #expect(breaker.condition(now: .seconds(1)) == .probing)
        breaker.failed(now: .seconds(2))
        // The pause doubles, up to the longest.
        #expect(!breaker.allows(now: .milliseconds(3_999)))
        breaker.began(now: .seconds(4))
        breaker.failed(now: .seconds(4))
        #expect(breaker.allows(now: .seconds(7)))
        breaker.began(now: .seconds(7))
        breaker.succeeded()
        #expect(breaker.condition(now: .seconds(7)) == .closed)
    }

    @Test func aProbeThatIsGivenUpLetsTheNextOneTry() {
        var breaker = Self.breaker()
        for _ in 0..<3 { breaker.failed(now: .zero) }
        breaker.began(now: .seconds(1))
        breaker.withdrew(now: .seconds(1))
        #expect(breaker.allows(now: .seconds(1)))
    }

    @Test func whatIsSeenAliveIsAskedAtOnce() {
        var breaker = Self.breaker()
        for _ in 0..<3 { breaker.failed(now: .zero) }
        breaker.revived(now: .milliseconds(10))
        #expect(breaker.allows(now: .milliseconds(10)))
        #expect(breaker.condition(now: .milliseconds(10)) == .probing)
    }
}
