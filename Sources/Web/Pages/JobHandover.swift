import Engine
import Foundation
import Journal

/// What there is to take away of a job: adapters and package, unless a gate holds them back, its metrics and its report.
struct JobHandover: Sendable {
  struct Entry: Sendable {
    var label, path: String
    var detail: String?
    var at: Moment?
    var isPrimary = false
  }

  let entries: [Entry]
  /// Why adapters and package are not handed out, and the way out.
  let held: String?
  /// A block is a manager's to override; what wants a review is any engineer's to have reviewed.
  let takesManager: Bool
  /// What links for others may be made to.
  let offers: [LinksPage.Offer]
  let hasOffers: Bool

  init(_ job: JobDocument, _ index: JobIndex, hasMetrics: Bool, _ catalogue: Catalogue) throws {
    let api = "/api/v1/jobs/\(job.id)"
    if let examined = job.examines {
      // What it found is the other's, and it made nothing else.
      entries = [
        Entry(label: "Validation of \(examined)", path: "/dashboard/training-jobs/\(examined)/validation")
      ]
      (held, takesManager, offers, hasOffers) = (nil, false, [], false)
      return
    }
    var held: Problem?
    do { try ValidationRoutes.requireDelivery(index, orders: job.suites ?? [], catalogue) } catch let problem as Problem
    { held = problem }
    self.held = held?.document.detail
    takesManager = held?.document.detail.hasPrefix("delivery is blocked") ?? false
    var entries: [Entry] = []
    var kinds: [Catalogue.ArtifactKind] = []
    for artifact in try catalogue.artifacts(of: index) where artifact.deleted == nil {
      let isModel = artifact.kind == .adapters || artifact.kind == .deploymentPackage
      guard held == nil || !isModel else { continue }
      kinds.append(artifact.kind)
      let taken = Wording.count(artifact.downloads, "download")
      entries.append(
        Entry(
          label: JobHandover.label(artifact.kind), path: "\(api)/artifacts/\(artifact.kind.rawValue)",
          detail:
            "\(artifact.name), \(JobHandover.size(artifact.bytes)), \(taken), in \(artifact.key)",
          at: Moment(artifact.made),
          isPrimary: artifact.kind == .adapters))
    }
    if !entries.isEmpty {
      entries.append(Entry(label: "Storage: all files, deletion", path: "/dashboard/storage"))
      entries.append(Entry(label: HelpTopic.adapters.title, path: HelpPage.path("adapters")))
    }
    if hasMetrics {
      entries.append(Entry(label: "Export Metrics (CSV)", path: "\(api)/metrics.csv"))
      entries.append(Entry(label: "Export Metrics (JSON)", path: "\(api)/metrics.json"))
      entries.append(Entry(label: "Export Metrics with Charts (ZIP)", path: "\(api)/metrics.zip"))
    }
    if job.isOver {
      entries.append(Entry(label: "Generate Report", path: "\(api)/report.pdf", detail: "PDF"))
      entries.append(Entry(label: "Preview Report", path: "\(api)/report.pdf?preview=1"))
    }
    self.entries = entries
    offers = LinksPage.offers(kinds, isOver: job.isOver)
    hasOffers = !offers.isEmpty
  }

  static func label(_ kind: Catalogue.ArtifactKind) -> String {
    switch kind {
    case .adapters: "Download Adapters"
    case .deploymentPackage: "Download Deployment Package"
    case .metricsCSV: "Metrics of the worker (CSV)"
    case .metricsJSON: "Metrics of the worker (JSON)"
    case .evaluationCSV: "Perplexity by category (CSV)"
    case .evaluationJSON: "Perplexity by category (JSON)"
    }
  }

  /// In the units that file managers use: 665 MB are 665,000,000 bytes.
  static func size(_ bytes: Int64) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"]
    var (value, unit) = (Double(bytes), 0)
    while value >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    let tenths = (value * 10).rounded() / 10
    return (unit == 0 || tenths >= 100 || tenths == tenths.rounded() ? "\(Int(value.rounded()))" : "\(tenths)")
      + " \(units[unit])"
  }
}
