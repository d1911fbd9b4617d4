import Engine
import Journal
import Live

/// What somebody does to one job: who may, what it needs to be told, and what the audit log will say.
struct JobDeed {
  var request: UserRequest
  let act: PersonAct

  /// One that there is: who may, and what it needs to be told.
  struct Kind: Sendable {
    var name: String
    var about: String
    var role = Catalogue.Role.engineer
    var needsReason = false
    var request: @Sendable (JobIndex) -> UserRequest
  }

  static let all = [
    Kind(name: "confirm", about: "Submits a draft as it is", request: { .confirm($0) }),
    Kind(name: "cancel", about: "Ends a job for good", request: { .cancel($0) }),
    Kind(name: "pause", about: "Saves, gives the pod back, and waits", request: { .pause($0) }),
    Kind(name: "resume", about: "Lets a paused job go on", request: { .resume($0) }),
    Kind(name: "resume-spot", about: "Lets a paused job go on with spot pods", request: { .resume($0) }),
    Kind(name: "resume-on-demand", about: "Lets a paused job go on with pods on demand", request: { .resume($0) }),
    Kind(
      name: "promote", about: "Puts it first in the queue", role: .manager, needsReason: true, request: { .promote($0) }
    ),
    Kind(
      name: "override", about: "Lets it pass beyond the limit", role: .manager, needsReason: true,
      request: { .override($0) }),
    Kind(name: "answer-on-demand", about: "Goes on with a pod on demand", request: { .answer($0, .onDemand) }),
    Kind(name: "answer-keep-trying", about: "Goes on looking for a pod", request: { .answer($0, .keepTrying) }),
    Kind(name: "answer-fail", about: "Gives up", request: { .answer($0, .fail) }),
  ]

  /// - Throws: ``Problem`` where there is no such deed, it is not this person's to do, or a reason is missing.
  init(named name: String, _ job: JobIndex, _ view: LiveView, _ why: Reason?, _ context: LiveContext) throws {
    guard let kind = JobDeed.all.first(where: { $0.name == name }) else {
      throw Problem(.notFound, "nothing called '\(name)' can be done to a job")
    }
    let (request, role, needsReason) = (kind.request(job), kind.role, kind.needsReason)
    let person = try context.require(role)
    let justification = why?.justification.map { $0.trimmingPrefix(while: \.isWhitespace) }.map(String.init)
    if needsReason, justification?.contains(where: { !$0.isWhitespace }) != true {
      throw Problem(
        .badRequest, "this goes to the audit log and needs a justification",
        hint: "--justification \"why it has to be\"")
    }
    if let text = justification, text.unicodeScalars.count > 2_000 {
      throw Problem(.badRequest, "the justification has \(text.unicodeScalars.count) characters; 2,000 at most")
    }
    let was = view.fleet[job]
    let change =
      switch name {
      case "cancel": "\(Wording.snake(was.phase)), \(Wording.money(was.cost(at: view.at))) spent"
      case "override": "\(Wording.money(was.spec.reservation)) set aside beyond the limit"
      default: Wording.snake(was.phase)
      }
    self.request = request
    act = person.act("job.\(name)", job.id, why: justification, change: change)
  }

  /// - Throws: ``Problem`` where it could not be done.
  static func check(_ answer: UserAnswer, _ view: LiveView? = nil, _ job: JobIndex = .none) throws {
    switch answer {
    case .done, .submitted, .approvalRequested: return
    case .refused(let reason): throw Problem(.conflict, reason)
    case .impossible(let phase):
      let state = phase.map { "is \(Wording.snake($0))" } ?? "is not there"
      throw Problem(.conflict, "that cannot be done to a job that \(state)", hint: "lora-train job show")
    case .limitIsAnother(let limit):
      throw Problem(
        .preconditionFailed, "the limit is another by now: \(limit.map(Wording.money) ?? "none")",
        hint: "look again: GET /api/v1/budget/limit", place: "If-Match")
    case .unconfirmedCopy:
      throw Problem(
        .conflict, "this store is a copy, or was moved: it does nothing until a person confirms it",
        hint: "if no other lora-train works with it: lora-train store confirm")
    }
  }
}

extension LiveRunner {
  /// Writes down what a person did, for the audit log.
  ///
  /// - Throws: ``Problem`` where it cannot be written down now.
  nonisolated func record(_ act: PersonAct) async throws {
    try JobDeed.check(try await Reply.orUnavailable { try await ask(.record, as: act) })
  }
}

/// Why something is done that is not done without a reason.
struct NeededReason: Codable, Sendable {
  var justification: String
}

/// Why something is done.
public struct Reason: Codable, Sendable {
  public var justification: String?
  public init(justification: String?) { self.justification = justification }
}
