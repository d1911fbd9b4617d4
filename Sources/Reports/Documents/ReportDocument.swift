import Foundation

/// A report as its parts, in order; ``pdf()`` sets it on pages: a title page, a table of contents, then the blocks.
public struct ReportDocument: Sendable {
  public var title: String
  /// Under the title: whose job, which period.
  public var subtitle: String
  /// Lines on the title page: what, and its value.
  public var facts: [ReportFact]
  public var blocks: [ReportBlock]
  public var branding: Branding
  /// When it was made; also its metadata's date, so the same report has the same bytes.
  public var made: Date
  public var zone: TimeZone

  public init(
    title: String, subtitle: String, facts: [ReportFact] = [], blocks: [ReportBlock], branding: Branding, made: Date,
    zone: TimeZone = .gmt
  ) {
    self.title = title
    self.subtitle = subtitle
    self.facts = facts
    self.blocks = blocks
    self.branding = branding
    self.made = made
    self.zone = zone
  }

  /// - Throws: ``ReportsError`` where cairo cannot work.
  public func pdf() throws -> [UInt8] { try PDFWriter(self).render() }
}

/// What, and its value.
public struct ReportFact: Sendable, Equatable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// One piece of a report, from top to bottom.
public enum ReportBlock: Sendable {
  /// Level 1 begins a page; 1 and 2 stand in the table of contents.
  case heading(String, level: Int)
  /// Line breaks are kept.
  case paragraph(String)
  case list([String])
  case facts([ReportFact])
  /// Set apart, in its tone.
  case callout(String, tone: ChartTone)
  case table(ReportTable)
  /// With its summary in words below it: a reader who cannot see it has the same.
  case chart(Chart)
}

/// A table; it breaks between rows, and its header stands on each page.
public struct ReportTable: Sendable {
  /// A column's heading, and whether numbers stand in it.
  public struct Column: Sendable {
    public var title: String
    public var isNumber: Bool

    public init(_ title: String, isNumber: Bool = false) {
      self.title = title
      self.isNumber = isNumber
    }
  }

  /// What stands in one place of a table.
  public struct Cell: Sendable, ExpressibleByStringInterpolation {
    public var text: String
    /// A pale ground in it.
    public var tone: ChartTone?

    public init(_ text: String, tone: ChartTone? = nil) {
      self.text = text
      self.tone = tone
    }

    public init(stringLiteral value: String) { self.init(value) }
  }

  public var columns: [Column]
  public private(set) var rows: [[Cell]] = []
  /// The last row is what the others come to.
  public var hasTotal: Bool

  public init(_ columns: [Column], hasTotal: Bool = false) {
    self.columns = columns
    self.hasTotal = hasTotal
  }

  /// Cells that are missing are empty; those beyond the columns are left out.
  public mutating func add(_ cells: [Cell]) {
    rows.append(columns.indices.map { cells.indices.contains($0) ? cells[$0] : "" })
  }
}
