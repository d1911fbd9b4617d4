// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Calibration
import DiscreteEvent
import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Journal
import Live
import NIOCore
import Reports
import Scenarios

/// A job's metrics as CSV, as JSON, or as both with the loss curves as PNG in one ZIP, from the start of its training up to now: story 4.2.1's
/// columns and structure.
struct MetricExport {
  let runner: LiveRunner

  private static let types = ["csv": "text/csv; charset=utf-8", "json": "application/json", "zip": "application/zip"]

  func add(to router: RouterGroup<LiveContext>) {
    for (format, type) in MetricExport.types {
      router.get("jobs/:id/metrics.\(format)") { request, context in
        let person = try context.require(.viewer)
        let view = await runner.view
        let id = context.parameters.get("id") ?? ""
        guard let job = view.job(id) else {
          throw Problem(.notFound, "there is no job '\(id)'", hint: "lora-train job list")
        }
        let (rows, description) = (try rows(of: job, view), view.descriptions[Int(job.rawValue)])
        let name = MetricExport.name(description.name, at: view.at)
        let data =
          switch format {
          case "csv": MetricExport.table(rows)
          case "json": try MetricExport.document(rows, description)
          default: try package(rows, description, name, at: view.at)
          }
        if request.takesFromTheStart {
          let count = try runner.catalogue.countExport("metrics_\(format)", of: job, at: view.at)
          let act = person.act("metrics.export", description.id, change: "\(format), export \(count)")
          try await runner.record(act)
        }
        return Response(
          status: .ok,
          headers: [.contentType: type, .contentDisposition: "attachment; filename=\"\(name).\(format)\""],
          body: .init(byteBuffer: ByteBuffer(bytes: data)))
      }
    }
  }

  /// Both forms, and the loss curves as a picture where something was measured.
  private func package(
    _ rows: [Catalogue.Metric], _ job: JobDescription, _ name: String, at now: Instant
  ) throws -> Data {
    var archive = ZipArchive(madeAt: Int(now.microseconds / 1_000_000))
    archive.add("\(name).csv", MetricExport.table(rows))
    archive.add("\(name).json", try MetricExport.document(rows, job))
    var curves = CurveShelf.Curves()
    for row in rows { curves.append(row.step, row.training_loss, row.validation_loss) }
    if !curves.training.isEmpty {
      let lost = LossCurves.interruptions(try runner.catalogue.record(of: job.id).counting(on: job.firstStep))
      let chart = LossCurves.chart(curves, CurveQuery(FormFields(text: "")), title: job.name, interruptions: lost)
      do { archive.add("\(name)-loss.png", Data(try chart.png())) } catch {
        throw Problem(.serviceUnavailable, "the image cannot be drawn now", hint: "try again in a moment")
      }
    }
    return archive.data
  }

  private static func table(_ rows: [Catalogue.Metric]) -> Data { Data((CSVText.metrics(rows) + "\n").utf8) }

  /// From where the training first began: of the jobs before this one, too.
  func rows(of job: JobIndex, _ view: LiveView) throws -> [Catalogue.Metric] {
    let own = try runner.catalogue.metrics(of: job)
    guard let before = view.descriptions[Int(job.rawValue)].resumedFrom, let original = view.job(before.job),
      original.rawValue < job.rawValue
    else { return own }
    return try rows(of: original, view).filter { $0.step <= before.step } + own.filter { $0.step > before.step }
  }

  /// `{job_name}-metrics-{timestamp}`
  static func name(_ job: String, at: Instant) -> String {
    let plain = job.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? String($0) : "-" }.joined()
    let stamp = (Wording.stamp(at) ?? "").filter { $0 != ":" && $0 != "-" }
    return "\(plain)-metrics-\(stamp)"
  }

  private struct Document: Encodable {
    struct Job: Encodable {
      var job_id: String
      var name: String
      var configuration: JobConfiguration
    }
    struct Row: Encodable {
      var step: Int
      var epoch, training_loss, validation_loss, learning_rate, perplexity, gradient_norm, tokens_per_s,
        gpu_utilization,
        gpu_memory_gb: Double?
      var timestamp: String?
      var elapsed_time_seconds: Double?
    }
    struct Final: Encodable {
      var final_training_loss: Double?
      var final_validation_loss: Double?
      /// From the first evaluation on held-out conversations to the last.
      var perplexity_improvement: String?
    }
    var job_metadata: Job
    var training_metrics: [Row]
    var final_metrics: Final
  }

  static func document(_ rows: [Catalogue.Metric], _ job: JobDescription) throws -> Data {
    let validated = rows.compactMap(\.validation_loss)
    var final = Document.Final(
      final_training_loss: rows.compactMap(\.training_loss).last, final_validation_loss: validated.last)
    if validated.count > 1, let first = validated.first, let last = validated.last {
      // A loss that has run away has made it worse beyond counting.
      final.perplexity_improvement = "\(Int((100 * (1 - exp(min(30, last - first)))).rounded()))%"
    }
    let document = Document(
      job_metadata: .init(job_id: job.id, name: job.name, configuration: job.configuration),
      training_metrics: rows.map { row in
        Document.Row(
          step: row.step, epoch: row.epoch, training_loss: row.training_loss, validation_loss: row.validation_loss,
          learning_rate: row.learning_rate, perplexity: row.perplexity, gradient_norm: row.gradient_norm,
          tokens_per_s: row.tokens_per_s, gpu_utilization: row.gpu_utilization, gpu_memory_gb: row.gpu_memory_gb,
          timestamp: row.at.flatMap { Wording.stamp(Instant(microseconds: $0)) }, elapsed_time_seconds: row.elapsed_s)
      }, final_metrics: final)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(document)
  }
}
