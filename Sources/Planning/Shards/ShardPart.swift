import Simulator

/// `i/n`: the i-th of n parts of an experiment's replications, from 1.
public struct ShardPart: Hashable, Sendable, Codable, CustomStringConvertible {
  public let index: Int
  public let count: Int

  /// More parts than this are a slip of the finger.
  public static let most = 100_000

  /// nil where there is no such part.
  public init?(index: Int, of count: Int) {
    self.index = index
    self.count = count
    guard isValid else { return nil }
  }

  /// Reads `2/7`.
  public init?(_ text: String) {
    let halves = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard halves.count == 2, let index = halves[0], let count = halves[1] else { return nil }
    self.init(index: index, of: count)
  }

  var isValid: Bool { (1...ShardPart.most).contains(count) && (1...count).contains(index) }

  public var description: String { "\(index)/\(count)" }

  /// The part's share of the fixed blocks of so many replications; empty where there are more parts than blocks.
  func blocks(of replications: Int) -> Range<Int> {
    let blocks = Experiment.blocks(of: replications)
    return (index - 1) * blocks / count..<index * blocks / count
  }

  /// The replications of the whole that are in this part, from 0.
  public func replications(of replications: Int) -> Range<Int> {
    let size = Experiment.blockSize(of: replications)
    let blocks = blocks(of: replications)
    return min(replications, blocks.lowerBound * size)..<min(replications, blocks.upperBound * size)
  }
}
