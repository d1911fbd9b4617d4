import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

/// Finding: over the engine's own rows, and documents for what is shown alone.
extension JobQuery {
  /// All that a question finds, in its order.
  struct Found {
    var jobs: [(index: JobIndex, key: Key)]
    /// Nanodollars.
    var cost: Int64
    /// When the first page was asked for.
    var at: Instant
  }

  /// - Parameter finals: by ordinal; what the order by quality goes by.
  func find(_ view: LiveView, _ catalogue: Catalogue, _ finals: [Catalogue.Finals?] = []) throws -> Found {
    let sought = try Sought(self, catalogue)
    let leftOut = try catalogue.hiddenJobs()
    // A cursor comes from outside: it may not lead beyond what there is to reckon with.
    let at = min(view.at, max(view.at - .days(1), cursor.map { Instant(microseconds: $0.at) } ?? view.at))
    let pauses = sort == "duration" ? try JobPauses(catalogue) : nil
    var found = Found(jobs: [], cost: 0, at: at)
    for i in view.fleet.jobs.indices {
      let job = view.fleet.jobs[i]
      guard job.submitted >= submitted.from, job.submitted < submitted.until, matches(job.phase) else { continue }
      let cost = job.cost(at: view.at)
      guard (costs.least...max(costs.least, costs.most)).contains(Wording.dollars(cost)) else { continue }
      let index = JobIndex(i)
      guard hidden == "all" || leftOut.contains(index) == (hidden == "only") else { continue }
      guard matches(job, view.descriptions[i], index, sought) else { continue }
      found.cost += cost
      let final = i < finals.count ? finals[i] : nil
      let paused = pauses?.span(of: view.descriptions[i].id, job, until: at) ?? .zero
      found.jobs.append((index, key(job, view.descriptions[i], at, final, paused)))
    }
    // Equal ones stay in the order in which they were made; by that alone they stand already.
    guard sort != "created" else {
      if !isAscending { found.jobs.reverse() }
      return found
    }
    found.jobs.sort { isBefore($0.key, $0.index.rawValue, $1.key, $1.index.rawValue) }
    return found
  }

  /// One page of it.
  func answer(_ view: LiveView, _ catalogue: Catalogue, _ finals: [Catalogue.Finals?] = []) throws -> JobList {
    let found = try find(view, catalogue, finals)
    let start = cursor.flatMap { last in
      found.jobs.firstIndex { isBefore(last.key, last.job, $0.key, $0.index.rawValue) }
    }
    let first = offset + (start ?? (cursor == nil ? 0 : found.jobs.count))
    let page = found.jobs.dropFirst(first).prefix(limit)
    let next = first + page.count
    let leftOut = try catalogue.hiddenJobs()
    // Of a page's jobs each job's notes; of all jobs all notes at once.
    let notes = page.count > JobQuery.few ? try catalogue.allNotes() : nil
    let pauses = try JobPauses(catalogue)
    var list = JobList(
      jobs: try page.map { row in
        var document = JobDocument(view, row.index)
        let paused = pauses.span(of: document.id, view.fleet[row.index], until: view.at)
        document.paused_s = paused > .zero ? paused.seconds : nil
        document.hidden = leftOut.contains(row.index) ? true : nil
        let own = if let notes { notes[row.index] ?? [] } else { try catalogue.notes(of: row.index) }
        document.later_notes = own.isEmpty ? nil : own
        return document
      }, total: found.jobs.count,
      total_cost_usd: Wording.dollars(found.cost))
    if next < found.jobs.count, let last = page.last {
      list.next_offset = next
      list.next = Paging.encoded(
        Cursor(sort: sort, key: last.key, job: last.index.rawValue, at: found.at.microseconds))
    }
    return list
  }

  private static let few = 100

  /// What has to be looked up once for all jobs.
  private struct Sought {
    var noted: Set<JobIndex> = []
    /// Training files whose name has the text in it.
    var files: Set<String> = []

    init(_ query: JobQuery, _ catalogue: Catalogue) throws {
      guard let search = query.search else { return }
      noted = try catalogue.jobs(noted: search.text)
      files = Set(try catalogue.fileNames().filter { search.isIn($0.name) }.map(\.id))
    }
  }

  private func isBefore(_ a: Key, _ i: UInt32, _ b: Key, _ j: UInt32) -> Bool {
    isAscending ? (a, i) < (b, j) : (a, i) > (b, j)
  }

  private func matches(_ phase: Phase) -> Bool {
    switch status {
    case nil: true
    case "active": !phase.isTerminal && ![.pendingConfiguration, .queued, .blocked, .paused].contains(phase)
    case "over": phase.isTerminal
    case let word?: JobWords.word(phase) == word
    }
  }

  private func matches(_ job: Job, _ text: JobDescription, _ index: JobIndex, _ sought: Sought) -> Bool {
    guard equals.allSatisfy({ text[keyPath: $0.0] == $0.1 }) else { return false }
    guard preset.map({ $0 == text.configuration.preset.rawValue }) ?? true else { return false }
    guard pricing.map({ ($0 == "spot") == (job.pricing == .spot) }) ?? true else { return false }
    guard tag.map({ text.tags?.contains($0) == true }) ?? true else { return false }
    guard let search, !sought.noted.contains(index) else { return true }
    if let file = text.trainingFile, sought.files.contains(file) { return true }
    let texts = [text.id, text.name, text.purpose, text.notes, text.client, text.project, text.trainingFile]
    return texts.contains { $0.map(search.isIn) ?? false } || (text.tags ?? []).contains(where: search.isIn)
  }

  private func key(_ job: Job, _ text: JobDescription, _ at: Instant, _ finals: Catalogue.Finals?, _ paused: Span)
    -> Key
  {
    switch sort {
    case "cost": .number(Wording.dollars(job.cost(at: job.lease.isOpen ? max(at, job.lease.granted) : at)))
    case "duration": .number(job.admitted < at ? (min(job.ended, at) - job.admitted - paused).seconds : 0)
    case "status": .text(JobWords.word(job.phase))
    case "creator": .text(text.creator ?? "")
    // The best is the least: what was not measured comes after the worst.
    case "quality": .number(-(finals?.validation_loss ?? finals?.training_loss ?? .greatestFiniteMagnitude))
    default: .none
    }
  }
}

/// When jobs were paused, read once for a whole list.
struct JobPauses {
  private let pauses: [String: [(from: Instant, to: Instant?)]]

  init(_ catalogue: Catalogue) throws { pauses = try catalogue.pauses() }

  /// Since it had a slot.
  func span(of id: String, _ job: Job, until now: Instant) -> Span {
    guard let own = pauses[id], job.admitted < .distantFuture else { return .zero }
    return own.reduce(.zero) { sum, pause in
      sum + max(.zero, min(pause.to ?? now, job.ended, now) - max(pause.from, job.admitted))
    }
  }
}
