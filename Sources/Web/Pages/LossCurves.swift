import DiscreteEvent
import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Journal
import Live
import NIOCore
import Reports

/// How a job's loss curves are asked for: which steps, how smooth, on which scale. The same words in the page's address, the SVG's and the PNG's.
struct CurveQuery: Sendable {
  var from, to: Double?
  var smoothing: Double?
  var isLogarithmic: Bool

  /// What cannot be read is left out: a curve is shown anyway.
  init(_ form: FormFields) {
    (from, to) = ((try? form.number("from")) ?? nil, (try? form.number("to")) ?? nil)
    smoothing = ((try? form.number("smoothing")) ?? nil).flatMap { $0 > 0 && $0 < 1 ? $0 : nil }
    isLogarithmic = form["scale"] == "log"
  }

  var viewport: ChartViewport? {
    guard let from, let to, to > from else { return nil }
    return ChartViewport(x: from...to)
  }

  var text: String {
    [
      from.map { "from=\(Wording.digits($0))" }, to.map { "to=\(Wording.digits($0))" },
      smoothing.map { "smoothing=\(Wording.digits($0))" }, isLogarithmic ? "scale=log" : nil,
    ].compactMap { $0 }.joined(separator: "&")
  }
}

/// Training and validation loss over steps, each on its own axis (story 2.1.1).
enum LossCurves {
  static func chart(_ curves: CurveShelf.Curves, _ query: CurveQuery, title: String, interruptions: [Double]) -> Chart {
    let scale: ChartAxis.Scale = query.isLogarithmic ? .logarithmic : .linear
    var layers = [
      ChartLayer.line(
        ChartLine(
          "Training loss", points: curves.training, tone: .series(0), smoothing: query.smoothing, showsFinalValue: true)
      )
    ]
    let hasValidation = !curves.validation.isEmpty
    if hasValidation {
      layers.append(
        .line(
          ChartLine(
            "Validation loss", points: curves.validation, side: .right, tone: .series(2), stroke: .dashed,
            showsFinalValue: true)))
    }
    return Chart(
      id: "loss", title: "Loss of \(title)", x: ChartAxis("Training step", unit: .count),
      left: ChartAxis("Training loss", scale: scale),
      right: hasValidation ? ChartAxis("Validation loss", scale: scale) : nil, layers: layers,
      marks: interruptions.map { ChartMark($0, label: "Interrupted", kind: .interruption) },
      size: ChartSize(width: 860, height: 340))
  }

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("training-jobs/:id/curves.svg") { request, context in
      let chart = try await chart(desk, request, context)
      let query = CurveQuery(FormFields(query: request))
      return Response(
        status: .ok, headers: [.contentType: "image/svg+xml"],
        body: .init(byteBuffer: ByteBuffer(string: chart.chart.svg(viewport: query.viewport))))
    }
    router.get("training-jobs/:id/curves.png") { request, context in
      let (chart, name) = try await chart(desk, request, context)
      let query = CurveQuery(FormFields(query: request))
      let png: [UInt8]
      do { png = try chart.png(viewport: query.viewport) } catch {
        throw Problem(.serviceUnavailable, "the image cannot be drawn now", hint: "try again in a moment")
      }
      return Response(
        status: .ok,
        headers: [
          .contentType: "image/png",
          .contentDisposition: "attachment; filename=\"\(Reply.fileName("\(name)-loss.png"))\"",
        ], body: .init(byteBuffer: ByteBuffer(bytes: png)))
    }
  }

  private static func chart(_ desk: PageDesk, _ request: Request, _ context: LiveContext) async throws -> (
    chart: Chart, name: String
  ) {
    let view = await desk.runner.view
    let job = try desk.job(context, view)
    let text = view.descriptions[Int(job.rawValue)]
    let curves = try await desk.curves.curves(of: job, view)
    let lost = interruptions(try desk.catalogue.record(of: text.id).counting(on: text.firstStep))
    return (
      chart(curves, CurveQuery(FormFields(query: request)), title: text.name, interruptions: lost), text.name
    )
  }

  /// The steps at which pods were lost.
  static func interruptions(_ record: Catalogue.JobRecord) -> [Double] {
    record.leases.filter { ["interrupted", "host_failure", "lost"].contains($0.reason) }
      .compactMap { $0.stages.compactMap(\.lastStep).max().map(Double.init) }
  }
}
