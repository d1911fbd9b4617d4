extension Style {
  /// Buttons and fields.
  static let forms = #"""
    button, .button { font: inherit; font-weight: 600; display: inline-flex; align-items: center; gap: 6px; padding: 7px 14px; border-radius: 8px; border: 1px solid var(--line-strong); background: var(--surface); color: var(--text); cursor: pointer; text-decoration: none; line-height: 1.35; }
    button:hover, .button:hover { background: var(--raised); }
    .primary { background: var(--accent); border-color: var(--accent); color: var(--accent-text); }
    .primary:hover { background: color-mix(in srgb, var(--accent) 86%, var(--text)); }
    .danger { border-color: var(--bad); color: var(--bad); }
    .danger:hover { background: var(--bad-soft); }
    button:disabled { opacity: 0.5; cursor: not-allowed; }
    button.plain { border: 0; background: none; padding: 4px 6px; color: var(--link); text-decoration: underline; font-weight: 400; }
    .actions { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
    .icon { padding: 6px 9px; }

    label, legend { font-weight: 600; font-size: 0.9rem; }
    legend { padding: 0; margin-bottom: 6px; }
    fieldset { border: 0; padding: 0; margin: 0 0 14px; min-width: 0; }
    input, select, textarea { font: inherit; color: var(--text); background: var(--surface); border: 1px solid var(--line-strong); border-radius: 8px; padding: 7px 10px; width: 100%; min-width: 0; }
    input[type="checkbox"], input[type="radio"] { width: 17px; height: 17px; margin: 3px 0 0; accent-color: var(--accent); flex: none; }
    input[type="file"] { padding: 6px; }
    textarea { min-height: 84px; resize: vertical; }
    .field { margin-bottom: 14px; }
    .field > .hint { color: var(--text-soft); font-size: 0.85rem; margin: 3px 0 0; }
    .check { display: flex; gap: 9px; align-items: flex-start; font-weight: 400; margin-bottom: 6px; }
    .fields { display: grid; gap: 0 14px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 170px), 1fr)); }
    .filters { display: grid; gap: 10px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 138px), 1fr)); align-items: end; }
    .filters .wide { grid-column: span 2; }
    .filters label { display: block; font-size: 0.8rem; color: var(--text-soft); margin-bottom: 2px; }
    .row-form { display: flex; flex-wrap: wrap; gap: 8px; align-items: end; }
    .row-form + .row-form { margin-top: 14px; }
    .row-form > .grow { flex: 1 1 180px; }
    .error { color: var(--bad); font-weight: 600; }

    .cards { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 215px), 1fr)); }
    .choice { display: block; position: relative; border: 1px solid var(--line-strong); border-radius: var(--radius); padding: 12px 14px 12px 40px; background: var(--surface); font-weight: 400; cursor: pointer; }
    .choice > input { position: absolute; left: 14px; top: 14px; margin: 0; }
    .choice:has(input:checked) { border-color: var(--accent); background: var(--accent-soft); box-shadow: inset 0 0 0 1px var(--accent); }
    .choice:has(input:focus-visible) { outline: 3px solid var(--focus); outline-offset: 2px; }
    .choice:has(input:disabled) { opacity: 0.6; cursor: not-allowed; }
    .choice b { display: block; }
    .choice-icon { width: 26px; height: 26px; float: right; color: var(--accent); }
    .checks { display: flex; flex-wrap: wrap; gap: 2px 20px; }
    .choice .soft { display: block; font-size: 0.85rem; overflow-wrap: anywhere; }
    .sticky { position: sticky; top: 16px; max-height: max(320px, calc(100vh - 270px)); overflow-y: auto; }
    .sticky > .actions { position: sticky; bottom: -18px; background: var(--surface); padding: 10px 0; }
    .sticky > .actions > b { display: none; }
    @media (max-width: 1099px) {
      .sticky { position: static; max-height: none; overflow: visible; }
      .sticky > .actions { position: fixed; z-index: 5; left: 0; right: 0; bottom: 0; padding: 8px 14px; border-top: 1px solid var(--line); justify-content: space-between; }
      .sticky > .actions > b { display: block; }
      main:has(.sticky > .actions) { padding-bottom: 100px; }
    }
    @media (min-width: 900px) { .narrow > summary { display: none; } }
    @media (max-width: 899px) { .filters .wide { grid-column: auto; } }

    """#
}
