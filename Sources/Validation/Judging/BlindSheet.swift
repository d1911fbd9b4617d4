import DiscreteEvent
import Foundation
import Scenarios

/// Both answers to a prompt as a person sees them: which is the trained model's is not told.
public struct BlindPair: Hashable, Sendable {
  /// From 1, in the order in which this rater sees them.
  public var number: Int
  public var pair: AnswerPair
  /// Which answer stands first; for whoever takes the scores in, not for the rater.
  public var first: ModelSide

  public var answers: [String] { [pair.answer(first), pair.answer(first == .base ? .trained : .base)] }
}

/// What a rater is given to score, and what comes back: a page shows it, or a sheet of CSV.
public struct BlindSheet: Sendable {
  public let pairs: [BlindPair]
  private let suite: Suite
  private let rater: String

  /// The pairs in an order of this rater's own, each with its answers in random order.
  ///
  /// All of it follows from the rater's name, the suite's digest and the seed, so the sheet that comes back needs no key beside it.
  public init(_ answers: AnswerFile, suite: Suite, rater: String, seed: UInt64 = 1) {
    self.suite = suite
    self.rater = rater
    let base = RandomStream.base(seed: seed, replication: Key.number("\(rater)/\(suite.digest)"))
    let all = answers.pairs(suite)
    var shuffle = RandomStream(base: base, entity: 0, purpose: Purpose.shuffle)
    let order = all.indices.map { (shuffle.nextUInt64(), $0) }.sorted { $0 < $1 }.map(\.1)
    pairs = order.enumerated().map { number, i in
      var coin = RandomStream(base: base, entity: UInt32(i), purpose: Purpose.blindOrder)
      return BlindPair(number: number + 1, pair: all[i], first: coin.nextUInt64() & 1 == 0 ? .base : .trained)
    }
  }

  /// The verdict of one pair; scores of the answer shown first, and of the other, by scale.
  public func verdict(_ pair: BlindPair, first: [String: Int], second: [String: Int], reason: String?) -> Verdict {
    let other: ModelSide = pair.first == .base ? .trained : .base
    return Verdict(
      item: pair.pair.item.id, draw: pair.pair.draw, judge: "person:\(rater)", first: pair.first,
      scores: [pair.first.rawValue: first, other.rawValue: second], reason: reason)
  }

  private var scoreColumns: [String] { suite.rubric.flatMap { ["\($0.id)_1", "\($0.id)_2"] } }

  /// The sheet to fill in: whole scores 1 to 5 in the columns that end in _1 (first answer) and _2.
  public var csv: String {
    let header = ["number", "prompt", "answer_1", "answer_2"] + scoreColumns + ["remark"]
    let rows = pairs.map { pair in
      ["\(pair.number)", pair.pair.item.prompt] + pair.answers + scoreColumns.map { _ in "" } + [""]
    }
    return CSVText.table(header, rows) + "\n"
  }

  /// The verdicts of a sheet that was filled in; rows without any score are left out.
  ///
  /// - Throws: `InputError` with line and column: a score that is none, a row with some scores only.
  public func verdicts(ofSheet data: Data, file: String) throws(InputError) -> [Verdict] {
    let byNumber = Dictionary(uniqueKeysWithValues: pairs.map { ($0.number, $0) })
    let scales = suite.rubric.map(\.id)
    var verdicts: [Verdict] = []
    let table = CSVTable(file: file)
    try table.forEachRow(of: data) { header throws(InputError) -> (Int, [Int], [Int], Int?) in
      func columns(_ suffix: String) throws(InputError) -> [Int] {
        try scales.map { id throws(InputError) in try table.index(of: id + suffix, in: header) }
      }
      let number = try table.index(of: "number", in: header)
      return (number, try columns("_1"), try columns("_2"), header.firstIndex(of: "remark"))
    } _: { row, columns throws(InputError) in
      let (number, first, second, remark) = columns
      guard let pair = Int(row[number]).flatMap({ byNumber[$0] }) else {
        throw row.wrong(number, "a pair's number", hint: "is it \(rater)'s sheet, of this suite and these answers?")
      }
      if (first + second).allSatisfy({ row.isEmpty($0) }) { return }
      func scores(_ columns: [Int]) throws(InputError) -> [String: Int] {
        var result: [String: Int] = [:]
        for (scale, column) in zip(scales, columns) {
          guard let score = Int(row[column]), (1...5).contains(score) else { throw row.wrong(column, "a score 1 to 5") }
          result[scale] = score
        }
        return result
      }
      verdicts.append(
        verdict(
          pair, first: try scores(first), second: try scores(second),
          reason: remark.flatMap { row.isEmpty($0) ? nil : row[$0] }))
    }
    return verdicts
  }
}
