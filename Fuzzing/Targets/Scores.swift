import Scoring

extension FuzzTargets {
    /// Scores.
    static let scores: [FuzzTarget] = [
        FuzzTarget("cvss", maximumLength: 512, dictionary: "cvss") { input in
            let vector = try CVSSVector(input.text)
            for score in [vector.score, vector.baseScore, vector.temporalScore, vector.environmentalScore] {
                guard let score else { continue }
                require((0...10).contains(score), "\(vector) scores from 0 to 10")
                require((score * 10).rounded() / 10 == score, "\(vector) scores with one decimal")
            }
            require((try? CVSSVector(vector.description)) == vector, "\(vector) reads as itself")
        }
    ]
}
