/// A page: what it shows, in plain values that its template names.
///
/// It holds texts and flags, made by the functions that the JSON documents and the command line use; a template neither computes nor formats.
protocol Page: Sendable {
  /// What its template is called among the others.
  static var name: String { get }
  /// Mustache: `{{x}}` is escaped; `{{{x}}}` is for what was made here alone, such as a chart.
  static var template: String { get }
  /// What the browser's tab and the page's heading say.
  var title: String { get }
  /// Which entry of the navigation is lit.
  var section: Section { get }
  /// The scripts it works better with, by name; `theme.js` and `times.js` are everywhere.
  var scripts: [String] { get }
}

extension Page {
  var scripts: [String] { [] }
}

/// The entries of the navigation. ``Section/shown`` are those that there are pages for.
enum Section: String, CaseIterable {
  case jobs, newJob, queue, templates, files, suites, knowledge
  case budget, forecast, capacity
  case compare, analytics, accuracy, history, team, replay
  case storage, settings, help

  /// Add an entry here when its page exists: nothing is linked that is not there.
  static let shown: Set<Section> = [
    .jobs, .newJob, .queue, .templates, .files, .suites, .knowledge, .budget, .settings,
    .forecast, .capacity, .accuracy, .replay, .compare, .analytics, .history, .team, .storage, .help,
  ]

  var label: String {
    switch self {
    case .newJob: "New job"
    case .analytics: "Training Analytics"
    case .knowledge: "Knowledge base"
    default: rawValue.prefix(1).uppercased() + rawValue.dropFirst()
    }
  }

  var path: String {
    switch self {
    case .jobs: "/dashboard/training-jobs"
    case .newJob: "/dashboard/training-jobs/new"
    case .queue: "/dashboard/training-jobs/queue"
    case .budget: "/dashboard/training-budget"
    default: "/dashboard/\(rawValue)"
    }
  }

  /// As they stand below one another.
  static let groups: [(label: String, sections: [Section])] = [
    ("Train", [.jobs, .newJob, .queue, .templates, .files, .suites, .knowledge]),
    ("Look ahead", [.budget, .forecast, .capacity]),
    ("Look back", [.compare, .analytics, .accuracy, .history, .team, .replay]),
    ("Set up", [.storage, .settings, .help]),
  ]
}
