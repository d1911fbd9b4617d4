extension Style {
  /// What the pages have that look ahead and back.
  static let foresight = #"""
    .inline { display: flex; flex-wrap: wrap; gap: 8px 10px; align-items: center; margin-bottom: var(--gap); }
    .inline select { width: auto; }
    .wide-chart { overflow-x: auto; margin-bottom: 10px; }
    .wide-chart svg.chart { min-width: 620px; }
    .skeleton.line { display: block; width: min(28ch, 80%); min-height: 1lh; }
    .skeleton.heat { aspect-ratio: 960 / 380; min-width: 620px; }
    .skeleton.timeline { aspect-ratio: 960 / 280; min-width: 0; margin-bottom: 10px; }
    .skeleton.figures { min-height: 5.5em; }
    .skeleton.rows { min-height: 15em; }
    .skeleton.plans { min-height: 22em; margin-top: var(--gap); }
    .below { margin-top: var(--gap); }
    input[type="range"] { width: 100%; padding: 0; accent-color: var(--accent); }

    """#
}
