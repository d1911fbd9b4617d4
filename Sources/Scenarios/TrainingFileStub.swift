public struct TrainingFile {
  public var trainedPairs = 0, meanTokensPerPair = 0.0, longestPairTokens: Int? = nil, warnings: [String] = [],
    tokenSpread = 0.08
  public static func read(path: String) throws -> TrainingFile { TrainingFile() }
}
