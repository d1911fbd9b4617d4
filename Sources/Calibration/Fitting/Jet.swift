import CGSL

/// A function of two parameters at a point: its value, gradient and Hessian (second-order forward differentiation).
struct Jet {
  var v: Double
  var d0 = 0.0
  var d1 = 0.0
  var h00 = 0.0
  var h01 = 0.0
  var h11 = 0.0

  init(_ v: Double) { self.v = v }

  private init(_ v: Double, _ d0: Double, _ d1: Double, _ h00: Double, _ h01: Double, _ h11: Double) {
    (self.v, self.d0, self.d1, self.h00, self.h01, self.h11) = (v, d0, d1, h00, h01, h11)
  }

  /// The parameter itself: `index` 0 or 1.
  static func parameter(_ v: Double, index: Int) -> Jet { Jet(v, index == 0 ? 1 : 0, index == 1 ? 1 : 0, 0, 0, 0) }

  /// `f(self)`, given the value and the first two derivatives of `f` there.
  func apply(_ f: Double, _ f1: Double, _ f2: Double) -> Jet {
    Jet(
      f, f1 * d0, f1 * d1, f1 * h00 + f2 * d0 * d0, f1 * h01 + f2 * d0 * d1, f1 * h11 + f2 * d1 * d1)
  }

  /// `f(x, y)`, given the value and the partial derivatives of `f` there.
  static func apply(
    _ f: Double, _ fx: Double, _ fy: Double, _ fxx: Double, _ fxy: Double, _ fyy: Double, x: Jet, y: Jet
  ) -> Jet {
    func second(_ hx: Double, _ hy: Double, _ xi: Double, _ yi: Double, _ xj: Double, _ yj: Double) -> Double {
      fx * hx + fy * hy + fxx * xi * xj + fxy * (xi * yj + xj * yi) + fyy * yi * yj
    }
    return Jet(
      f, fx * x.d0 + fy * y.d0, fx * x.d1 + fy * y.d1,
      second(x.h00, y.h00, x.d0, y.d0, x.d0, y.d0), second(x.h01, y.h01, x.d0, y.d0, x.d1, y.d1),
      second(x.h11, y.h11, x.d1, y.d1, x.d1, y.d1))
  }

  static func + (a: Jet, b: Jet) -> Jet {
    Jet(a.v + b.v, a.d0 + b.d0, a.d1 + b.d1, a.h00 + b.h00, a.h01 + b.h01, a.h11 + b.h11)
  }
  static func - (a: Jet, b: Jet) -> Jet {
    Jet(a.v - b.v, a.d0 - b.d0, a.d1 - b.d1, a.h00 - b.h00, a.h01 - b.h01, a.h11 - b.h11)
  }
  static func * (a: Jet, b: Jet) -> Jet { apply(a.v * b.v, b.v, a.v, 0, 1, 0, x: a, y: b) }
  static func * (a: Double, b: Jet) -> Jet { Jet(a * b.v, a * b.d0, a * b.d1, a * b.h00, a * b.h01, a * b.h11) }
  static func + (a: Jet, b: Double) -> Jet { Jet(a.v + b, a.d0, a.d1, a.h00, a.h01, a.h11) }
  static func - (a: Jet, b: Double) -> Jet { a + -b }
  static func - (a: Double, b: Jet) -> Jet { -b + a }
  static prefix func - (a: Jet) -> Jet { -1 * a }
  static func += (a: inout Jet, b: Jet) { a = a + b }
  static func -= (a: inout Jet, b: Jet) { a = a - b }

  /// `exp(self)`.
  var exponential: Jet {
    let e = exp(v)
    return apply(e, e, e)
  }

  /// `log(1 − exp(self))` for a negative value, without loss near 0.
  var logOneMinusExp: Jet {
    let e = -expm1(v)
    let r = (1 - e) / e
    return apply(log(e), -r, -r / e)
  }
}
