// A stand-in until the kernel's statistics are merged.
public struct Tally: Sendable {
  public init() {}
  public private(set) var count = 0
  public private(set) var mean = 0.0
  var m2 = 0.0
  public mutating func add(_ x: Double) {
    count += 1
    let d = x - mean
    mean += d / Double(count)
    m2 += d * (x - mean)
  }
  public var variance: Double { count > 1 ? m2 / Double(count - 1) : 0 }
  public var halfWidth95: Double { 1.96 * (variance / Double(max(1, count))).squareRoot() }
  public mutating func merge(_ o: Tally) {
    if o.count == 0 { return }
    let n = Double(count + o.count)
    let d = o.mean - mean
    m2 += o.m2 + d * d * Double(count) * Double(o.count) / n
    mean += d * Double(o.count) / n
    count += o.count
  }
}
public struct Quantiles: Sendable {
  public init() {}
  var v: [Double] = []
  public mutating func add(_ x: Double) { v.append(x) }
  public func quantile(_ p: Double) -> Double { v.sorted()[min(v.count - 1, Int(p * Double(v.count)))] }
  public mutating func merge(_ o: Quantiles) { v += o.v }
}
