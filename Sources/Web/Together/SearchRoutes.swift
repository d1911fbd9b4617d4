import Engine
import Foundation
import Hummingbird
import Journal
import Live

/// One box for everything: jobs with their notes, files, templates, and what was learnt.
struct SearchRoutes {
  let runner: LiveRunner

  static let usual = 50

  func add(to router: RouterGroup<LiveContext>) {
    router.get("search") { request, context in
      let person = try context.require(.viewer)
      let query = request.uri.queryParameters
      let kinds = Catalogue.FindKind.allCases.map(\.rawValue)
      let kind = try query.word("kind", kinds).flatMap(Catalogue.FindKind.init)
      let limit = try query.count("limit", 1...1_000) ?? SearchRoutes.usual
      let offset = try query.count("offset", 0...Int(Int32.max)) ?? 0
      let list = try SearchRoutes.list(
        query.get("q") ?? "", kind, person, await runner.view, runner.catalogue, limit: limit, offset: offset)
      return try Reply.json(list.0)
    }
  }

  /// - Returns: what was found, and each one's snippet with the marks that the store sets.
  static func list(
    _ text: String, _ kind: Catalogue.FindKind?, _ person: Catalogue.Person, _ view: LiveView, _ catalogue: Catalogue,
    limit: Int, offset: Int = 0
  ) throws -> (SearchList, snippets: [String]) {
    let finds = try catalogue.search(text, for: person.name, kind: kind, limit: limit, offset: offset)
    let hidden = try catalogue.hiddenJobs()
    var (found, snippets): ([SearchList.Found], [String]) = ([], [])
    for find in finds.list {
      guard let one = SearchList.Found(find, view, hidden) else { continue }
      found.append(one)
      snippets.append(find.snippet)
    }
    return (
      SearchList(query: text, results: found, total: finds.total, have_all_words: finds.haveAll), snippets
    )
  }
}

extension SearchList.Found {
  /// nil: a job that is hidden, or not known yet.
  fileprivate init?(_ find: Catalogue.Find, _ view: LiveView, _ hidden: Set<JobIndex>) {
    (kind, id, title) = (find.kind, find.ref, find.title)
    snippet = find.snippet.replacing("\(Catalogue.mark)", with: "**").replacing("\(Catalogue.endMark)", with: "**")
    switch find.kind {
    case .job:
      guard let ordinal = UInt32(find.ref), Int(ordinal) < view.fleet.jobs.count, !hidden.contains(JobIndex(ordinal))
      else { return nil }
      id = "job-\(ordinal + 1)"
      status = Wording.snake(view.fleet.jobs[Int(ordinal)].phase)
      path = "/dashboard/training-jobs/\(id)"
    case .file: path = "/dashboard/files"
    case .template: path = "/dashboard/templates"
    case .knowledge: path = "/dashboard/knowledge/\(find.ref)"
    }
  }
}
