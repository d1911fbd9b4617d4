import Assets
import Reports

/// What pages fetch beside themselves: the dashboard's own files, and the charts' colours.
enum PageAssets {
  static let all = Assets.all + [Asset("chart.css", ChartTheme.styleSheet)]

  private static let byFile = Dictionary(uniqueKeysWithValues: all.map { ($0.fileName, $0) })
  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// By its name with the digest.
  static func file(_ name: String) -> Asset? { byFile[name] }

  /// Where a page finds one: `/assets/style.0f3a….css`.
  static func path(_ name: String) -> String { "/assets/\(byName[name]?.fileName ?? name)" }
}
