import Scenarios

/// Has a model judge all pairs, a few at a time.
public struct Judging: Sendable {
  /// Carries a question to the judge and brings what it said. Errors that are worth another try are the closure's own to retry.
  public typealias Send = @Sendable (ModelJudge.Request) async throws -> String

  public var judge: ModelJudge
  /// Questions that are out at once.
  public var atOnce: Int

  public init(_ judge: ModelJudge, atOnce: Int = 4) { (self.judge, self.atOnce) = (judge, max(1, atOnce)) }

  /// Judges what `done` does not hold yet, and hands each verdict over as it comes.
  ///
  /// A verdict that cannot be read is asked for once more; the second is kept as it is.
  /// - Throws: what `send` throws: nothing is made up for a judge that cannot be reached.
  public func run(
    _ answers: AnswerFile, repeats: Int, done: [Verdict] = [], send: @escaping Send,
    each: (Verdict) throws -> Void
  ) async throws {
    let judge = judge
    let known = Set(done.filter { $0.judge == judge.name }.map(Judging.key))
    var rest = judge.requests(answers, repeats: repeats).filter { !known.contains(Judging.key($0)) }[...]
    try await withThrowingTaskGroup(of: Verdict.self) { group in
      func begin() {
        guard let request = rest.popFirst() else { return }
        group.addTask {
          let verdict = judge.verdict(request, said: try await send(request))
          return verdict.scores == nil ? judge.verdict(request, said: try await send(request)) : verdict
        }
      }
      for _ in 0..<atOnce { begin() }
      while let verdict = try await group.next() {
        try each(verdict)
        begin()
      }
    }
  }

  private static func key(_ verdict: Verdict) -> String {
    "\(verdict.item)\u{1}\(verdict.draw ?? 0)\u{1}\(verdict.first)\u{1}\(verdict.repeat ?? 0)"
  }

  private static func key(_ request: ModelJudge.Request) -> String {
    "\(request.pair.item.id)\u{1}\(request.pair.draw)\u{1}\(request.first)\u{1}\(request.number)"
  }
}
