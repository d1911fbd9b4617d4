extension Style {
  /// Colours, distances and letters, under names: light, dark where the viewer's system says so, and either where they chose it.
  static let variables = #"""
    :root {
      color-scheme: light;
      --ground: #f6f7f9; --surface: #ffffff; --raised: #eef1f5; --line: #d5dae1; --line-strong: #8a94a3;
      --text: #1b2330; --text-soft: #56606f; --link: #1554b8; --focus: #1554b8;
      --accent: #1f5fc4; --accent-text: #ffffff; --accent-soft: #e3edfb;
      --good: #1a6b38; --good-soft: #dcf2e3; --warn: #7a5200; --warn-soft: #fdf0cf; --bad: #a8201a; --bad-soft: #fbe3e1;
      --busy: #1554b8; --busy-soft: #e0ebfb; --calm: #4d5765; --calm-soft: #e8ebef; --orange: #93420b; --orange-soft: #fde8d8;
      --series-1: #1f5fc4; --series-2: #1a7f43; --series-3: #b3261e; --series-4: #b25a00;
      --radius: 10px; --gap: 16px;
      --font: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
      --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
      --shadow: 0 1px 2px rgb(20 30 45 / 8%);
    }
    @media (prefers-color-scheme: dark) {
      :root:not([data-theme="light"]) { /*dark*/ }
    }
    :root[data-theme="dark"] { /*dark*/ }

    """#.replacing(
      "/*dark*/",
      with: #"""
        color-scheme: dark;
        --ground: #10141a; --surface: #181e27; --raised: #222a35; --line: #323c4a; --line-strong: #7a879a;
        --text: #e8edf4; --text-soft: #a5b0bf; --link: #8ab6ff; --focus: #8ab6ff;
        --accent: #8ab6ff; --accent-text: #0c1522; --accent-soft: #1d2f4d;
        --good: #7fd99b; --good-soft: #163524; --warn: #f2c766; --warn-soft: #3a2e10; --bad: #ff9d96; --bad-soft: #43201e;
        --busy: #8ab6ff; --busy-soft: #1b2d4b; --calm: #b4bfcd; --calm-soft: #2a323e; --orange: #ffb27a; --orange-soft: #41290f;
        --series-1: #8ab6ff; --series-2: #7fd99b; --series-3: #ff9d96; --series-4: #ffb95e;
        --shadow: none;
        """#)
}
