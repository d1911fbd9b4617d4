import CGSL

/// Several numbers that are known together: a multivariate normal law.
public struct NormalBlock: Hashable, Sendable, Codable {
  public var mean: [Double]
  /// The lower triangle L of the covariance L Lᵀ, row by row, zeros above.
  public var factor: [Double]

  public var count: Int { mean.count }

  private enum CodingKeys: CodingKey { case mean, factor }

  /// - Throws: `DecodingError` where the factor is not as many rows as there are numbers.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    mean = try values.decode([Double].self, forKey: .mean)
    factor = try values.decode([Double].self, forKey: .factor)
    guard factor.count == mean.count * mean.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .factor, in: values, debugDescription: "\(mean.count) numbers have \(mean.count * mean.count) factors")
    }
  }

  /// Independent numbers.
  init(mean: [Double], sd: [Double]) {
    self.mean = mean
    factor = Array(repeating: 0, count: mean.count * mean.count)
    for i in mean.indices { factor[i * mean.count + i] = sd[i] }
  }

  /// - Parameter precision: the inverse covariance, row by row. nil where it is not positive definite.
  init?(mean: [Double], precision: [Double]) {
    guard let covariance = SmallMatrix.inverse(precision, mean.count),
      let factor = SmallMatrix.cholesky(covariance, mean.count)
    else { return nil }
    self.mean = mean
    self.factor = factor
  }

  /// nil where the covariance is not positive definite.
  init?(mean: [Double], covariance: [Double]) {
    guard let factor = SmallMatrix.cholesky(covariance, mean.count) else { return nil }
    self.mean = mean
    self.factor = factor
  }

  /// The standard deviation of one of the numbers.
  public func sd(_ i: Int) -> Double {
    var sum = 0.0
    for j in 0...i { sum += factor[i * count + j] * factor[i * count + j] }
    return sum.squareRoot()
  }

  func draw(_ strata: inout Strata) -> [Double] {
    let n = count
    var z = [Double](repeating: 0, count: n)
    for i in 0..<n { z[i] = strata.normal() }
    var x = mean
    for i in 0..<n {
      for j in 0...i { x[i] += factor[i * n + j] * z[j] }
    }
    return x
  }
}

/// Symmetric positive definite matrices of a few dozen rows, row by row; GSL does the work.
enum SmallMatrix {
  /// The lower factor L of A = L Lᵀ, zeros above the diagonal; nil where A is not positive definite.
  static func cholesky(_ a: [Double], _ n: Int) -> [Double]? {
    // GSL believes the caller.
    precondition(a.count == n * n, "a square matrix has as many rows as columns")
    _ = SpecialFunctions.handlerIsOff
    var l = a
    let status = l.withUnsafeMutableBufferPointer { buffer -> Int32 in
      guard let base = buffer.baseAddress else { return -1 }
      var view = gsl_matrix_view_array(base, n, n)
      return gsl_linalg_cholesky_decomp1(&view.matrix)
    }
    guard status == 0 else { return nil }
    for i in 0..<n {
      for j in (i + 1)..<max(n, i + 1) { l[i * n + j] = 0 }
    }
    return l
  }

  /// A⁻¹, or nil where A is not positive definite.
  static func inverse(_ a: [Double], _ n: Int) -> [Double]? {
    guard var l = cholesky(a, n) else { return nil }
    let status = l.withUnsafeMutableBufferPointer { buffer -> Int32 in
      guard let base = buffer.baseAddress else { return -1 }
      var view = gsl_matrix_view_array(base, n, n)
      return gsl_linalg_cholesky_invert(&view.matrix)
    }
    return status == 0 ? l : nil
  }

  /// log det A and A⁻¹ b, or nil where A is not positive definite.
  static func solve(_ a: [Double], _ b: [Double]) -> (x: [Double], logDeterminant: Double)? {
    let n = b.count
    guard let l = cholesky(a, n) else { return nil }
    var x = b
    var logDeterminant = 0.0
    for i in 0..<n {
      for j in 0..<i { x[i] -= l[i * n + j] * x[j] }
      x[i] /= l[i * n + i]
      logDeterminant += 2 * log(l[i * n + i])
    }
    for i in stride(from: n - 1, through: 0, by: -1) {
      for j in (i + 1)..<max(n, i + 1) { x[i] -= l[j * n + i] * x[j] }
      x[i] /= l[i * n + i]
    }
    return (x, logDeterminant)
  }
}
