/// The parts of the settings, each a page of its own.
enum SettingsTab: String, CaseIterable {
  case team, channels, rates, account, notifications

  struct Link: Sendable {
    var label, path: String
    var isCurrent: Bool
  }

  /// - Parameter current: the page that shows them.
  static func links(_ current: SettingsTab) -> [Link] {
    allCases.map { Link(label: $0.label, path: $0.path, isCurrent: $0 == current) }
  }

  private var label: String { self == .account ? "Your account" : Wording.capital(rawValue) }

  var path: String {
    switch self {
    case .team: "/dashboard/settings"
    case .notifications: "/dashboard/notifications"
    default: "/dashboard/settings/\(rawValue)"
    }
  }

  static let partial = #"""
    <nav class="tabs" aria-label="Parts of the settings">{{#tabs}}<a href="{{path}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{label}}</a>{{/tabs}}</nav>
    """#
}
