import Engine
import Foundation
import Journal
import Live

/// A draft's own configuration page, with its id in the address: what is changed there takes the draft's place (story 1.1.1).
extension NewJobRoutes {
  /// Where a draft is configured.
  static func path(ofDraft id: String) -> String { "/dashboard/training-jobs/new?draft=\(id)" }

  /// Fills a form in as a draft is.
  ///
  /// - Returns: where else to go: what is no draft any more, or goes on from a checkpoint, has its own page alone.
  /// - Throws: ``Problem`` where there is no such job.
  func fill(_ form: inout NewJobForm, fromDraft id: String, _ view: LiveView) throws -> String? {
    guard let job = view.job(id) else { throw Problem(.notFound, "there is no job '\(id)'") }
    let document = JobDocument(view, job)
    guard document.isEditable else { return "/dashboard/training-jobs/\(document.id)" }
    form.edit(document, fix: view.descriptions[Int(job.rawValue)].fix)
    return nil
  }

  /// Makes the job that a form describes, or starts the draft that it has left as it was; what it changed takes the draft's place.
  ///
  /// - Parameter draft: the one that the form edits; nil: it edits none.
  func make(
    _ new: NewJob, editing draft: JobIndex?, _ view: LiveView, by person: Catalogue.Person, _ context: LiveContext
  ) async throws -> JobIndex {
    guard let draft else { return try await maker.make(new, by: person) }
    if try isUnchanged(new, draft, view) {
      if new.draft != true {
        try await desk.act("confirm", on: draft, view, Reason(justification: new.justification), context)
      }
      return draft
    }
    let job = try await maker.make(new, by: person)
    let why = Reason(justification: "\(job.id) has taken its place")
    try await desk.act("cancel", on: draft, await desk.runner.view, why, context)
    return job
  }

  /// Whether a form says no more than its draft: then it is that job, with its id.
  private func isUnchanged(_ new: NewJob, _ draft: JobIndex, _ view: LiveView) throws -> Bool {
    var form = NewJobForm(FormFields(text: ""), try desk.catalogue.presets())
    guard try fill(&form, fromDraft: draft.id, view) == nil else { return false }
    var same = try form.job(desk.catalogue, at: "")
    (same.draft, same.justification) = (new.draft, new.justification)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(same) == encoder.encode(new)
  }
}

extension JobDocument {
  /// What a draft goes on from is reckoned into it already: it stays as it is.
  var isEditable: Bool { status == "pending_configuration" && resumed_from == nil }
}

extension NewJobForm {
  /// As a draft is.
  mutating func edit(_ job: JobDocument, fix: String?) {
    clone(job)
    (fields["name"], fields["purpose"]) = (job.name, job.purpose)
    // Whoever makes it anew says that once more.
    let origin = job.template.map { "Started from template: \($0)" } ?? ""
    let notes = (job.notes ?? "").hasSuffix(origin) ? String((job.notes ?? "").dropLast(origin.count)) : job.notes ?? ""
    fields["notes"] = notes.trimmingCharacters(in: .whitespacesAndNewlines)
    (fields["template"], fields["retry_of"], fields["fix"]) = (job.template, job.retry_of, fix)
    (fields["draft_of"], fields["draft"]) = (job.id, nil)
  }
}
