import Calibration
import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live

/// A job before it is made: file, preset, kind of GPU, what it is called, and what it would cost (stories 1.1 to 1.3.1, 3.3).
struct NewJobPage: Page {
  static let name = "new-job"
  let section = Section.newJob
  let scripts = ["estimate.js"]

  struct Card: Sendable {
    var value, label, description, values, risk: String
    var figures: [String]
    var isChosen: Bool
    var isDisabled: Bool
    /// SVG.
    let icon: String

    init(
      value: String, label: String, description: String, values: String, risk: String, figures: [String],
      isChosen: Bool, isDisabled: Bool = false
    ) {
      (self.value, self.label, self.description, self.values) = (value, label, description, values)
      (self.risk, self.figures, self.isChosen, self.isDisabled) = (risk, figures, isChosen, isDisabled)
      icon = ChoiceIcon.svg(value)
    }
  }
  struct Setting: Sendable { var name, label, help, value, usual: String }
  struct Change: Sendable { var name, from, to: String }

  let title: String
  /// What was wrong with what was sent.
  let problem, hint: String?
  let files: [Choice]
  let hasFiles: Bool
  let file: FileCard?
  let presets, pricings: [Card]
  let settings: [Setting]
  let tags, suites: [Choice]
  let clients, projects: [String]
  let fields: [String: String]
  let estimate: EstimatePanel
  let retryOf, resumeOf: String?
  /// The job that is examined: what is asked of it follows from that one, and is not asked here.
  let examines: String?
  /// The draft that is configured.
  let draftOf: String?
  let retryText: String?
  let changes: [Change]
  let hasChanges: Bool
  let template: String?
  let related: [Related]
  let hasRelated: Bool
  struct Related: Sendable { var number, title, why: String }

  /// - Parameter problem: what was wrong with the form, where it is shown again.
  init(_ desk: PageDesk, _ form: NewJobForm, _ view: LiveView, _ problem: Problem? = nil, estimate: EstimatePanel)
    async throws
  {
    let all = try desk.catalogue.fileChoices()
    let chosen = form.fields["training_file"]
    (resumeOf, draftOf) = (form.fields["resume_of"], form.fields["draft_of"])
    let retried = form.fields["retry_of"].flatMap { view.job($0) }
    // As it is made, see JobMaker.inherit.
    examines = form.fields["examines"] ?? retried.flatMap { view.descriptions[Int($0.rawValue)].examines }
    let what = examines == nil ? "training job" : "examination"
    title =
      draftOf.map { "Configure \($0)" }
      ?? (resumeOf != nil
        ? "Resume from checkpoint"
        : form.fields.has("retry_of") ? (examines == nil ? "Retry a \(what)" : "Retry an \(what)") : "New \(what)")
    (self.problem, hint) = (problem?.document.detail, problem?.document.hint)
    files = Choice.list(
      "No file: say how many pairs",
      all.map {
        ($0.id, "\($0.name) - \(Wording.group($0.conversations)) conversations, \(Wording.group($0.pairs)) pairs")
      },
      chosen: chosen)
    hasFiles = !all.isEmpty
    file = try chosen.flatMap { try desk.catalogue.file($0) }.map(FileCard.init)
    let configuration =
      (try? form.job(desk.catalogue, at: Wording.stamp(view.at) ?? "").configuration)
      ?? form.book.configuration(.balanced, pricing: .spot)
    (presets, pricings) = await NewJobCards.cards(desk, configuration, view, form.book)
    settings = NewJobForm.settings.map {
      Setting(
        name: $0.name, label: $0.label, help: $0.help, value: form.fields[$0.name] ?? "",
        usual: NewJobCards.usual($0.name, form.book[configuration.preset]))
    }
    tags = NewJobForm.commonTags.map { Choice(value: $0, label: $0, isChosen: form.fields.all("tag").contains($0)) }
    suites = try SuiteDeeds(runner: desk.runner).list().suites
      .filter { $0.is_newest && !$0.name.hasPrefix("example-") }
      .map { suite in
        Choice(
          value: suite.name, label: "\(suite.title) (\(Wording.count(suite.items, "item")))",
          isChosen: form.fields.all("suite").contains(suite.name))
      }
    func known(_ values: some Sequence<String?>) -> [String] {
      Array(Set(values.compactMap { $0 }).sorted().prefix(200))
    }
    clients = known(view.descriptions.map(\.client))
    projects = known(view.descriptions.map(\.project))
    fields = Dictionary(
      ["name", "purpose", "notes", "client", "project", "own_tags", "pairs", "tokens_per_pair", "max_cost", "fix"].map {
        ($0, form.fields[$0] ?? "")
      }, uniquingKeysWith: { a, _ in a })
    self.estimate = estimate
    (retryOf, template) = (form.fields["retry_of"], form.fields["template"])
    let original = (retryOf ?? resumeOf).flatMap { view.job($0) }.map { JobDocument(view, $0) }
    retryText = original.map { job in
      "\(job.name) (\(job.id)): \(job.status)" + (job.failure.map { " (\(Wording.words($0)))" } ?? "")
        + (job.duration_s.map { " after \(Wording.duration($0))" } ?? "")
    }
    var new = configuration
    // All else is as the job has it that is examined.
    if examines != nil, let original {
      new = original.configuration
      new.pricing = configuration.pricing
    }
    changes =
      original.map {
        NewJobForm.changes($0.configuration, new).map { Change(name: $0.name, from: $0.from, to: $0.to) }
      } ?? []
    hasChanges = !changes.isEmpty
    let described = try? form.job(desk.catalogue, at: Wording.stamp(view.at) ?? "")
    related =
      try described.map { try KnowledgeDrafts(view, desk.catalogue).suggestions(for: $0).suggestions }.map {
        $0.map { Related(number: "\($0.entry.number)", title: $0.entry.title, why: $0.why) }
      } ?? []
    hasRelated = !related.isEmpty
  }
}

/// A training file as a card shows it.
struct FileCard: Sendable {
  var id, name, summary, quality, reviewed, scaffolding: String
  var warnings: [String]
  var canCreateJob: Bool
  var added: Moment?
  var by: String

  init(_ file: Catalogue.FileRecord) {
    (id, name, by) = (file.id, file.name, file.added_by)
    summary =
      "\(Wording.group(file.conversations)) conversations, \(Wording.group(file.pairs)) pairs, of which \(Wording.group(file.training_pairs)) are "
      + "trained on, about \(Wording.group(Int(file.tokens_per_pair.rounded()))) tokens each"
    quality =
      file.quality_mean.map { String(format: "%.2f on average", $0) }.map { mean in
        mean
          + (file.quality.map {
            String(format: ", from %.2f to %.2f, of %@", $0.least, $0.greatest, Wording.count($0.scored, "scored pair"))
          } ?? "")
      } ?? "not scored"
    reviewed = Wording.count(file.human_reviewed, "conversation")
    func top(_ what: String, _ counts: [String: Int]) -> String? {
      let most = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(4)
      return most.isEmpty ? nil : "\(what): " + most.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
    scaffolding = [
      top("personas", file.scaffolding.personas), top("emotional arcs", file.scaffolding.emotional_arcs),
      top("topics", file.scaffolding.topics),
    ].compactMap { $0 }.joined(separator: "; ")
    warnings = file.warnings
    canCreateJob = file.canCreateJob
    added = Moment(file.added_at)
  }
}
