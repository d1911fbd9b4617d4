/// A colour by its meaning; what it looks like is the theme's affair (``ChartTheme``).
public enum ChartTone: Sendable, Equatable, Hashable {
  /// One of eight colours that stay apart for colour-blind eyes: blue, green, vermilion, orange, purple, sky, grey-brown, dark.
  case series(Int)
  case good, warning, alert, muted
}

/// How a line is drawn: series differ by it too, so no reader depends on colour.
public enum ChartStroke: Sendable, Equatable {
  case solid, dashed, dotted

  var dash: [Double] {
    switch self {
    case .solid: []
    case .dashed: [6, 4]
    case .dotted: [1.5, 3]
    }
  }
}

/// Which vertical axis a layer is measured on.
public enum ChartSide: String, Sendable, Equatable {
  case left, right
}
