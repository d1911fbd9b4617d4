import Foundation
import HTTPTypes
import Hummingbird
import Journal
import Live
import NIOCore

/// Where workers report. A report is signed with its pod's own secret, over its time, the pod's name and its body.
struct WorkerRoutes {
  let runner: LiveRunner
  let desk: MeasureDesk
  let keys: WorkerKeys
  let store: String
  let feed: LiveFeed

  /// Seconds that a signature's time may be off.
  private static let tolerance = 300.0
  private static let longest = 64 * 1024
  private static let longestMeasures = 4 << 20

  func add(to router: Router<LiveContext>) {
    router.post("/v1/reports/:pod") { request, context in
      let (pod, data) = try await signed(request, context, upTo: WorkerRoutes.longest)
      guard let report = (try? JSONDecoder().decode(ReportDocument.self, from: data))?.report(of: pod) else {
        throw Problem(.badRequest, "this is no report", hint: "see Web's page on the workers' protocol")
      }
      return try Reply.json(AcknowledgementDocument(try await Reply.orUnavailable { try await runner.hear(report) }))
    }
    // What is measured moves nothing: it goes to its own tables, and only of a pod that works for us now.
    router.post("/v1/reports/:pod/metrics") { request, context in
      let (pod, data) = try await signed(request, context, upTo: WorkerRoutes.longestMeasures)
      guard let measures = try? JSONDecoder().decode(MeasuresDocument.self, from: data) else {
        throw Problem(.badRequest, "these are no metrics", hint: "see Worker's page on the workers' protocol")
      }
      guard let job = await runner.job(workedOnBy: pod, id: WorkerRoutes.id(in: data)) else {
        return try Reply.json(AcknowledgementDocument(Acknowledgement(directive: .leave, next: 0)))
      }
      let (time, now) = (runner.time, runner.time.reading.wall)
      let said = measures.said(time, now: now)
      let kept = Catalogue.Measures(
        job: job, metrics: said == nil ? (measures.rows ?? []).compactMap { $0.metric(time) } : [],
        message: said.map { ($0.number, pod.description, $0.1) }, at: now)
      try await Reply.orUnavailable { try await desk.keep(kept) }
      if let last = kept.metrics.map(\.step).max() { await feed.note(job, measured: last) }
      var answer = AcknowledgementDocument(Acknowledgement(directive: .proceed, next: 0))
      // A worker writes into what it hands over what that has cost.
      answer.spent_usd = Wording.dollars(await runner.spent(on: job))
      return try Reply.json(answer)
    }
    router.post("/v1/reports/:pod/suites") { request, context in
      let (pod, data) = try await signed(request, context, upTo: WorkerRoutes.longest)
      guard let job = await runner.job(workedOnBy: pod, id: WorkerRoutes.id(in: data)) else {
        return try Reply.json(AcknowledgementDocument(Acknowledgement(directive: .leave, next: 0)))
      }
      let text = try SuiteDeeds(runner: runner).exported(for: await runner.view.descriptions[Int(job.rawValue)])
      return Response(
        status: .ok, headers: [.contentType: "application/json"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
  }

  /// What its provider calls the pod that signed a request, as far as it says so.
  static func id(in body: Data) -> String? {
    struct Sender: Decodable { var pod: String? }
    return (try? JSONDecoder().decode(Sender.self, from: body))?.pod
  }

  /// Who signed a request, and its body.
  func signed(_ request: Request, _ context: LiveContext, upTo most: Int) async throws -> (PodName, Data) {
    guard let pod = context.parameters.get("pod").flatMap({ PodName($0, store: store) }) else {
      throw Problem(.notFound, "no such pod")
    }
    let body = try await request.body.collect(upTo: most)
    let data = Data(body.readableBytesView)
    try check(request.headers, data, pod)
    return (pod, data)
  }

  private func check(_ headers: HTTPFields, _ body: Data, _ pod: PodName) throws {
    let now = Date().timeIntervalSince1970
    guard let stamp = headers[.loraTimestamp], let signature = headers[.loraSignature],
      keys.isValid(signature, of: body, at: stamp, from: pod)
    else { throw Problem(.unauthorized, "the signature does not hold") }
    // The signature holds, so it is our worker whose clock is off: it is told the time, and signs again.
    guard let time = Double(stamp), abs(time - now) <= WorkerRoutes.tolerance else {
      throw Problem(.unauthorized, "the signature's time is off", headers: [.loraTime: "\(Int(now))"])
    }
  }
}

extension HTTPField.Name {
  static let loraTimestamp = name("X-Lora-Timestamp")
  static let loraSignature = name("X-Lora-Signature")
  static let loraTime = name("X-Lora-Time")

  private static func name(_ text: String) -> HTTPField.Name { HTTPField.Name(text) ?? .date }
}
