import Calibration
import Engine
import Foundation
import Journal
import Live

/// What an entry about a job would say, which jobs are like it, and which entries may help with the next one (story 8.3.2).
struct KnowledgeDrafts {
  let view: LiveView
  let catalogue: Catalogue

  init(_ view: LiveView, _ catalogue: Catalogue) { (self.view, self.catalogue) = (view, catalogue) }

  func draft(of index: JobIndex) throws -> NewKnowledge {
    let job = JobDocument(view, index)
    let related = try similar(to: index).prefix(4)
    return NewKnowledge(
      title: job.name, category: category(job), tags: job.tags ?? [],
      content: String(try content(job, index).prefix(KnowledgeDeeds.longestContent)), jobs: [job.id] + related)
  }

  private func category(_ job: JobDocument) -> Catalogue.KnowledgeCategory {
    if job.status == "failed" { return .troubleshooting }
    if (job.tags ?? []).contains("experiment") { return .experiments }
    return job.client != nil || (job.tags ?? []).contains("client-delivery") ? .clientDeliveries : .bestPractices
  }

  private func content(_ job: JobDocument, _ index: JobIndex) throws -> String {
    let c = job.configuration
    let file = try job.training_file.flatMap { try catalogue.file($0) }
    var lines = [
      "# Configuration", "- \(Wording.capital(job.preset)), \(Wording.pricing(job.pricing))",
      "- r=\(c.rank), lr=\(String(format: "%g", c.learningRate)), epochs=\(c.epochs), batch_size=\(c.batchSize), gradient_accumulation_steps=\(c.gradientAccumulation)",
      file.map { "- \($0.name): \(Wording.group($0.conversations)) conversations, \(Wording.group($0.pairs)) pairs" }
        ?? "- \(Wording.group(c.trainingPairs)) training pairs", "", "# Results",
    ]
    let took = job.duration_s.map { " in \(Wording.duration($0))" } ?? ""
    lines.append(
      "- \(Wording.capital(Wording.words(job.status)))\(took) for \(Wording.money(job.cost_usd)), \(Wording.count(job.interruptions, "interruption"))"
    )
    if let failure = job.failure { lines.append("- Failed: \(Wording.words(failure))") }
    if let last = try catalogue.lastMetrics(of: index, count: 1).first {
      let losses = [("training loss", last.training_loss), ("validation loss", last.validation_loss)].compactMap {
        name, value in value.map { "\(name) \(String(format: "%.3f", $0))" }
      }
      if !losses.isEmpty { lines.append("- Last measured: \(losses.joined(separator: ", "))") }
    }
    for document in (try? ValidationRoutes.documents(of: index, catalogue)) ?? [] {
      if let words = document.headline {
        lines.append("- \(document.suite?.title ?? Wording.capital(document.part.rawValue)): \(words)")
      }
    }
    lines += ["", "# Key learnings", "- What was learnt goes here."]
    let notes = [job.purpose, job.notes].compactMap { $0 } + (try catalogue.notes(of: index)).map(\.text)
    if !notes.isEmpty { lines += ["", "# Notes"] + notes.flatMap { [$0, ""] } }
    return lines.joined(separator: "\n")
  }

  /// What of a job makes another one like it.
  struct Setup {
    var file, client, project: String?
    var tags: Set<String>
    var preset: Preset
    var text: String

    init(_ job: JobDescription) {
      (file, client, project, preset) = (job.trainingFile, job.client, job.project, job.configuration.preset)
      tags = Set(job.tags ?? [])
      text = ([job.name, job.purpose].compactMap { $0 } + tags.sorted()).joined(separator: " ")
    }

    init(_ job: NewJob) {
      (file, client, project, preset) = (job.training_file, job.client, job.project, job.configuration.preset)
      tags = Set(job.tags ?? [])
      text = ([job.name, job.purpose].compactMap { $0 } + tags.sorted()).joined(separator: " ")
    }

    /// The same file counts most, then client, project and tags; the preset alone makes nothing alike.
    func likeness(_ other: Setup) -> Int {
      var points = tags.intersection(other.tags).count + (preset == other.preset ? 1 : 0)
      if let file, file == other.file { points += 3 }
      if let client, client == other.client { points += 2 }
      if let project, project == other.project { points += 1 }
      return points
    }
  }

  private static let least = 2

  /// Completed jobs that are like it, the likest first.
  private func similar(to job: JobIndex) throws -> [String] {
    let hidden = try catalogue.hiddenJobs()
    let setup = Setup(view.descriptions[Int(job.rawValue)])
    let found = view.fleet.jobs.indices.compactMap { i -> (points: Int, i: Int)? in
      let other = JobIndex(i)
      guard other != job, view.fleet.jobs[i].phase == .completed, !hidden.contains(other),
        view.descriptions[i].examines == nil
      else { return nil }
      let points = setup.likeness(Setup(view.descriptions[i]))
      return points < KnowledgeDrafts.least ? nil : (points, i)
    }
    return found.sorted { $0 > $1 }.map { view.descriptions[$0.i].id }
  }

  /// At most three, the best first.
  func suggestions(for new: NewJob) throws -> KnowledgeSuggestions {
    let setup = Setup(new)
    let entries = try catalogue.knowledge()
    guard !entries.isEmpty else { return KnowledgeSuggestions(suggestions: []) }
    let said = Set(try catalogue.search(setup.text, for: "", kind: .knowledge, limit: 5).list.map(\.ref))
    let found = entries.compactMap { entry -> (points: Int, KnowledgeSuggestions.Suggestion)? in
      let document = KnowledgeDocument(entry, view)
      let jobs = document.jobs.compactMap { related in
        related.status == "completed" ? view.job(related.id).map { view.descriptions[Int($0.rawValue)] } : nil
      }
      let best = jobs.map { (setup.likeness(Setup($0)), $0.name) }.max { $0.0 < $1.0 }
      let points =
        (best?.0 ?? 0) + setup.tags.intersection(entry.tags).count + (said.contains("\(entry.number)") ? 2 : 0)
      guard points >= KnowledgeDrafts.least else { return nil }
      let isAlike = best.map { $0.0 >= KnowledgeDrafts.least } == true
      let why = isAlike ? "Similar setup succeeded in \(best?.1 ?? "")" : "It is about the same words or tags"
      return (points, .init(entry: document, why: why))
    }
    return KnowledgeSuggestions(suggestions: found.sorted { $0.points > $1.points }.prefix(3).map(\.1))
  }
}
