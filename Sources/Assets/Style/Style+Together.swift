extension Style {
  /// What is shared, found and written down together.
  static let together = #"""
    main.shared { max-width: 900px; margin: 0 auto; }
    .scroll { position: relative; }
    .find input { width: 100%; }
    mark { background: var(--warn-soft); color: inherit; border-radius: 3px; padding: 0 1px; }
    .finds { list-style: none; margin: 0; padding: 0; }
    .finds li { padding: 10px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
    .finds li:last-child { border-bottom: 0; }
    .finds p { margin: 2px 0 0; }
    .answer { max-height: 60vh; overflow-y: auto; overflow-wrap: anywhere; margin-bottom: 10px; }
    .rated fieldset { border: 0; border-left: 3px solid transparent; padding: 2px 0 2px 10px; margin: 0 0 8px; }
    .rated fieldset[data-lit] { border-left-color: var(--accent); background: var(--accent-soft); }
    .rated legend { font-weight: 600; padding: 0; }
    .scores { display: flex; flex-wrap: wrap; gap: 4px 18px; }
    .scores label { display: inline-flex; gap: 6px; align-items: center; padding: 3px 2px; }
    input[readonly], textarea[readonly] { background: var(--raised); }
    @media (max-width: 899px) { .side-inner > .find { display: none; } #navigation:target .find { display: block; padding-top: 10px; } }

    """#
}
