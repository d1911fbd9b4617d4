import Calibration
import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live

/// What presets stand for, what each quarter's history proposes for them, and what managers make of it: the same for programs and for the
/// dashboard. A proposal is made when somebody first asks after its quarter's end, and is what it is from then on.
struct PresetDeeds: Sendable {
  let runner: LiveRunner
  let finals: FinalShelf
  private var catalogue: Catalogue { runner.catalogue }
  static let presets: [Preset] = [.conservative, .balanced, .aggressive]

  /// What holds now.
  func list() throws -> PresetList {
    let accepted = try catalogue.acceptedPresets()
    return PresetList(
      presets: PresetDeeds.presets.map { preset in
        let one = accepted.first { $0.preset == preset }
        return PresetDocument(
          preset: preset, parameters: one.map { $0.to ?? $0.from } ?? .shipped(preset),
          since: one?.decided.flatMap(Wording.stamp), accepted_by: one?.person, proposal: one?.number)
      })
  }

  func proposals() async throws -> PresetProposalList {
    let view = await runner.view
    let last = Quarter(before: view.at)
    if try !catalogue.presetProposals().contains(where: { $0.quarter == last.text }) { try await propose(last, view) }
    let force = try catalogue.acceptedPresets().map(\.number)
    return PresetProposalList(
      proposals: try catalogue.presetProposals().map { try PresetProposalDocument($0, last, force) })
  }

  /// Makes what a quarter has not yet: one for each preset.
  func propose(_ quarter: Quarter, _ view: LiveView) async throws {
    let (finals, book) = (try await finals.finals(view), try catalogue.presets())
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try catalogue.keep(
      PresetDeeds.presets.map { preset in
        let runs = view.fleet.jobs.indices.compactMap { i -> PresetStudy.Run? in
          guard view.descriptions[i].configuration.preset == preset else { return nil }
          return PresetStudy.Run(quarter, view.fleet.jobs[i], view.descriptions[i], finals[i])
        }
        let (to, finding) = PresetStudy(quarter, usual: book[preset], runs).result(store: view.store)
        return Catalogue.PresetProposal(
          quarter: quarter.text, preset: preset, from: book[preset], to: to,
          finding: String(decoding: try encoder.encode(finding), as: UTF8.self), made: view.at)
      })
  }

  /// Accepts or rejects one. What is in force may be rejected, too: then what held before holds again.
  ///
  /// - Throws: ``Problem`` where it is decided, has expired, or was made for other values than those that hold.
  func decide(_ text: String?, _ word: String, _ remark: String?, _ context: LiveContext) async throws
    -> PresetProposalDocument
  {
    let person = try context.require(.manager)
    let hint = "lora-train preset proposals"
    guard let number = text.flatMap({ Int($0) }),
      let document = try await proposals().proposals.first(where: { $0.number == number }),
      let one = try catalogue.presetProposals().first(where: { $0.number == number })
    else { throw Problem(.notFound, "there is no such proposal", hint: hint) }
    let isAccepted = word == "accept"
    switch document.status {
    case .proposed: break
    case .accepted where !isAccepted && document.is_in_force: break
    case .unchanged:
      throw Problem(.conflict, "proposal \(number) changes nothing: \(document.finding.reason)", hint: hint)
    case .expired:
      throw Problem(
        .conflict, "proposal \(number) has expired: another quarter's history stands in its place", hint: hint)
    case .accepted, .rejected:
      throw Problem(
        .conflict, "proposal \(number) was \(document.status.rawValue) by \(document.decided_by ?? "somebody") already",
        hint: hint)
    }
    if isAccepted, try catalogue.presets()[one.preset] != one.from {
      throw Problem(
        .conflict,
        "the \(one.preset.rawValue) preset has other values by now than those that this proposal would change",
        hint: "lora-train preset list")
    }
    let changes = document.changes.map(\.sentence).joined(separator: ", ")
    // First the log: nothing is changed that is not in it.
    try await runner.record(
      person.act(
        "preset.\(word)", "preset-proposal-\(number)", why: remark,
        change: "\(one.preset.rawValue) of \(one.quarter): \(changes)"
          + (document.status == .accepted ? "; what held before holds again" : "")))
    let isDone = try catalogue.decidePreset(
      number, from: one.status, to: isAccepted ? .accepted : .rejected, by: person.name, remark: remark,
      at: await runner.view.at)
    guard isDone else {
      throw Problem(.conflict, "proposal \(number) was decided by somebody else just now", hint: hint)
    }
    guard let decided = try await proposals().proposals.first(where: { $0.number == number }) else {
      throw Problem(.internalServerError, "the proposal is gone")
    }
    return decided
  }
}

extension PresetProposalDocument {
  /// - Parameters:
  ///   - last: the quarter whose proposals may be decided.
  ///   - force: numbers of those that are what a preset stands for.
  fileprivate init(_ one: Catalogue.PresetProposal, _ last: Quarter, _ force: [Int]) throws {
    (number, quarter, preset) = (one.number, one.quarter, one.preset)
    finding = try JSONDecoder().decode(PresetFinding.self, from: Data(one.finding.utf8))
    let period = Quarter(one.quarter) ?? last
    (from, until) = (Wording.stamp(period.from) ?? "", Wording.stamp(period.until) ?? "")
    changes = one.to.map { PresetChange.list(one.from, $0) } ?? []
    status =
      switch one.status {
      case .proposed: one.quarter == last.text ? .proposed : .expired
      case .unchanged: .unchanged
      case .accepted: .accepted
      case .rejected: .rejected
      }
    made_at = Wording.stamp(one.made) ?? ""
    (decided_at, decided_by, remark) = (one.decided.flatMap(Wording.stamp), one.person, one.remark)
    is_in_force = force.contains(one.number)
  }
}

/// Presets, for programs.
struct PresetRoutes {
  let deeds: PresetDeeds

  func add(to router: RouterGroup<LiveContext>) {
    router.get("presets") { _, _ in try Reply.json(try deeds.list()) }
    router.get("presets/proposals") { _, _ in try Reply.json(try await deeds.proposals()) }
    for word in ["accept", "reject"] {
      router.post("presets/proposals/:number/\(word)") { request, context in
        _ = try context.require(.manager)
        let why: Reason? = try await Reply.readOrNothing(request)
        return try Reply.json(
          try await deeds.decide(context.parameters.get("number"), word, why?.justification, context))
      }
    }
  }
}

extension Endpoint {
  static let presets: [Endpoint] = [
    Endpoint(
      method: .get, path: "presets",
      about: "What presets stand for: what new jobs have that name no values of their own",
      role: .viewer, answer: PresetList.self),
    Endpoint(
      method: .get, path: "presets/proposals",
      about: "What each quarter's history proposes for the presets, the newest first", role: .viewer,
      answer: PresetProposalList.self),
    Endpoint(
      method: .post, path: "presets/proposals/{number}/accept", about: "New jobs have the proposed values from now on",
      role: .manager, body: .optional(Reason.self), answer: PresetProposalDocument.self),
    Endpoint(
      method: .post, path: "presets/proposals/{number}/reject",
      about: "Turns it down, or takes back what was accepted last", role: .manager, body: .optional(Reason.self),
      answer: PresetProposalDocument.self),
  ]
}
