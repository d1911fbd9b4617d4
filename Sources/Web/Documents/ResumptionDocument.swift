// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Calibration
import Engine
import Foundation
import Journal
import Live

/// Where a new job goes on that another began, and what is left to do: story 3.2.2.
public struct ResumptionDocument: Codable, Sendable {
  public var job: String
  /// The last step of which there is a checkpoint, counted from where the training first began.
  public var step: Int
  /// Of all the new job's epochs, how much is done.
  public var done: Double
  public var remaining_epochs: Double
  public var remaining_steps: Int

  /// - Parameter pairs: of the training file.
  /// - Throws: ``Problem`` where there is nothing to go on from, or nothing left to do.
  init(of id: String, with new: NewJob, pairs: Int?, _ view: LiveView) throws {
    guard let index = view.job(id) else {
      throw Problem(.notFound, "there is no job '\(id)' to go on from", hint: "lora-train job list")
    }
    let (original, text) = (view.fleet[index], view.descriptions[Int(index.rawValue)])
    guard text.examines == nil else {
      throw Problem(
        .conflict, "\(text.id) trained nothing that could be gone on with",
        hint: "examine once more: lora-train job retry \(text.id)")
    }
    guard original.phase.isTerminal else {
      throw Problem(.conflict, "\(text.id) is not over: it goes on by itself", hint: "lora-train job show \(text.id)")
    }
    guard original.durableStep > 0 else {
      throw Problem(.conflict, "\(text.id) has no checkpoint", hint: "start again: lora-train job retry \(text.id)")
    }
    guard let pairs, pairs > 0, new.training_file == text.trainingFile else {
      throw Problem(.badRequest, "a job goes on with the training file that \(text.id) began with")
    }
    let (old, own) = (text.configuration, new.configuration)
    guard old.rank == own.rank else {
      throw Problem(
        .badRequest, "adapters of rank \(old.rank) cannot go on with rank \(own.rank)",
        hint: "keep the rank, or start again: lora-train job retry \(text.id)")
    }
    let perStep = Double(own.batchSize * own.gradientAccumulation)
    // What its own steps would still have done, in epochs; the rest of its epochs is done.
    let left = Double(original.spec.steps - original.durableStep) * Double(old.batchSize * old.gradientAccumulation)
    let epochsDone = max(0, Double(old.epochs) - left / Double(pairs))
    let remaining = Double(own.epochs) - epochsDone
    guard remaining > 1e-9 else {
      throw Problem(
        .conflict,
        "\(text.id) has trained for \(String(format: "%.1f", epochsDone)) of \(own.epochs) epochs: nothing is left",
        hint: "more of them: --epochs \(Int(epochsDone) + 1)")
    }
    // The epoch that it is in, and whole ones after it: each ends with a step of its own.
    let (whole, part) = (remaining.rounded(.down), remaining - remaining.rounded(.down))
    remaining_steps = max(
      1,
      Int((part * Double(pairs) / perStep - 1e-9).rounded(.up)) + Int(whole)
        * Int((Double(pairs) / perStep).rounded(.up)))
    job = text.id
    step = Int(original.durableStep) + Int(text.resumedFrom?.step ?? 0)
    done = epochsDone / Double(own.epochs)
    remaining_epochs = remaining
  }

  /// The configuration of the work that is left: as many steps, and so many pairs an epoch that a step takes what it takes.
  func left(of configuration: JobConfiguration) -> JobConfiguration {
    var left = configuration
    left.statedSteps = remaining_steps
    let perStep = configuration.batchSize * configuration.gradientAccumulation
    left.trainingPairs = max(1, remaining_steps * perStep / max(1, configuration.epochs))
    return left
  }
}
