/// What stands on the cards that one chooses from: drawn with the text's own colour, and nothing that a screen reader has to say.
enum ChoiceIcon {
  static func svg(_ choice: String) -> String {
    let path =
      switch choice {
      // A shield.
      case "conservative": "M12 3 4.5 6v5.5c0 4.6 3.1 8 7.5 9.5 4.4-1.5 7.5-4.9 7.5-9.5V6z"
      // A balance.
      case "balanced": "M12 4v16M7 20h10M5 7h14M5 7l-3 7h6zM19 7l-3 7h6z"
      // A rocket.
      case "aggressive":
        "M12 2.5c3.6 2.6 5 6 5 9.5v5H7v-5c0-3.5 1.4-6.900 5-9.5zM7 13l-3 5h3M17 13l3 5h-3M10 20.5h4M12 8.5v3"
      // A price tag.
      case "spot": "M3 12V4h8l10 10-8 8zM7.5 8.5h.01"
      // A lock.
      default: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 14.5v2"
      }
    return
      #"<svg class="choice-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="\#(path)" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/></svg>"#
  }
}
