import Journal
import Live

/// What is around every page: who is signed in, where one can go, and what everybody should know now.
struct Frame: Sendable {
  struct Link: Sendable {
    var label: String
    var path: String
    var isCurrent: Bool
  }
  struct Group: Sendable {
    var label: String
    var links: [Link]
  }
  struct Banner: Sendable {
    /// `good`, `warn` or `bad`.
    var kind: String
    var text: String
    /// Where there is more of it.
    var path: String?
  }

  var title: String
  var store: String
  var person: String
  var role: String
  var canEdit: Bool
  var isManager: Bool
  /// What every form carries as `_csrf`.
  var formToken: String
  var groups: [Group]
  var banners: [Banner]
  var styles = ["style.css", "chart.css"].map(PageAssets.path)
  var scripts: [String]
  /// What its script listens from; empty where it does not listen.
  var feed: String?

  /// - Parameter told: what this person has not seen yet.
  init(_ page: some Page, _ view: LiveView, _ context: LiveContext, notice: Banner?, told: [Banner] = []) {
    title = page.title
    store = view.store
    person = context.person?.name ?? ""
    role = context.person?.role.rawValue ?? ""
    canEdit = context.person.map { $0.role >= .engineer } ?? false
    isManager = context.person?.role == .manager
    formToken = context.formToken
    groups = Section.groups.compactMap { group in
      let links = group.sections.filter(Section.shown.contains)
        .map { Link(label: $0.label, path: $0.path, isCurrent: $0 == page.section) }
      return links.isEmpty ? nil : Group(label: group.label, links: links)
    }
    banners = [notice].compactMap { $0 } + Frame.banners(view) + told
    feed = page.scripts.contains("live.js") ? context.feedPosition : nil
    scripts = (["times.js", "search.js"] + page.scripts).map(PageAssets.path)
  }

  /// What stands above every page until it is over.
  private static func banners(_ view: LiveView) -> [Banner] {
    var banners: [Banner] = []
    if !view.isConfirmed {
      banners.append(
        Banner(
          kind: "bad",
          text:
            "This store is a copy, or was moved: it does nothing until a person confirms it. If no other lora-train "
            + "works with it: lora-train store confirm"))
    }
    if !view.providerAnswers {
      banners.append(Banner(kind: "warn", text: "The provider of pods does not answer; what is running goes on."))
    }
    if let alert = BudgetAlert(BudgetDocument(view)) { banners.append(Banner(kind: alert.kind, text: alert.text)) }
    return banners
  }
}

/// What story 7.2.2 says of a budget that is nearly used, or over.
struct BudgetAlert {
  let kind: String
  let text: String

  init?(_ budget: BudgetDocument) {
    guard let limit = budget.limit_usd, limit > 0 else { return nil }
    let figures = "(\(Wording.money(budget.spent_usd)) of \(Wording.money(limit)))"
    switch budget.spent_usd / limit {
    case 1...: (kind, text) = ("bad", "Monthly training budget exceeded \(figures)")
    case 0.95..<1: (kind, text) = ("bad", "You've used 95% of monthly training budget \(figures)")
    case 0.8..<0.95: (kind, text) = ("warn", "You've used 80% of monthly training budget \(figures)")
    default: return nil
    }
  }
}
