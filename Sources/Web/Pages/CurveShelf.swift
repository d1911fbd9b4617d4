import DiscreteEvent
import Engine
import Journal
import Live
import Reports

/// The curves that somebody looks at, kept in memory so that moving over a million steps reads none of them again.
actor CurveShelf {
  struct Curves: Sendable {
    var training: [ChartPoint] = []
    var validation: [ChartPoint] = []

    mutating func append(_ step: Int, _ training: Double?, _ validation: Double?) {
      // A value that is no number leaves a gap.
      if training != nil || validation == nil { self.training.append(ChartPoint(Double(step), training ?? .nan)) }
      if let validation { self.validation.append(ChartPoint(Double(step), validation)) }
    }

    /// Forgets that step and all after it.
    mutating func drop(from step: Double) {
      while let last = training.last, last.x >= step { training.removeLast() }
      while let last = validation.last, last.x >= step { validation.removeLast() }
    }
  }
  private struct Kept {
    var curves: Curves
    var last: Int
    /// Nothing is measured anew any more.
    var isFinal: Bool
    var at: ContinuousClock.Instant
  }
  private var kept: [JobIndex: Kept] = [:]
  private var reading: [JobIndex: Task<Kept, any Error>] = [:]
  private let catalogue: Catalogue

  private static let most = 16
  /// So many points are read while a page is made: some milliseconds.
  private static let atOnce = 20_000
  /// So many have the store's one connection for themselves: whoever asks meanwhile waits for no more than them.
  private static let rowsInOne = 10_000

  /// For so long nothing is looked for anew.
  private let holds: Duration

  init(_ catalogue: Catalogue, holds: Duration = .seconds(1)) { (self.catalogue, self.holds) = (catalogue, holds) }

  /// Whoever asks waits for as long as it takes.
  func curves(of job: JobIndex, _ view: LiveView) async throws -> Curves {
    if let there = kept[job], there.at.duration(to: .now) < holds { return there.curves }
    return try await begin(job, view).value.curves
  }

  /// What a page can show without waiting; nil: there is much to read, and it is being read.
  ///
  /// - Parameter last: the last step that was measured.
  func curvesAtOnce(of job: JobIndex, last: Int, _ view: LiveView) async throws -> Curves? {
    guard let there = kept[job] else {
      if last > CurveShelf.atOnce {
        _ = begin(job, view)
        return nil
      }
      return try await curves(of: job, view)
    }
    guard last - there.last > CurveShelf.atOnce else { return try await curves(of: job, view) }
    _ = begin(job, view)
    return there.curves
  }

  /// One reads, and all who ask meanwhile wait for that one.
  private func begin(_ job: JobIndex, _ view: LiveView) -> Task<Kept, any Error> {
    if let task = reading[job] { return task }
    let (before, catalogue) = (kept[job], catalogue)
    // What comes after the last durable step may have been measured anew, as long as the job goes on.
    let (durable, isOver) = (Int(view.fleet[job].durableStep), view.fleet[job].phase.isTerminal)
    let from = before?.isFinal == true ? (before?.last ?? -1) + 1 : min(durable, before?.last ?? -1) + 1
    let task = Task {
      do {
        let read = try await Task.detached {
          try CurveShelf.read(catalogue, job, before?.curves ?? Curves(), from: max(0, from), isFinal: isOver)
        }.value
        keep(read, of: job)
        return read
      } catch {
        reading[job] = nil
        throw error
      }
    }
    reading[job] = task
    return task
  }

  private static func read(
    _ catalogue: Catalogue, _ job: JobIndex, _ before: Curves, from: Int, isFinal: Bool
  ) throws -> Kept {
    var (curves, next, last) = (before, from, from - 1)
    curves.drop(from: Double(from))
    while true {
      var count = 0
      try catalogue.forEachLoss(of: job, from: next, limit: rowsInOne) { step, training, validation in
        curves.append(step, training, validation)
        (last, count) = (step, count + 1)
      }
      guard count == rowsInOne else { break }
      next = last + 1
    }
    return Kept(curves: curves, last: last, isFinal: isFinal, at: .now)
  }

  private func keep(_ read: Kept, of job: JobIndex) {
    reading[job] = nil
    if kept[job] == nil, kept.count >= CurveShelf.most, let oldest = kept.min(by: { $0.value.at < $1.value.at }) {
      kept[oldest.key] = nil
    }
    kept[job] = read
  }
}
