import CCairo

/// The version of cairo.
func cairoVersion() -> Int { Int(cairo_version()) }
