import Live

/// How good estimates were: computed once for each state of the history, off the path of any request.
actor AccuracyShelf {
  private let ask: @Sendable (LiveView) async throws -> AccuracyDocument
  private var known: AccuracyDocument?
  private var digest: String?
  private var failure: (any Error)?

  init(_ ask: @escaping @Sendable (LiveView) async throws -> AccuracyDocument) { self.ask = ask }

  /// What is known by now; what is newer is computed meanwhile.
  ///
  /// - Throws: what the last try threw, until the history is another.
  func answer(_ view: LiveView) throws -> AccuracyDocument {
    let current = AccuracyDocument.digest(of: view)
    if let known, known.history_digest == current { return known }
    if let failure, digest == current { throw failure }
    if digest == nil || failure != nil { compute(view, current) }
    guard var old = known else {
      return AccuracyDocument(status: .computing, history_digest: current, from_jobs: AccuracyDocument.from)
    }
    old.is_current = false
    return old
  }

  /// What was known last. Only where that is nothing at all, it is begun to be computed: a form that is filled in asks at every keystroke.
  func last(_ view: LiveView) -> AccuracyDocument? {
    if known == nil { _ = try? answer(view) }
    return known
  }

  private func compute(_ view: LiveView, _ current: String) {
    (digest, failure) = (current, nil)
    Task.detached(priority: .utility) { [ask] in
      do { await self.take(try await ask(view)) } catch { await self.fail(error) }
    }
  }

  private func take(_ document: AccuracyDocument) { (known, digest) = (document, nil) }
  private func fail(_ error: any Error) { failure = error }
}
