extension Style {
  /// What only a job's page has.
  static let job = #"""
    .stages { list-style: none; display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 10px; margin: 14px 0 0; padding: 0; }
    .stages li { border-top: 4px solid var(--line); padding-top: 6px; min-width: 0; }
    .stages li.complete { border-top-color: var(--good); }
    .stages li.active { border-top-color: var(--accent); }
    .stages li.failed { border-top-color: var(--bad); }
    .stages b { display: block; }
    .stages span { display: block; font-size: 0.85rem; color: var(--text-soft); }
    .stages li.active b::after { content: ""; display: inline-block; width: 8px; height: 8px; border-radius: 50%; background: var(--accent); margin-left: 7px; animation: breathe 1.4s ease-in-out infinite; }
    @media (max-width: 599px) { .stages { grid-template-columns: 1fr 1fr; } }
    figure.curve { margin: 0; }
    .curve .plot .skeleton { aspect-ratio: 860 / 340; }
    .scripted .curve .plot { cursor: crosshair; touch-action: pan-y; }
    .curve output { display: block; min-height: 1.5em; }
    .curve-tools { display: flex; flex-wrap: wrap; gap: 8px; align-items: end; margin-bottom: 8px; }
    .curve-tools label { font-size: 0.8rem; color: var(--text-soft); display: block; }
    .curve-tools input, .curve-tools select { width: auto; max-width: 118px; padding: 4px 8px; }
    .event.is-status .badge { background: var(--busy-soft); color: var(--busy); }
    .event.is-metrics .badge { background: var(--good-soft); color: var(--good); }
    .event.is-warning .badge { background: var(--warn-soft); color: var(--warn); }
    .event.is-error .badge { background: var(--bad-soft); color: var(--bad); }
    .avatar { display: inline-flex; align-items: center; justify-content: center; width: 26px; height: 26px; border-radius: 50%; background: var(--accent-soft); color: var(--text); font-size: 0.72rem; font-weight: 700; }
    .sample { margin: 0; font-size: 0.82rem; }
    .sample mark { background: var(--bad-soft); color: var(--bad); font-weight: 600; outline: 1px solid var(--bad); }
    .note { border-left: 3px solid var(--line); padding-left: 12px; margin-bottom: 12px; }
    .note > .soft { margin: 0 0 3px; font-size: 0.85rem; }

    """#
}
