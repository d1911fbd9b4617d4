extension Style {
  /// The page as a whole: letters, links, the frame with its navigation.
  static let page = #"""
    *, *::before, *::after { box-sizing: border-box; }
    html { scrollbar-gutter: stable; -webkit-text-size-adjust: 100%; }
    body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 var(--font); }
    h1 { font-size: 1.55rem; line-height: 1.2; margin: 0; letter-spacing: -0.01em; overflow-wrap: anywhere; }
    h2 { font-size: 1.08rem; line-height: 1.3; margin: 0 0 10px; }
    h3 { font-size: 0.95rem; margin: 0 0 6px; }
    p { margin: 0 0 10px; }
    ul, ol { margin: 0 0 10px; padding-left: 1.3em; }
    a { color: var(--link); text-underline-offset: 2px; }
    a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible, textarea:focus-visible,
    summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
    code, pre, .mono { font-family: var(--mono); font-size: 0.9em; }
    pre { background: var(--raised); border-radius: 6px; padding: 10px 12px; overflow-x: auto; margin: 6px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
    hr { border: 0; border-top: 1px solid var(--line); margin: var(--gap) 0; }
    main.alone { max-width: 460px; margin: 9vh auto 20px; padding: 26px 28px; width: auto; }
    main.alone h1 { margin-bottom: 16px; }
    .skip { position: absolute; left: -999px; top: 8px; background: var(--accent); color: var(--accent-text); padding: 8px 14px; border-radius: 6px; z-index: 10; }
    .skip:focus { left: 8px; }
    .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    [hidden] { display: none !important; }
    .soft { color: var(--text-soft); }
    .small { font-size: 0.87rem; }
    .right { text-align: right; }
    .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    .nowrap { white-space: nowrap; }

    .frame { display: grid; grid-template-columns: 216px minmax(0, 1fr); min-height: 100vh; }
    .side { background: var(--surface); border-right: 1px solid var(--line); padding: 16px 12px; }
    .side-inner { position: sticky; top: 16px; display: flex; flex-direction: column; gap: 14px; max-height: calc(100vh - 32px); }
    .side nav { overflow-y: auto; min-height: 0; }
    .brand { display: flex; align-items: center; gap: 9px; font-weight: 700; font-size: 1.05rem; color: var(--text); text-decoration: none; padding: 2px 8px; }
    .brand svg { width: 24px; height: 24px; color: var(--accent); flex: none; }
    .side nav ul { list-style: none; margin: 0 0 4px; padding: 0; }
    .side nav p { margin: 8px 8px 2px; font-size: 0.78rem; color: var(--text-soft); font-weight: 600; }
    .side nav a { display: block; padding: 4px 10px; border-radius: 7px; color: var(--text); text-decoration: none; }
    .side nav a:hover { background: var(--raised); }
    .side nav a[aria-current="page"] { background: var(--accent-soft); color: var(--link); font-weight: 600; }
    .who { border-top: 1px solid var(--line); padding: 10px 8px 0; font-size: 0.87rem; display: flex; flex-wrap: wrap; gap: 6px; }
    .who > span { flex-basis: 100%; }
    .who button { padding: 4px 8px; white-space: nowrap; }
    .who b { overflow-wrap: anywhere; }
    .menu-button, .menu-close { display: none; }
    main { padding: 22px 26px 60px; max-width: 1500px; width: 100%; min-width: 0; }
    main:focus { outline: none; }
    .head { display: flex; flex-wrap: wrap; gap: 10px 14px; align-items: center; justify-content: space-between; margin-bottom: var(--gap); }
    .head .lead { flex-basis: 100%; margin: -4px 0 0; color: var(--text-soft); }
    .crumbs { margin: 0 0 6px; font-size: 0.87rem; }
    .foot { border-top: 1px solid var(--line); margin-top: 34px; padding-top: 10px; color: var(--text-soft); font-size: 0.83rem; }

    @media (max-width: 899px) {
      .frame { display: block; }
      .side { border-right: 0; border-bottom: 1px solid var(--line); padding: 10px 14px; }
      .side-inner { position: static; gap: 0; max-height: none; }
      .side-inner > .who, .side nav { display: none; }
      .menu-button { display: inline-flex; position: absolute; right: 12px; top: 9px; padding: 5px 12px; border: 1px solid var(--line-strong); border-radius: 8px; color: var(--text); text-decoration: none; }
      #navigation:target nav { display: grid; grid-template-columns: 1fr 1fr; gap: 0 10px; padding-top: 8px; align-items: start; }
      #navigation:target .side-inner > .who { display: flex; }
      #navigation:target .menu-close { display: inline-flex; }
      #navigation:target .menu-button { display: none; }
      .menu-close { position: absolute; right: 12px; top: 9px; padding: 5px 12px; border: 1px solid var(--line-strong); border-radius: 8px; color: var(--text); text-decoration: none; }
      .who { padding-bottom: 4px; }
      main { padding: 16px 14px 50px; }
      h1 { font-size: 1.3rem; }
    }
    @media (prefers-reduced-motion: reduce) { *, *::before, *::after { animation: none !important; transition: none !important; } }
    @media print { .side, .actions, .skip { display: none; } .frame { display: block; } }

    """#
}
