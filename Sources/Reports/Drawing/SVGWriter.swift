import Markup

/// Shapes as SVG, with real text. Colours are classes, which the page's style sheet turns into its theme's, and presentation attributes, which
/// hold without one; nothing is a `style`, which a Content-Security-Policy forbids.
struct SVGWriter {
  private(set) var bytes: [UInt8] = []
  private let id: String
  private let writesData: Bool
  private var clips: [Box] = []

  init(id: String, writesData: Bool) {
    self.id = id
    self.writesData = writesData
    bytes.reserveCapacity(32768)
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func attribute(_ name: String, _ value: String) {
    raw(" \(name)=\"\(Self.escaped(value))\"")
  }

  mutating func number(_ name: String, _ value: Double) {
    raw(" \(name)=\"")
    SVGNumber.append(value, to: &bytes)
    raw("\"")
  }

  mutating func write(_ shapes: [Shape]) {
    for shape in shapes { write(shape) }
  }

  private mutating func write(_ shape: Shape) {
    switch shape {
    case .path(let parts, let isClosed, let line, let fill):
      guard parts.contains(where: { !$0.isEmpty }) else { return }
      raw("<path d=\"")
      for part in parts { path(part, isClosed: isClosed) }
      raw("\"")
      paint(line: line, fill: fill)
      raw("/>")
    case .box(let box, let line, let fill):
      raw("<rect")
      number("x", box.left)
      number("y", box.top)
      number("width", max(0, box.width))
      number("height", max(0, box.height))
      paint(line: line, fill: fill)
      raw("/>")
    case .dot(let place, let radius, let line, let fill):
      raw("<circle")
      number("cx", place.x)
      number("cy", place.y)
      number("r", radius)
      paint(line: line, fill: fill)
      raw("/>")
    case .label(let label): write(label)
    case .group(let group, let shapes): write(group, shapes)
    }
  }

  private mutating func path(_ places: [Place], isClosed: Bool) {
    for (index, place) in places.enumerated() {
      bytes.append(UInt8(ascii: index == 0 ? "M" : index == 1 ? "L" : " "))
      SVGNumber.append(place.x, to: &bytes)
      bytes.append(UInt8(ascii: ","))
      SVGNumber.append(place.y, to: &bytes)
    }
    if isClosed { bytes.append(UInt8(ascii: "Z")) }
  }

  private mutating func paint(line: Line?, fill: Fill?) {
    var classes: [String] = []
    if let fill {
      let colour = ChartTheme.colours(fill.ink)
      classes.append("f-\(colour.name)")
      raw(" fill=\"\(colour.light)\"")
      if fill.opacity < 1 { raw(" fill-opacity=\"\(fill.opacity)\"") }
    } else {
      raw(" fill=\"none\"")
    }
    if let line {
      let colour = ChartTheme.colours(line.ink)
      classes.append("l-\(colour.name)")
      raw(" stroke=\"\(colour.light)\"")
      if line.width != 1 { raw(" stroke-width=\"\(line.width)\"") }
      if line.opacity < 1 { raw(" stroke-opacity=\"\(line.opacity)\"") }
      if !line.dash.isEmpty { raw(" stroke-dasharray=\"\(line.dash.map { "\($0)" }.joined(separator: " "))\"") }
      if fill == nil { raw(" stroke-linejoin=\"round\"") }
    }
    raw(" class=\"\(classes.joined(separator: " "))\"")
  }

  private mutating func write(_ label: Label) {
    guard !label.text.isEmpty else { return }
    let colour = ChartTheme.colours(label.ink)
    raw("<text")
    number("x", label.place.x)
    number("y", label.place.y)
    number("font-size", label.size)
    if label.anchor != .start { raw(" text-anchor=\"\(label.anchor.rawValue)\"") }
    if label.isBold { raw(" font-weight=\"600\"") }
    raw(" fill=\"\(colour.light)\" class=\"f-\(colour.name)\(label.hasHalo ? " halo" : "")\">")
    raw(Self.escaped(label.text))
    raw("</text>")
  }

  private mutating func write(_ group: Group, _ shapes: [Shape]) {
    let link = group.link.flatMap { Self.isSafe($0) ? $0 : nil }
    if let link {
      raw("<a")
      attribute("href", link)
      raw(">")
    }
    raw("<g")
    if let clip = group.clip { raw(" clip-path=\"url(#\(clipName(clip)))\"") }
    for (name, value) in group.data where writesData { attribute("data-\(name)", value) }
    raw(">")
    if let title = group.title { raw("<title>\(Self.escaped(title))</title>") }
    write(shapes)
    raw("</g>")
    if link != nil { raw("</a>") }
  }

  /// Defines the clip where it is first needed.
  private mutating func clipName(_ clip: Box) -> String {
    if let index = clips.firstIndex(of: clip) { return "\(id)-clip\(index)" }
    clips.append(clip)
    return "\(id)-clip\(clips.count - 1)"
  }

  /// To be written once, after all shapes.
  mutating func writeClips() {
    for (index, clip) in clips.enumerated() {
      raw("<clipPath id=\"\(id)-clip\(index)\"><rect")
      number("x", clip.left)
      number("y", clip.top)
      number("width", max(0, clip.width))
      number("height", max(0, clip.height))
      raw("/></clipPath>")
    }
  }

  /// A name that a user gave may hold anything; a `javascript:` address is not followed.
  private static func isSafe(_ link: String) -> Bool {
    (link.hasPrefix("/") && !link.hasPrefix("//")) || link.hasPrefix("https://") || link.hasPrefix("#")
  }

  /// Escaped for text and attributes alike; what XML forbids is left out.
  static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0xEF }) else { return MarkupText.html(text) }
    var allowed = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\t", "\n", "\r": allowed.append(" ")
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": continue
      default: allowed.append(scalar)
      }
    }
    return MarkupText.html(String(allowed))
  }
}
