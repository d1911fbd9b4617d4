import Engine
import Journal
import Live

/// What somebody does to one job: who may, what it needs to be told, and what the audit log will say.
struct JobDeed {
  let request: UserRequest
  let act: PersonAct

  /// - Throws: ``Problem`` where there is no such deed, it is not this person's to do, or a reason is missing.
  init(named name: String, _ job: JobIndex, _ view: LiveView, _ why: Reason?, _ context: LiveContext) throws {
    let (request, role, needsReason): (UserRequest, Catalogue.Role, Bool)
    switch name {
    case "cancel": (request, role, needsReason) = (.cancel(job), .engineer, false)
    case "pause": (request, role, needsReason) = (.pause(job), .engineer, false)
    case "resume": (request, role, needsReason) = (.resume(job), .engineer, false)
    case "promote": (request, role, needsReason) = (.promote(job), .manager, true)
    case "override": (request, role, needsReason) = (.override(job), .manager, true)
    case "answer-on-demand": (request, role, needsReason) = (.answer(job, .onDemand), .engineer, false)
    case "answer-keep-trying": (request, role, needsReason) = (.answer(job, .keepTrying), .engineer, false)
    case "answer-fail": (request, role, needsReason) = (.answer(job, .fail), .engineer, false)
    default: throw Problem(.notFound, "nothing called '\(name)' can be done to a job")
    }
    let person = try context.require(role)
    let justification = why?.justification.map { $0.trimmingPrefix(while: \.isWhitespace) }.map(String.init)
    if needsReason, justification?.isEmpty != false {
      throw Problem(
        .badRequest, "this goes to the audit log and needs a justification",
        hint: "--justification \"why it has to be\"")
    }
    if let text = justification, text.count > 2_000 {
      throw Problem(.badRequest, "the justification has \(text.count) characters; 2,000 at most")
    }
    let was = view.fleet[job]
    let change =
      switch name {
      case "cancel": "\(Wording.snake(was.phase)), \(Wording.money(was.cost(at: view.at))) spent"
      case "override": "\(Wording.money(was.spec.reservation)) set aside beyond the limit"
      default: Wording.snake(was.phase)
      }
    self.request = request
    act = person.act("job.\(name)", "job-\(job.rawValue + 1)", why: justification, change: change)
  }

  /// - Throws: ``Problem`` where it could not be done.
  static func check(_ answer: UserAnswer, _ view: LiveView? = nil, _ job: JobIndex = .none) throws {
    switch answer {
    case .done, .submitted, .approvalRequested: return
    case .refused(let reason): throw Problem(.conflict, reason)
    case .impossible(let phase):
      let state = phase.map { "is \(Wording.snake($0))" } ?? "is not there"
      throw Problem(.conflict, "that cannot be done to a job that \(state)", hint: "lora-train job show")
    case .unconfirmedCopy:
      throw Problem(
        .conflict, "this store is a copy, or was moved: it does nothing until a person confirms it",
        hint: "if no other lora-train works with it: lora-train store confirm")
    }
  }
}

/// Why something is done.
public struct Reason: Codable, Sendable {
  public var justification: String?
  public init(justification: String?) { self.justification = justification }
}
