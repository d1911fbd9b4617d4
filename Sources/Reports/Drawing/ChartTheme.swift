/// What the colours of charts are, once for all surfaces: variables for the page (light and dark), fixed and light on paper and in images.
///
/// The eight of series follow Okabe and Ito's palette for colour-blind eyes, darkened or lightened until each stands out from its ground by
/// 3 to 1 (WCAG 2.2, 1.4.11; a test computes it).
public enum ChartTheme {
  static let lightSeries = ["#0072B2", "#00805E", "#D55E00", "#A87900", "#B05A8E", "#2A8CC4", "#7A6A58", "#3B3F46"]
  static let darkSeries = ["#5CB8F0", "#2BC79A", "#FF8B4D", "#F0B73D", "#E59BC8", "#8FD3FF", "#C2B09A", "#D5D9E0"]
  static let ramp = [
    "#F2F7FB", "#DCE9F4", "#C2D9EC", "#9FC5E1", "#76ABD2", "#4F8FC0", "#2F73A9", "#195889", "#0A3D66",
  ]

  /// Name of the class and of the variable, light, dark.
  static func colours(_ ink: Ink) -> (name: String, light: String, dark: String) {
    switch ink {
    case .tone(.series(let index)):
      let slot = ((index % 8) + 8) % 8
      return ("s\(slot)", lightSeries[slot], darkSeries[slot])
    case .tone(.good): return ("good", "#1A7F37", "#4AC26B")
    case .tone(.warning): return ("warning", "#9A6700", "#E3B341")
    case .tone(.alert): return ("alert", "#C62828", "#FF7B72")
    case .tone(.muted): return ("muted", "#767C85", "#8E96A0")
    case .text: return ("text", "#1B1F24", "#E8EBEF")
    case .secondaryText: return ("label", "#4B5158", "#B4BBC4")
    case .grid: return ("grid", "#E3E6EA", "#2E343C")
    case .axis: return ("axis", "#8A919A", "#7B838D")
    case .surface: return ("surface", "#FFFFFF", "#15181C")
    case .ramp(let step): return ("r\(step)", ramp[step], ramp[step])
    case .onRamp(let step):
      return step < 6 ? ("dark-on-ramp", "#14181D", "#14181D") : ("light-on-ramp", "#FFFFFF", "#FFFFFF")
    case .greyed: return ("greyed", "#ECEDEF", "#2A2E34")
    }
  }

  static let all: [Ink] =
    (0..<8).map { .tone(.series($0)) } + [ChartTone.good, .warning, .alert, .muted].map(Ink.tone)
    + [.text, .secondaryText, .grid, .axis, .surface, .greyed] + (0..<9).map(Ink.ramp) + [.onRamp(0), .onRamp(8)]

  /// The rules a page's style sheet includes. Each colour is a variable, `--chart-NAME`, that the page may set; without them a chart still
  /// shows, in the light colours of its presentation attributes.
  ///
  /// Dark where the viewer's system is, unless the root says `data-theme="light"`; and wherever it says `data-theme="dark"`.
  public static let styleSheet: String = {
    func variables(_ shade: (Ink) -> String, indent: String) -> String {
      all.map { "\(indent)--chart-\(colours($0).name): \(shade($0));" }.joined(separator: "\n")
    }
    var css = ":root {\n" + variables({ colours($0).light }, indent: "  ") + "\n}\n"
    let dark = variables({ colours($0).dark }, indent: "  ")
    css += ":root[data-theme=\"dark\"] {\n\(dark)\n}\n"
    css += "@media (prefers-color-scheme: dark) {\n:root:not([data-theme=\"light\"]) {\n\(dark)\n}\n}\n"
    for ink in all {
      let name = colours(ink).name
      css += ".chart .l-\(name) { stroke: var(--chart-\(name)); }\n.chart .f-\(name) { fill: var(--chart-\(name)); }\n"
    }
    css += ".chart { display: block; width: 100%; height: auto; font-family: inherit; }\n"
    css += ".chart text { font-variant-numeric: tabular-nums; }\n"
    css +=
      ".chart .halo { paint-order: stroke; stroke: var(--chart-surface); stroke-width: 3px; stroke-linejoin: round; }\n"
    return css
  }()
}
