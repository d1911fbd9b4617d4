extension Style {
  /// What pages are put together from: cards, tables, badges, notices, bars, tabs, menus.
  static let parts = #"""
    .card { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); padding: 16px 18px; box-shadow: var(--shadow); margin-bottom: var(--gap); min-width: 0; }
    .card > :last-child { margin-bottom: 0; }
    .card-head { display: flex; flex-wrap: wrap; gap: 8px; justify-content: space-between; align-items: baseline; }
    .grid { display: grid; gap: var(--gap); grid-template-columns: repeat(auto-fit, minmax(min(100%, 210px), 1fr)); margin-bottom: var(--gap); }
    .grid > .card { margin-bottom: 0; }
    .two { display: grid; gap: 0 var(--gap); grid-template-columns: minmax(0, 2fr) minmax(0, 1fr); align-items: start; }
    .half { display: grid; gap: 0 var(--gap); grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); align-items: start; }
    @media (max-width: 1099px) { .two { grid-template-columns: minmax(0, 1fr); } }
    .figure b { display: block; font-size: 1.42rem; line-height: 1.25; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
    .figure span { color: var(--text-soft); font-size: 0.87rem; }

    .scroll { position: relative; overflow-x: auto; margin: 0 -18px; padding: 0 18px; }
    table { border-collapse: collapse; width: 100%; }
    caption { text-align: left; color: var(--text-soft); font-size: 0.87rem; padding-bottom: 6px; }
    @media (max-width: 899px) { .scroll caption { max-width: calc(100vw - 66px); } }
    .number .small { white-space: normal; }
    #estimate .figure { margin-bottom: 8px; }
    th { text-align: left; font-size: 0.83rem; color: var(--text-soft); font-weight: 600; padding: 6px 10px; border-bottom: 1px solid var(--line-strong); white-space: nowrap; vertical-align: bottom; }
    th.number { text-align: right; }
    th a { color: inherit; }
    td { padding: 8px 10px; border-bottom: 1px solid var(--line); vertical-align: top; }
    tbody th { color: var(--text); font-size: inherit; border-bottom: 1px solid var(--line); font-weight: 500; white-space: normal; vertical-align: top; padding: 8px 10px; }
    tbody tr:last-child > * { border-bottom: 0; }
    tbody tr:hover > * { background: color-mix(in srgb, var(--raised) 60%, transparent); }
    .five { grid-template-columns: repeat(auto-fit, minmax(min(100%, 175px), 1fr)); }
    table.tight th, table.tight td { padding-left: 6px; padding-right: 6px; } table.tight thead th { white-space: normal; }
    .help { max-width: 78ch; }
    .help h2 { margin-top: 18px; } .help h2:first-child { margin-top: 0; }
    .help li { margin-bottom: 5px; }
    tr.differs > * { background: var(--warn-soft); }
    tr.best-row > * { background: var(--good-soft); }
    td.best { background: var(--good-soft); color: var(--good); font-weight: 600; }
    .wide-name { min-width: 170px; max-width: 420px; overflow-wrap: anywhere; }
    dl.pairs { display: grid; grid-template-columns: fit-content(46%) minmax(0, 1fr); gap: 5px 16px; margin: 0 0 12px; }
    dl.pairs dt { color: var(--text-soft); }
    dl.pairs dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }

    .badge { display: inline-block; padding: 1px 9px; border-radius: 99px; font-size: 0.81rem; font-weight: 600; white-space: nowrap; background: var(--calm-soft); color: var(--calm); }
    .badge.training, .badge.busy { background: var(--busy-soft); color: var(--busy); }
    .badge.completed, .badge.good { background: var(--good-soft); color: var(--good); }
    .badge.failed, .badge.bad, .badge.blocked { background: var(--bad-soft); color: var(--bad); }
    .badge.cancelled, .badge.interrupted { background: var(--orange-soft); color: var(--orange); }
    .badge.paused, .badge.warn, .badge.awaiting_decision, .badge.waiting_for_gpu { background: var(--warn-soft); color: var(--warn); }
    .tag { display: inline-block; padding: 0 7px; border: 1px solid var(--line); border-radius: 6px; font-size: 0.81rem; color: var(--text-soft); margin-right: 3px; }

    .notice { border: 1px solid var(--line); border-left: 4px solid var(--calm); background: var(--surface); border-radius: 8px; padding: 10px 14px; margin-bottom: var(--gap); }
    .notice > :last-child { margin-bottom: 0; }
    .notice.good { border-left-color: var(--good); background: var(--good-soft); }
    .notice.warn { border-left-color: var(--warn); background: var(--warn-soft); }
    .notice.bad { border-left-color: var(--bad); background: var(--bad-soft); }
    .empty { text-align: center; padding: 34px 16px; color: var(--text-soft); }
    .empty h2 { color: var(--text); }

    .tabs { display: flex; flex-wrap: wrap; gap: 2px; border-bottom: 1px solid var(--line); margin-bottom: var(--gap); }
    .tabs a { padding: 8px 14px; text-decoration: none; color: var(--text-soft); border-bottom: 3px solid transparent; margin-bottom: -1px; }
    .tabs a:hover { color: var(--text); }
    .tabs a[aria-current] { color: var(--text); font-weight: 600; border-bottom-color: var(--accent); }
    .pager { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; justify-content: space-between; padding-top: 12px; }

    progress { width: 100%; height: 10px; border: 0; border-radius: 99px; background: var(--raised); overflow: hidden; accent-color: var(--accent); appearance: none; display: block; margin: 0 0 12px; }
    td progress { margin: 7px 0 0; min-width: 60px; }
    progress::-webkit-progress-bar { background: var(--raised); }
    progress::-webkit-progress-value { background: var(--accent); border-radius: 99px; }
    progress::-moz-progress-bar { background: var(--accent); }
    progress.good::-webkit-progress-value { background: var(--good); } progress.good::-moz-progress-bar { background: var(--good); }
    progress.warn::-webkit-progress-value { background: var(--warn); } progress.warn::-moz-progress-bar { background: var(--warn); }
    progress.bad::-webkit-progress-value { background: var(--bad); } progress.bad::-moz-progress-bar { background: var(--bad); }

    details.fold > summary { cursor: pointer; font-weight: 600; padding: 4px 0; }
    details.fold[open] > summary { margin-bottom: 8px; }
    svg.chart, .chart svg { width: 100%; height: auto; display: block; }
    .chart { margin: 0 0 10px; overflow-x: auto; }
    [data-live][aria-busy="true"] { animation: breathe 1.4s ease-in-out 0.8s infinite; }
    .skeleton { background: var(--raised); border-radius: 6px; min-height: 1em; animation: breathe 1.4s ease-in-out infinite; }
    @keyframes breathe { 50% { opacity: 0.45; } }
    del { color: var(--bad); } ins { color: var(--good); text-decoration: none; font-weight: 600; }

    """#
}
