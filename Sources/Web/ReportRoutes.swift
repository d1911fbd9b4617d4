// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import HTTPTypes
import Hummingbird
import Live
import NIOCore
import Reports

/// PDF reports: downloaded by people with a token, or by whoever has a link that was signed for it.
struct ReportRoutes {
  let composer: ReportComposer
  let runner: LiveRunner
  let keys: WorkerKeys
  private var links: LinkDeeds { LinkDeeds(runner: runner, keys: keys, shelf: nil) }

  /// What a link shows beyond the training itself. Both are hidden unless they are asked for.
  struct LinkWish: Codable {
    var shows_costs: Bool?
    var shows_notes: Bool?
  }

  struct Link: Codable {
    /// From the server's root.
    var path: String
    var until: String
  }

  /// - Parameters:
  ///   - people: the routes behind a token.
  ///   - public: the router itself: a signed link needs no token.
  func add(to people: RouterGroup<LiveContext>, public router: Router<LiveContext>) {
    people.get("jobs/:id/report.pdf") { request, context in
      let id = context.parameters.get("id") ?? ""
      let isPreview = request.uri.queryParameters.get("preview") != nil
      return try await training(id, showsCosts: true, showsNotes: true, isPreview: isPreview)
    }
    people.get("jobs/:id/validation.pdf") { _, context in
      let view = await runner.view
      let job = try composer.job(context.parameters.get("id") ?? "", view)
      let (report, made) = try composer.validation(job, view)
      let name = TrainingReport.fileName(job: report.jobName, kind: "validation-report", at: made)
      return try Self.pdf(try report.document(branding: composer.branding, made: made).pdf(), name: name)
    }
    people.post("jobs/:id/report-link") { request, context in
      _ = try context.require(.engineer)
      let job = try composer.job(context.parameters.get("id") ?? "", await runner.view)
      let wish: LinkWish? = try await Reply.readOrNothing(request)
      return try Reply.json(try await links.report(of: job, wish ?? LinkWish(), context), .created, Reply.secret)
    }
    people.get("reports/cost.pdf") { request, _ in
      let query = request.uri.queryParameters
      let (report, made) = try composer.cost(await runner.view, from: query.get("from"), until: query.get("until"))
      let document = report.document(branding: composer.branding, made: made)
      return try Self.pdf(
        try document.pdf(), name: TrainingReport.fileName(job: "cost", kind: "optimization-report", at: made))
    }
    people.get("reports/comparison.pdf") { request, _ in
      let ids = JobComparison.ids(request.uri.queryParameters.get("jobs"))
      let (comparison, made) = try await composer.comparison(await runner.view, of: ids)
      let document = comparison.document(branding: composer.branding, made: made)
      return try Self.pdf(try document.pdf(), name: TrainingReport.fileName(job: "jobs", kind: "comparison", at: made))
    }
    router.get("shared/reports/:id") { request, context in
      let query = request.uri.queryParameters
      let id = context.parameters.get("id") ?? ""
      let (costs, notes) = (query.get("costs") == "1", query.get("notes") == "1")
      let person = query.get("for") ?? ""
      guard let until = query.get("until").flatMap({ Int($0) }), let signature = query.get("signature"),
        keys.isValid(signature, of: Self.signed(id, costs, notes, person), until: until),
        Date().timeIntervalSince1970 <= Double(until), try runner.catalogue.somebody(person) != nil,
        try !links.isRevoked(Self.signed(id, costs, notes, person), until: until)
      else { throw Problem(.notFound, "no such link, or it does not hold any more") }
      return try await training(id, showsCosts: costs, showsNotes: notes, isPreview: true)
    }
  }

  private func training(_ id: String, showsCosts: Bool, showsNotes: Bool, isPreview: Bool) async throws -> Response {
    let view = await runner.view
    var (report, made) = try await composer.training(try composer.job(id, view), view)
    report.showsCosts = showsCosts
    if !showsNotes { report.notes = [] }
    let document = report.document(branding: composer.branding, made: made)
    let name = TrainingReport.fileName(job: report.jobName, at: made)
    return try Self.pdf(try document.pdf(), name: name, isInline: isPreview)
  }

  /// What is signed names what is shown: a link for a report without costs cannot be turned into one with them. And who made it: it holds no
  /// longer than they may do something here.
  static func signed(_ id: String, _ costs: Bool, _ notes: Bool, _ person: String) -> String {
    "report \(id) costs=\(costs) notes=\(notes) \(person)"
  }

  private static func pdf(_ bytes: [UInt8], name: String, isInline: Bool = false) throws -> Response {
    var headers: HTTPFields = [.contentType: "application/pdf", .cacheControl: "private, no-store"]
    headers[.contentDisposition] = "\(isInline ? "inline" : "attachment"); filename=\"\(name)\""
    return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
