/// Whose report it is: configuration, not code.
public struct Branding: Sendable, Equatable {
  /// Installed with Debian's fonts-dejavu-core.
  public static let defaultFont = "DejaVu Sans"

  public var name: String
  /// Of headings and rules, `#RRGGBB`; at least 4.5 to 1 on white.
  public var colour: String
  /// A PNG file for the title page; `nil`: the name stands there.
  public var logo: String?

  /// - Throws: ``ReportsError`` for a colour that is none.
  public init(name: String = "lora-train", colour: String = "#0B4F7D", logo: String? = nil) throws {
    guard colour.count == 7, colour.hasPrefix("#"), UInt32(colour.dropFirst(), radix: 16) != nil else {
      throw ReportsError("the brand's colour is “\(colour)”; write it as #RRGGBB")
    }
    self.name = name
    self.colour = colour
    self.logo = logo
  }
}
