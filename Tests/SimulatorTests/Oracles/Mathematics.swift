import Foundation

// The names that the C library and Foundation both have, said once.
func log1pOf(_ x: Double) -> Double { log1p(x) }
func expOf(_ x: Double) -> Double { exp(x) }
