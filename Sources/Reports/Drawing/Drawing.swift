/// A place on the drawing: from the left, from the top.
struct Place: Equatable {
  var x: Double
  var y: Double

  init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

/// A rectangle by its sides.
struct Box: Equatable {
  var left: Double
  var top: Double
  var right: Double
  var bottom: Double

  var width: Double { right - left }
  var height: Double { bottom - top }
  var middle: Place { Place((left + right) / 2, (top + bottom) / 2) }

  func overlaps(_ other: Box) -> Bool {
    left < other.right && other.left < right && top < other.bottom && other.top < bottom
  }
}

/// Colours by their part in the chart; ``ChartTheme`` says what they are.
enum Ink: Equatable, Hashable {
  case tone(ChartTone)
  case text, secondaryText, grid, axis, surface
  /// 0…8, from pale to dark.
  case ramp(Int)
  /// What can be read on that step of the ramp.
  case onRamp(Int)
  case greyed
}

struct Line: Equatable {
  var ink: Ink
  var width: Double = 1
  var dash: [Double] = []
  var opacity: Double = 1
}

struct Fill: Equatable {
  var ink: Ink
  var opacity: Double = 1
}

struct Label: Equatable {
  enum Anchor: String {
    case start, middle, end
  }

  var text: String
  /// Of the base line.
  var place: Place
  var size: Double = 11
  var anchor = Anchor.start
  var ink = Ink.secondaryText
  var isBold = false
  /// A ground in the surface's colour behind the letters, where they stand on curves.
  var hasHalo = false
}

/// What every surface can draw: SVG writes it, cairo paints it.
indirect enum Shape {
  case path([[Place]], isClosed: Bool, line: Line?, fill: Fill?)
  case box(Box, line: Line?, fill: Fill?)
  case dot(Place, radius: Double, line: Line?, fill: Fill?)
  case label(Label)
  case group(Group, [Shape])
}

/// Shapes that belong together.
struct Group {
  /// What the pointer shows over it.
  var title: String?
  var link: String?
  /// Nothing outside of it is drawn.
  var clip: Box?
  /// `data-…` attributes, for the page's script.
  var data: [(name: String, value: String)] = []
}
