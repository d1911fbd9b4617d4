import CGSL

/// Finds the maximum of a log-likelihood in one or two unconstrained parameters.
///
/// GSL's Nelder–Mead simplex brings the search near; Newton's method with exact derivatives and a ridge where the
/// Hessian is not negative definite finishes it. A refit that starts near its answer skips the simplex.
struct Maximiser {
  struct Maximum {
    var theta: (Double, Double)
    var jet: Jet
  }

  let dimension: Int
  let function: ((Double, Double)) -> Jet

  /// The maximum, or nil when there is none in the interior (|θ| grows without limit).
  func maximum(from start: (Double, Double), near: Bool) -> Maximum? {
    if near, let found = newton(from: start) { return found }
    return newton(from: simplex(from: start)) ?? newton(from: start)
  }

  private func newton(from start: (Double, Double)) -> Maximum? {
    var theta = start
    var jet = function(theta)
    guard jet.v.isFinite else { return nil }
    for _ in 0..<100 {
      guard let step = step(jet) else { return nil }
      let gain = step.0 * jet.d0 + step.1 * jet.d1
      // Newton's decrement is twice the gain still to be had, in units of log-likelihood.
      if gain < 1e-12 * max(1, abs(jet.v)) * 1e-3 || gain < 1e-13 { return finish(theta, jet) }
      var length = 1.0
      var next = theta
      var trial = jet
      repeat {
        next = (theta.0 + length * step.0, theta.1 + length * step.1)
        trial = function(next)
        if trial.v.isFinite, trial.v >= jet.v + 1e-4 * length * gain { break }
        length /= 2
      } while length > 1e-9
      if length <= 1e-9 { return gain < 1e-7 ? finish(theta, jet) : nil }
      theta = next
      jet = trial
      if max(abs(theta.0), abs(theta.1)) > 60 { return nil }
    }
    return nil
  }

  /// Only a proper interior maximum counts: a negative definite Hessian.
  private func finish(_ theta: (Double, Double), _ jet: Jet) -> Maximum? {
    let definite = dimension == 1 ? jet.h00 < 0 : jet.h00 < 0 && jet.h00 * jet.h11 - jet.h01 * jet.h01 > 0
    return definite ? Maximum(theta: theta, jet: jet) : nil
  }

  /// The ascent step −(H − ridge)⁻¹ g, no longer than 2 in any parameter.
  private func step(_ jet: Jet) -> (Double, Double)? {
    var result: (Double, Double)
    if dimension == 1 {
      result = (jet.d0 / max(-jet.h00, 1e-12 * (1 + abs(jet.d0))), 0)
    } else {
      var a = -jet.h00
      let b = -jet.h01
      var c = -jet.h11
      let smallest = (a + c) / 2 - (((a - c) / 2) * ((a - c) / 2) + b * b).squareRoot()
      let floor = 1e-10 * (abs(a) + abs(c)) + 1e-300
      if smallest < floor {
        let ridge = floor - smallest + 1e-3 * (abs(a) + abs(b) + abs(c))
        a += ridge
        c += ridge
      }
      let determinant = a * c - b * b
      result = ((c * jet.d0 - b * jet.d1) / determinant, (a * jet.d1 - b * jet.d0) / determinant)
    }
    guard result.0.isFinite, result.1.isFinite else { return nil }
    let longest = max(abs(result.0), abs(result.1))
    return longest > 2 ? (result.0 * 2 / longest, result.1 * 2 / longest) : result
  }

  private final class Box {
    let function: (Double, Double) -> Double
    init(_ function: @escaping (Double, Double) -> Double) { self.function = function }
  }

  private func simplex(from start: (Double, Double)) -> (Double, Double) {
    _ = SpecialFunctions.handlerIsOff
    let box = Box { [function, dimension] a, b in
      let v = -function((a, dimension > 1 ? b : 0)).v
      return v.isFinite ? v : 1e300
    }
    guard let minimiser = gsl_multimin_fminimizer_alloc(cgsl_nmsimplex2(), dimension),
      let x = gsl_vector_alloc(dimension), let size = gsl_vector_alloc(dimension)
    else { return start }
    defer {
      gsl_multimin_fminimizer_free(minimiser)
      gsl_vector_free(x)
      gsl_vector_free(size)
    }
    gsl_vector_set(x, 0, start.0)
    if dimension > 1 { gsl_vector_set(x, 1, start.1) }
    gsl_vector_set_all(size, 0.5)
    return withExtendedLifetime(box) {
      var target = gsl_multimin_function(
        f: { vector, context in
          guard let vector, let context else { return 1e300 }
          let box = Unmanaged<Box>.fromOpaque(context).takeUnretainedValue()
          return box.function(gsl_vector_get(vector, 0), vector.pointee.size > 1 ? gsl_vector_get(vector, 1) : 0)
        }, n: dimension, params: Unmanaged.passUnretained(box).toOpaque())
      return withUnsafeMutablePointer(to: &target) { target in
        guard gsl_multimin_fminimizer_set(minimiser, target, x, size) == 0 else { return start }
        for _ in 0..<200 {
          guard gsl_multimin_fminimizer_iterate(minimiser) == 0 else { break }
          if gsl_multimin_test_size(gsl_multimin_fminimizer_size(minimiser), 1e-2) == 0 { break }
        }
        guard let best = gsl_multimin_fminimizer_x(minimiser) else { return start }
        return (gsl_vector_get(best, 0), dimension > 1 ? gsl_vector_get(best, 1) : 0)
      }
    }
  }
}
