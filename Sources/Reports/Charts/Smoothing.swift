/// The exponential average, corrected for its start.
///
/// a(t) = w·a(t−1) + (1−w)·y(t) with a(0) = 0 leans to zero at first; divided by 1 − wᵗ, the weight that all measurements together have,
/// it doesn't (Kingma and Ba 2014, section 3, for the same average in Adam). What is no number changes nothing and stays a gap.
enum Smoothing {
  static func average(_ points: [ChartPoint], weight: Double) -> [ChartPoint] {
    var smooth: [ChartPoint] = []
    smooth.reserveCapacity(points.count)
    var average = 0.0
    var remaining = 1.0
    for point in points {
      if point.y.isFinite {
        average = weight * average + (1 - weight) * point.y
        remaining *= weight
        smooth.append(ChartPoint(point.x, average / (1 - remaining)))
      } else {
        smooth.append(ChartPoint(point.x, .nan))
      }
    }
    return smooth
  }
}
