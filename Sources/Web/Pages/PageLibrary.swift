import Foundation
import HTTPTypes
import Hummingbird
import Mustache
import NIOCore

/// All templates, compiled once.
enum PageLibrary {
  /// Every kind of page there is: add a new one here.
  static let pages: [any Page.Type] = [
    JobsPage.self, FilesPage.self, TemplatesPage.self, JobPage.self, EventLogPage.self, DeedPage.self, NewJobPage.self,
    ReviewPage.self, QueuePage.self,
    BudgetPage.self, SettingsPage.self, NotificationsPage.self, AccountPage.self, ChannelsPage.self, RatesPage.self,
    ProblemPage.self, SharePage.self, LinksPage.self, SearchPage.self,
    KnowledgePage.self,
    KnowledgeEntryPage.self, KnowledgeFormPage.self, HidePage.self, CancelPage.self, PersonPage.self, NotePage.self,
    RatingsPage.self, RatingPage.self,
    ValidationPage.self,
    ComparePage.self, AnalyticsPage.self, HistoryPage.self, TeamPage.self, StoragePage.self, StorageDeletionPage.self,
    HelpPage.self, AttributionPage.self, PresetsPage.self,
    SuitesPage.self, ForecastPage.self, CapacityPage.self, AccuracyPage.self, ReplayPage.self,
  ]

  static let library: MustacheLibrary = {
    var library = MustacheLibrary()
    do {
      for page in pages {
        try library.register(EscapedTemplate.text("{{#page}}\(page.template){{/page}}"), named: page.name)
      }
      for (name, text) in Layout.partials { try library.register(EscapedTemplate.text(text), named: name) }
    } catch {
      // A defect of ours, which the first test finds.
      preconditionFailure("a template cannot be read: \(error)")
    }
    return library
  }()

  /// What a template sees: the page's own values by name, and what is around it as `frame.…`.
  static func render<P: Page>(_ page: P, _ frame: Frame) -> String {
    var sight = ["page": PageFields.read(page), "frame": PageFields.read(frame)].compactMapValues { $0 }
    sight["main"] = library.render(sight, withTemplate: P.name) ?? ""
    return library.render(sight, withTemplate: Layout.name) ?? ""
  }
}

extension Reply {
  static func html(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  /// Where to go on after a form was taken.
  static func see(_ path: String) -> Response {
    Response(status: .seeOther, headers: [.location: path])
  }

  /// A file to be kept.
  static func download(_ text: String, _ type: String, as name: String) -> Response {
    Response(
      status: .ok,
      headers: [.contentType: type, .contentDisposition: "attachment; filename=\"\(fileName(name))\""],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  /// Letters, digits and what else a header and every file system take.
  static func fileName(_ text: String) -> String {
    let safe = text.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" }
    return String(safe.prefix(120))
  }
}
