import Calibration
import Foundation
import Testing
import Web

@testable import LoraTrain

/// What the command line says of jobs and of their examinations.
@Suite struct JobTextTests {
  /// A document as the server answers it.
  private func job(_ more: String) throws -> JobDocument {
    let configuration = String(
      decoding: try JSONEncoder().encode(JobConfiguration(preset: .balanced, pricing: .spot)), as: UTF8.self)
    let json = """
      {"id": "job-1", "name": "first", "status": "failed", "preset": "balanced", "configuration": \(configuration), \
      "pricing": "spot", "steps": 100, "durable_step": 0, "interruptions": 0, "failures": 0, "cost_usd": 4.5, \
      "reserved_usd": 6, "submitted_at": "2026-11-28T10:00:00Z"\(more)}
      """
    return try JSONDecoder().decode(JobDocument.self, from: Data(json.utf8))
  }

  @Test func whatExaminationsCostIsSaidBesideTheJobsOwnCost() throws {
    #expect(try !JobText.one(job("")).contains("Examinations"))
    // Of no step anything is saved where none is trained.
    #expect(try JobText.one(job("")).contains("spot: step 0 of 100 is saved; $4.50 so far"))
    #expect(try JobText.one(job(#", "examines": "job-0""#)).contains("spot: $4.50 so far"))
    let examined = try job(
      """
      , "examinations": {"cost_usd": 1.75, "jobs": [
        {"id": "job-2", "name": "Examination of first", "status": "awaiting_decision", "cost_usd": 0.5},
        {"id": "job-4", "name": "later", "status": "completed", "cost_usd": 1.25}]}
      """)
    #expect(
      JobText.one(examined).contains(
        "Examinations cost $1.75 beside it, as jobs of their own: job-2 $0.50, awaiting decision; job-4 $1.25, completed"
      ), "\(JobText.one(examined))")
  }

  @Test func nothingOfATrainingIsAskedOfTheRetryOfAnExamination() throws {
    let (training, examination) = (try job(""), try job(#", "examines": "job-0""#))
    func retry(_ arguments: String...) throws -> JobRetry { try JobRetry.parse(["job-1"] + arguments) }
    for arguments in ["--epochs=2", "--batch-size=1", "--learning-rate=0.1", "--from-checkpoint"] {
      #expect(
        try retry(arguments).trouble(retrying: examination)?.contains("examines job-0 and trains nothing") == true)
      #expect(try retry(arguments).trouble(retrying: training) == nil)
    }
    #expect(TemplateCommand.trouble(keeping: examination)?.hint?.contains("job-0") == true)
    #expect(TemplateCommand.trouble(keeping: training) == nil)
    #expect(try retry("--pricing=on_demand", "--fix").trouble(retrying: examination) == nil)
  }
}
