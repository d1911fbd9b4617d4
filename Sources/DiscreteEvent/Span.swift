/// A length of time in whole microseconds; negative where a difference is.
@frozen
public struct Span: Hashable, Comparable, Sendable, BitwiseCopyable, Codable {
  /// The length in microseconds.
  public var microseconds: Int64

  @inlinable public init(microseconds: Int64) { self.microseconds = microseconds }

  /// The span nearest to `seconds`; a sample is quantised here, when it enters integer time.
  ///
  /// Values beyond ±292,000 years, and NaN, saturate instead of trapping.
  @inlinable @inline(__always) public init(seconds: Double) {
    let us = seconds * 1_000_000
    // Adding this makes the hardware round to the nearest integer, which is then in the low bits. Ties go to the even one.
    microseconds =
      abs(us) < 0x1p51 ? Int64(bitPattern: (us + 0x1.8p52).bitPattern) &- 0x4338_0000_0000_0000 : Span.saturated(us)
  }

  @usableFromInline static func saturated(_ us: Double) -> Int64 {
    if us >= 9.2e18 || us != us { return .max }
    return us <= -9.2e18 ? .min : Int64(us.rounded(.toNearestOrEven))
  }

  @inlinable public static var zero: Span { Span(microseconds: 0) }
  @inlinable public static func seconds(_ s: Int64) -> Span { Span(microseconds: s * 1_000_000) }
  @inlinable public static func minutes(_ m: Int64) -> Span { Span(microseconds: m * 60_000_000) }
  @inlinable public static func hours(_ h: Int64) -> Span { Span(microseconds: h * 3_600_000_000) }
  @inlinable public static func days(_ d: Int64) -> Span { Span(microseconds: d * 86_400_000_000) }

  /// The length in seconds.
  @inlinable public var seconds: Double { Double(microseconds) / 1_000_000 }
  /// The length in hours.
  @inlinable public var hours: Double { Double(microseconds) / 3_600_000_000 }

  @inlinable public static func < (a: Span, b: Span) -> Bool { a.microseconds < b.microseconds }
  @inlinable public static func + (a: Span, b: Span) -> Span { Span(microseconds: a.microseconds &+ b.microseconds) }
  @inlinable public static func - (a: Span, b: Span) -> Span { Span(microseconds: a.microseconds &- b.microseconds) }
  @inlinable public static func += (a: inout Span, b: Span) { a.microseconds &+= b.microseconds }
  @inlinable public static func * (a: Span, b: Int64) -> Span { Span(microseconds: a.microseconds &* b) }
}
