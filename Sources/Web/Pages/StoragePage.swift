import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios

/// What is kept of what jobs handed over, what that costs, and what can go (story 4.1.2).
struct StoragePage: Page {
  static let name = "storage"
  let title = "Storage"
  let section = Section.storage
  let scripts = ["select.js"]

  struct Row: Sendable {
    var id, name, kind, file, key, size, downloads, value: String
    var made: Moment?
  }

  let cards: [BudgetPage.Card]
  let facts: [JobPage.Fact]
  let rows: [Row]
  let checkpoints: [Row]
  let hasRows, hasCheckpoints, hasAny, isKept: Bool
  let from, to, total: String
  let previousPath, nextPath: String?

  private static let perPage = 50

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("storage") { request, context in
      let page = max(1, min(1_000_000, FormFields(query: request)["page"].flatMap { Int($0) } ?? 1))
      return await desk.answer(try await StoragePage(desk, await desk.runner.view, page: page), request, context)
    }
    router.get("storage.csv") { _, _ in
      guard let shelf = desk.artifacts else { throw StoragePage.nothing }
      let view = await desk.runner.view
      let rows = try desk.catalogue.artifacts().map {
        ArtifactDocument($0, view, storage: shelf.stores.artifacts.place)
      }
      return Reply.download(CSVText.artifacts(rows), "text/csv; charset=utf-8", as: "storage.csv")
    }
    StorageDeletionPage.add(to: router, desk)
  }

  static let nothing = Problem(.notFound, "this service keeps nothing of what jobs hand over")

  private init(_ desk: PageDesk, _ view: LiveView, page: Int) async throws {
    guard let shelf = desk.artifacts else {
      (cards, facts, rows, checkpoints) = ([], [], [], [])
      (hasRows, hasCheckpoints, hasAny, isKept) = (false, false, false, false)
      (from, to, total, previousPath, nextPath) = ("", "", "", nil, nil)
      return
    }
    let objects = try await ArtifactRoutes.explained { try await shelf.stores.list("") }
    let document = StorageDocument(
      objects, view, storage: shelf.stores.artifacts.place, pricePerGigabyteMonth: shelf.pricePerGigabyteMonth)
    cards = [
      .init(figure: JobHandover.size(document.bytes), label: "Total storage used"),
      .init(figure: Wording.group(document.models), label: "Stored models"),
      .init(figure: document.mean_model_bytes.map(JobHandover.size) ?? Wording.nothing, label: "Average model size"),
      .init(
        figure: document.cost_usd_per_month.map { Wording.money($0) } ?? Wording.nothing,
        label: document.cost_usd_per_month == nil ? "Storage cost: the price is not set" : "Storage cost a month"),
    ]
    let retention = await shelf.keeper.retention
    func kept(_ span: Span?) -> String {
      span.map { "for \(Wording.duration($0.seconds))" } ?? "until they are deleted"
    }
    facts = [
      .init(label: "Kept in", value: document.storage),
      .init(
        label: "Adapters and packages",
        value: "\(JobHandover.size(document.artifact_bytes)), kept \(kept(retention.artifacts))"),
      .init(
        label: "Checkpoints",
        value: "\(JobHandover.size(document.checkpoint_bytes)), kept \(kept(retention.checkpoints))"),
    ]
    let all = try desk.catalogue.artifacts().filter { $0.deleted == nil }
      .sorted { ($1.made, $0.job.rawValue) < ($0.made, $1.job.rawValue) }
    let first = (page - 1) * StoragePage.perPage
    rows = all.dropFirst(first).prefix(StoragePage.perPage).map { artifact in
      let text = view.descriptions[Int(artifact.job.rawValue)]
      return Row(
        id: text.id, name: text.name, kind: JobHandover.label(artifact.kind).replacing("Download ", with: ""),
        file: artifact.name, key: artifact.key, size: JobHandover.size(artifact.bytes),
        downloads: Wording.group(artifact.downloads), value: "\(text.id)/\(artifact.kind.rawValue)",
        made: Moment(artifact.made))
    }
    // Of jobs that are not over they are needed.
    checkpoints = document.jobs.filter { $0.checkpoint_bytes > 0 }.prefix(StoragePage.perPage).compactMap { job in
      guard let index = view.job(job.job), view.fleet[index].phase.isTerminal else { return nil }
      return Row(
        id: job.job, name: job.name ?? job.job, kind: "Checkpoints", file: "", key: "\(job.job)/checkpoints/",
        size: JobHandover.size(job.checkpoint_bytes), downloads: "", value: "\(job.job)/checkpoints",
        made: Moment(view.fleet[index].ended))
    }
    (hasRows, hasCheckpoints, isKept) = (!rows.isEmpty, !checkpoints.isEmpty, true)
    hasAny = hasRows || hasCheckpoints
    (from, to) = (Wording.group(first + 1), Wording.group(first + rows.count))
    total = Wording.count(all.count, "file")
    previousPath = page > 1 ? "/dashboard/storage?page=\(page - 1)" : nil
    nextPath = first + rows.count < all.count ? "/dashboard/storage?page=\(page + 1)" : nil
  }

  static let template = #"""
    <div class="head"><h1>{{title}}</h1><div class="actions"><a class="button" href="/dashboard/links">Links for others</a>{{#hasRows}}<a class="button" href="/dashboard/storage.csv">Export CSV</a>{{/hasRows}}</div></div>
    {{^isKept}}<div class="card empty"><h2>Nothing is kept</h2><p>This service was started without an object store.</p></div>{{/isKept}}
    {{#isKept}}<div class="grid">{{#cards}}<div class="card figure"><b>{{figure}}</b><span>{{label}}</span></div>{{/cards}}</div>
    <section class="card" aria-labelledby="where-h"><h2 id="where-h">Retention</h2><dl class="pairs">{{#facts}}<dt>{{label}}</dt><dd>{{value}}</dd>{{/facts}}</dl><p class="small"><a href="/dashboard/help/adapters">Using trained adapters</a></p></section>
    <form id="delete" method="post" action="/dashboard/storage/delete" data-select>{{>csrf}}</form>
    {{#hasRows}}<section class="card" aria-labelledby="art-h"><h2 id="art-h">Stored files</h2><div class="scroll" tabindex="0" role="region" aria-label="Table of stored files"><table class="tight"><caption>{{from}} to {{to}} of {{total}}, the newest first. Each job's files are a version of their own</caption><thead><tr><th scope="col"><span class="hidden">Select</span></th><th scope="col">Job</th><th scope="col">What</th><th scope="col">Storage path</th><th scope="col" class="number">Size</th><th scope="col">Uploaded</th><th scope="col" class="number">Downloads</th></tr></thead><tbody>
    {{#rows}}<tr><td><input type="checkbox" name="job" value="{{value}}" form="delete" aria-label="Select {{kind}} of {{name}}"></td><th scope="row" class="wide-name"><a href="/dashboard/training-jobs/{{id}}#adapters">{{name}}</a> <span class="soft small">{{id}}</span></th><td>{{kind}}</td><td class="mono wide-name">{{key}}</td><td class="number">{{size}}</td><td class="nowrap">{{#made}}{{>time}}{{/made}}</td><td class="number">{{downloads}}</td></tr>
    {{/rows}}</tbody></table></div><nav class="pager" aria-label="Pages of the list"><span></span><span class="actions">{{#previousPath}}<a class="button" href="{{previousPath}}">Previous</a>{{/previousPath}}{{#nextPath}}<a class="button" href="{{nextPath}}">Next</a>{{/nextPath}}</span></nav></section>{{/hasRows}}
    {{#hasCheckpoints}}<section class="card" aria-labelledby="cp-h"><h2 id="cp-h">Checkpoints of jobs that are over</h2><div class="scroll" tabindex="0" role="region" aria-label="Table of checkpoints"><table><caption>The largest first. Without them no job can go on from where this one stood; adapters stay</caption><thead><tr><th scope="col"><span class="hidden">Select</span></th><th scope="col">Job</th><th scope="col">Storage path</th><th scope="col" class="number">Size</th><th scope="col">Job ended</th></tr></thead><tbody>
    {{#checkpoints}}<tr><td><input type="checkbox" name="job" value="{{value}}" form="delete" aria-label="Select checkpoints of {{name}}"></td><th scope="row" class="wide-name"><a href="/dashboard/training-jobs/{{id}}">{{name}}</a> <span class="soft small">{{id}}</span></th><td class="mono wide-name">{{key}}</td><td class="number">{{size}}</td><td class="nowrap">{{#made}}{{>time}}{{/made}}</td></tr>
    {{/checkpoints}}</tbody></table></div></section>{{/hasCheckpoints}}
    {{#hasAny}}{{#frame.canEdit}}<div class="actions"><button class="danger" form="delete" data-least="1">Delete selected</button><span class="soft small" data-count></span></div>{{/frame.canEdit}}{{/hasAny}}
    {{^hasAny}}<div class="card empty"><h2>Nothing is stored yet</h2><p>When a job completes, its adapters, its deployment package and its metrics stand here.</p><p><a class="button" href="/dashboard/training-jobs">See what runs</a></p></div>{{/hasAny}}{{/isKept}}
    """#
}

extension CSVText {
  static func artifacts(_ artifacts: [ArtifactDocument]) -> String {
    table(
      [
        "job", "job_name", "kind", "name", "bytes", "sha256", "storage", "key", "made_at", "downloads", "downloaded_at",
        "deleted_at",
      ],
      artifacts.map {
        [
          $0.job, $0.job_name, $0.kind, $0.name, "\($0.bytes)", $0.sha256, $0.storage, $0.key, $0.made_at,
          "\($0.downloads)", $0.downloaded_at ?? "", $0.deleted_at ?? "",
        ]
      })
  }
}
