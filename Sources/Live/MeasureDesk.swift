import Journal

/// Takes in what workers measure: whatever waits is kept in one transaction, so that the disk is asked once for many.
public actor MeasureDesk {
  private let catalogue: Catalogue
  private var waiting: [(Catalogue.Measures, CheckedContinuation<Void, any Error>)] = []
  private var isScheduled = false

  public init(_ catalogue: Catalogue) { self.catalogue = catalogue }

  /// Returns when it is on the disk.
  ///
  /// - Throws: `InputError` where it could not be written; nothing of it is kept then.
  public func keep(_ measures: Catalogue.Measures) async throws {
    try await withCheckedThrowingContinuation { continuation in
      waiting.append((measures, continuation))
      guard !isScheduled else { return }
      isScheduled = true
      Task { write() }
    }
  }

  private func write() {
    isScheduled = false
    let taken = waiting
    waiting.removeAll(keepingCapacity: true)
    let outcome = Result { try catalogue.record(taken.map(\.0)) }
    for (_, continuation) in taken { continuation.resume(with: outcome) }
  }
}
