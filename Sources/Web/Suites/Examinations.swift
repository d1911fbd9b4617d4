import Calibration
import Engine
import Foundation
import Journal
import Live
import Scenarios

/// Jobs that train nothing: their pods answer suites with the adapters of a job that is over (see Validation, "Suites for a job that has completed").
extension WebServer.Advice {
  /// What might help a job that failed so: an examination is asked with the configuration of the job that it examines, and only its pods are
  /// its own.
  func fixes(for text: JobDescription, _ failure: Failure) -> [FixDocument] {
    guard failure != .none else { return [] }
    let all = fixes(text.configuration, failure)
    return text.examines == nil ? all : all.filter { $0.configuration.pricing != text.configuration.pricing }
  }
}

extension LiveView {
  /// Those of a job, the first that was made first.
  func examinations(of id: String) -> [JobIndex] {
    descriptions.indices.filter { descriptions[$0].examines == id }.map { JobIndex($0) }
  }

  /// Those whose answers count or will: in the order in which they were taken in, and what goes on comes last.
  func answeringExaminations(of id: String) -> [JobIndex] {
    examinations(of: id).filter { fleet[$0].phase == .completed || !fleet[$0].phase.isTerminal }
      .enumerated().sorted { (fleet[$0.element].ended, $0.offset) < (fleet[$1.element].ended, $1.offset) }.map(
        \.element)
  }
}

extension JobDescription {
  /// Names of the suites that hold its model back until they are scored: an examination has no model of its own.
  var gatingSuites: [String] { examines == nil ? (suites ?? []).map(\.name) : [] }
}

extension NewJob {
  /// What an examination is called, unless somebody calls it otherwise.
  public static func examinationName(_ name: String) -> String { String("Examination of \(name)".prefix(100)) }

  /// What the simulator is asked about it.
  var simulated: JobConfiguration { examines == nil ? configuration : configuration.examining }
}

extension JobMaker {
  /// A retry of an examination is one of the same job, whatever is sent: what trained nothing is not tried again as a training.
  ///
  /// - Throws: ``Problem`` where it is to be anything else.
  func inherit(_ new: inout NewJob) async throws {
    let view = await runner.view
    guard let original = new.retry_of.flatMap({ view.job($0) }) else { return }
    let text = view.descriptions[Int(original.rawValue)]
    guard let examined = text.examines else {
      guard new.examines == nil else {
        throw Problem(
          .conflict, "\(text.id) is a training, and an examination is no retry of it", hint: "leave out retry_of")
      }
      return
    }
    guard new.examines.map({ view.job($0) == view.job(examined) }) ?? true else {
      throw Problem(.conflict, "\(text.id) examined \(examined), and so does a retry of it", hint: "leave out retry_of")
    }
    new.examines = examined
    if new.suites?.isEmpty ?? true { new.suites = text.suites?.map(\.name) }
  }

  /// Makes a job an examination: what it is asked to do follows from the job that it examines, and only pods and suites are its own.
  ///
  /// - Throws: ``Problem`` where there is nothing to examine.
  func examine(_ id: String, with new: inout NewJob) async throws {
    let view = await runner.view
    guard let index = view.job(id) else {
      throw Problem(.notFound, "there is no job '\(id)' to examine", hint: "lora-train job list")
    }
    let text = view.descriptions[Int(index.rawValue)]
    guard text.examines == nil else {
      throw Problem(.conflict, "\(text.id) trained nothing", hint: "examine \(text.examines ?? "what it examined")")
    }
    guard view.fleet[index].phase == .completed else {
      throw Problem(
        .conflict, "\(text.id) is \(Wording.snake(view.fleet[index].phase)): only what has completed can be examined",
        hint: "suites that are named when a job is made are answered on its own pod: lora-train job create --suite")
    }
    guard try runner.catalogue.artifacts(of: index).contains(where: { $0.kind == .adapters && $0.deleted == nil })
    else {
      throw Problem(
        .conflict, "the adapters of \(text.id) are not kept (any more)",
        hint: "of a job that completed a moment ago they are there in a moment: lora-train artifact list \(text.id)")
    }
    guard let file = text.trainingFile, try runner.catalogue.file(file) != nil else {
      throw Problem(
        .conflict, "the training file of \(text.id) is not there, which says how its model is asked",
        hint: "upload it again: lora-train file upload")
    }
    guard new.suites?.isEmpty == false else {
      throw Problem(
        .unprocessableContent, "an examination needs a suite to answer", hint: "lora-train evaluate suites",
        place: "suites")
    }
    guard new.draft != true, new.resume_of == nil else {
      throw Problem(.badRequest, "an examination is no draft, and resumes nothing: it starts, or it is not made")
    }
    let pricing = new.configuration.pricing
    new.configuration = text.configuration
    (new.configuration.pricing, new.configuration.statedSteps) = (pricing, 1)
    (new.examines, new.training_file, new.template) = (text.id, file, nil)
    (new.client, new.project) = (new.client ?? text.client, new.project ?? text.project)
  }
}
