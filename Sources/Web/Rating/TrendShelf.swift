import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Validation

/// What the trend shows of each job's validation, kept in memory: a document is large, and is read again only where another took its place.
actor TrendShelf {
  private struct Key: Hashable {
    var job: JobIndex
    var name: String
  }
  private struct Kept {
    var at: Instant
    /// nil: there is no one figure that says it.
    var shown: Shown?
  }
  private struct Shown {
    var title: String
    var base, trained, percent: Double
    var badge: String?
    var verdict: DeliveryGate.Verdict
  }

  private let catalogue: Catalogue
  private var kept: [Key: Kept] = [:]
  /// Documents that were read so far: for tests.
  private(set) var documentsRead = 0

  init(_ catalogue: Catalogue) { self.catalogue = catalogue }

  func trend(_ view: LiveView) throws -> ValidationTrend {
    let hidden = try catalogue.hiddenJobs()
    var now: [Key: Kept] = [:]
    var points: [ValidationTrend.Point] = []
    for (job, name, at) in try catalogue.allValidations() where Int(job.rawValue) < view.fleet.jobs.count {
      let key = Key(job: job, name: name)
      guard let one = try kept[key].flatMap({ $0.at == at ? $0 : nil }) ?? read(key) else { continue }
      now[key] = one
      guard let shown = one.shown, !hidden.contains(job) else { continue }
      let i = Int(job.rawValue)
      points.append(
        .init(
          job: view.descriptions[i].id, name: view.descriptions[i].name,
          ended_at: Wording.stamp(view.fleet.jobs[i].ended), what: name, title: shown.title, base: shown.base,
          trained: shown.trained, percent: shown.percent, badge: shown.badge, verdict: shown.verdict))
    }
    // What is no more there is forgotten.
    kept = now
    return ValidationTrend(points: points)
  }

  private func read(_ key: Key) throws -> Kept? {
    guard let record = try catalogue.validations(of: key.job).first(where: { $0.name == key.name }) else { return nil }
    documentsRead += 1
    let document = try? JSONDecoder().decode(ValidationDocument.self, from: Data(record.document.utf8))
    return Kept(
      at: record.at,
      shown: document.flatMap { document in
        document.figure.map {
          Shown(
            title: document.heading, base: $0.base, trained: $0.trained, percent: $0.percent,
            badge: document.badge?.text, verdict: document.gate.verdict)
        }
      })
  }
}
