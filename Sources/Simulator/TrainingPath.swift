import DiscreteEvent

#if canImport(Glibc)
  import Glibc
#endif

/// Training on one lease, from the step it begins with to the last: when it ends, and what is durable when the lease is cut short.
///
/// A checkpoint is taken at each multiple of `every`, and none after the last step. Where steps are normal, their sum is drawn
/// as one number up to the last checkpoint and one from there; only where the lease ends in between are the times of single
/// checkpoints drawn, given their neighbours (a Brownian bridge: exact).
struct TrainingPath {
  let from: Int32
  let steps: Int32
  let every: Int32
  /// How many checkpoints the whole training takes, from its first step.
  let all: Int32
  let start: Instant
  /// Mean seconds a step.
  let pace: Double
  /// The pair of block n is for step n.
  var stream: RandomStream

  /// How many checkpoints lie before the first step of this lease.
  private var past: Int32 { from == 0 ? 0 : from / every }

  /// Training as it goes where nothing comes in between.
  struct Course: BitwiseCopyable {
    /// Whether it is drawn as a whole; else chunk by chunk, see ``TrainingPath/train(_:_:_:)``.
    var isDrawn = true
    /// Checkpoints still to come, the step of the last one, seconds of training up to it, and when it is saved.
    var checkpoints: Int32 = 0
    var last: Int32 = 0
    var head = 0.0
    var saved: Instant
    var end: Instant

    init(end: Instant) {
      saved = end
      self.end = end
    }
  }

  @inline(__always)
  func course(_ checkpoint: Span, _ world: CompiledWorld, _ u: (Double, Double)) -> Course {
    var course = Course(end: .distantFuture)
    let sd = world.stepCV * pace
    // Where a chunk might come out negative it is drawn on its own and cut off at zero.
    if world.hasStepLaw || sd * sd > 0.0225 * pace * pace * Double(min(every, steps - from)) {
      course.isDrawn = false
      return course
    }
    // Checkpoints still to come: at multiples of `every` in (from, steps).
    course.checkpoints = max(0, all &- past)
    course.last = course.checkpoints > 0 ? all &* every : from
    course.head = pace * Double(course.last - from)
    var tail = pace * Double(steps - course.last)
    if sd > 0 {
      if course.checkpoints > 0 {
        course.head += sd * Double(course.last - from).squareRoot() * world.normal.quantile(u.0)
      }
      tail += sd * Double(steps - course.last).squareRoot() * world.normal.quantile(u.1)
    }
    course.saved = start + Span(seconds: course.head) + checkpoint * Int64(course.checkpoints)
    course.end = course.saved + Span(seconds: tail)
    return course
  }

  /// Goes through training, notes what is durable by the plan's stop, and returns when training ends.
  @inline(__always)
  func train(_ plan: inout LeasePlan, _ world: CompiledWorld, _ course: Course) -> Instant {
    if !course.isDrawn { return stepByStep(&plan, world, world.stepLaw) }
    if course.checkpoints > 0 {
      if course.saved + plan.upload <= plan.stop {
        plan.keep(course.last, through: course.saved, checkpoints: course.checkpoints)
      } else {
        bisect(&plan, world, world.stepCV * pace, course.checkpoints, course.head)
      }
    }
    if plan.end == .capped {
      plan.note(
        stopped: plan.facts.durableStep, plan.facts.keptThrough, start, from, pace, steps, before: course.end)
    }
    return course.end
  }

  /// Finds the last checkpoint that is durable by the stop, knowing that number `checkpoints` after `head` seconds is not.
  @inline(never)
  private func bisect(
    _ plan: inout LeasePlan, _ world: CompiledWorld, _ sd: Double, _ checkpoints: Int32, _ head: Double
  ) {
    // Seconds of training, checkpoints apart, that fit before the stop if nothing were saved.
    let room = (plan.stop - start - plan.upload).seconds
    let blocking = plan.checkpoint.seconds
    let passed = past &* every
    // The step of the checkpoint `c`, counted from 1.
    func step(_ c: Int32) -> Int32 { passed &+ c &* every }
    var (low, lowAt) = (Int32(0), 0.0)
    var (high, highAt) = (checkpoints, head)
    // Where the stop falls at the mean pace: nearly always the way that the halves will go. Along it the random numbers of all
    // halves are computed side by side; whoever waited for one half before the next would wait three times as long.
    let expected = room / (head / Double(checkpoints) + blocking)
    var likely = expected > 0 ? Int32(min(expected, Double(checkpoints))) : 0
    while high - low > 1 {
      // The same halves whatever the stop, so that the same luck is the same path.
      let middle = (low + high) / 2
      let (before, after) = (low == 0 ? from : step(low), step(high))
      let (left, right) = (Double(step(middle) - before), Double(after - step(middle)))
      let z = sd > 0 ? world.normal.quantile(stream.pair(UInt64(step(middle))).0) : 0
      let at = lowAt + (highAt - lowAt) * left / (left + right) + sd * (left * right / (left + right)).squareRoot() * z
      let isBefore = at + Double(middle) * blocking <= room
      // Not the expected way: from here on the other one is.
      if _slowPath(isBefore != (likely >= middle)) { likely = isBefore ? middle : middle - 1 }
      if likely >= middle {
        (low, lowAt) = (middle, at)
      } else {
        (high, highAt) = (middle, at)
      }
    }
    if low > 0 {
      plan.keep(step(low), through: start + Span(seconds: lowAt) + plan.checkpoint * Int64(low), checkpoints: low)
    }
  }

  /// Chunk by chunk, for steps of any law; see <doc:Simulator> for what is exact.
  @inline(never)
  private func stepByStep(_ plan: inout LeasePlan, _ world: CompiledWorld, _ law: Sampler?) -> Instant {
    var stream = stream
    var step = from
    var clock = start
    var checkpoints: Int32 = 0
    while step < steps {
      let next = min(steps, (step / every + 1) * every)
      clock = clock + chunk(Int(next - step), world, law, &stream)
      step = next
      guard step < steps else { break }
      clock = clock + plan.checkpoint
      checkpoints += 1
      if clock + plan.upload <= plan.stop { plan.keep(step, through: clock, checkpoints: checkpoints) }
      // Nothing after the stop can happen.
      if clock > plan.stop { break }
    }
    let end = step == steps ? clock : .distantFuture
    if plan.end == .capped {
      plan.note(stopped: plan.facts.durableStep, plan.facts.keptThrough, start, from, pace, steps, before: end)
    }
    return end
  }

  /// Each checkpoint that the plan keeps: its step, and when training goes on after it. For who keeps what happened; the same numbers
  /// as in ``train(_:_:_:)``.
  func checkpoints(_ plan: LeasePlan, _ world: CompiledWorld, _ course: Course) -> [(step: Int32, through: Instant)] {
    let kept = plan.facts.durableStep
    guard kept > from else { return [] }
    guard course.isDrawn else { return stepByStep(plan, world, upTo: kept) }
    let (passed, sd) = (past &* every, world.stepCV * pace)
    var at = [Double](repeating: 0, count: Int(course.checkpoints) + 1)
    at[Int(course.checkpoints)] = course.head
    var halves = [(Int32(0), course.checkpoints)]
    while let (low, high) = halves.popLast() {
      guard high - low > 1 else { continue }
      let middle = (low + high) / 2
      let (before, after) = (low == 0 ? from : passed &+ low &* every, passed &+ high &* every)
      let step = passed &+ middle &* every
      let (left, right) = (Double(step - before), Double(after - step))
      let z = sd > 0 ? world.normal.quantile(stream.pair(UInt64(step)).0) : 0
      let (a, b) = (at[Int(low)], at[Int(high)])
      at[Int(middle)] = a + (b - a) * left / (left + right) + sd * (left * right / (left + right)).squareRoot() * z
      halves += [(low, middle), (middle, high)]
    }
    return at.indices.dropFirst().compactMap { c in
      let step = passed &+ Int32(c) &* every
      guard step <= kept else { return nil }
      return (step, start + Span(seconds: at[c]) + plan.checkpoint * Int64(c))
    }
  }

  private func stepByStep(
    _ plan: LeasePlan, _ world: CompiledWorld, upTo kept: Int32
  ) -> [(step: Int32, through: Instant)] {
    var (stream, step, clock) = (stream, from, start)
    var result: [(step: Int32, through: Instant)] = []
    while step < kept {
      let next = min(steps, (step / every + 1) * every)
      clock = clock + chunk(Int(next - step), world, world.stepLaw, &stream) + plan.checkpoint
      step = next
      result.append((step, clock))
    }
    return result
  }

  private func chunk(_ n: Int, _ world: CompiledWorld, _ law: Sampler?, _ stream: inout RandomStream) -> Span {
    if let law, n <= world.stepLimit {
      var sum = 0.0
      for _ in 0..<n { sum += max(0, law.quantile(stream.uniform())) }
      return Span(seconds: sum)
    }
    if let (shape, scale) = world.stepGamma {
      return Span(seconds: scale * gamma(shape * Double(n), world, &stream))
    }
    let mean = law.map { $0.law.mean } ?? pace
    let sd = law.map { $0.law.variance.squareRoot() } ?? world.stepCV * pace
    let sum = mean * Double(n) + sd * Double(n).squareRoot() * world.normal.quantile(stream.uniform())
    return Span(seconds: max(0, sum))
  }

  /// A gamma variable of this shape and scale 1, by rejection: exact (Marsaglia and Tsang, ACM TOMS 26, 2000).
  private func gamma(_ shape: Double, _ world: CompiledWorld, _ stream: inout RandomStream) -> Double {
    guard shape >= 1 else {
      let u = stream.uniform()
      return gamma(shape + 1, world, &stream) * pow(u, 1 / shape)
    }
    let d = shape - 1 / 3.0
    while true {
      let x = world.normal.quantile(stream.uniform())
      let root = 1 + x / (9 * d).squareRoot()
      guard root > 0 else { continue }
      let v = root * root * root
      if log(stream.uniform()) < 0.5 * x * x + d * (1 - v + log(v)) { return d * v }
    }
  }
}

extension TrainingPath {
  init(from: Int32, steps: Int32, every: Int32, start: Instant, pace: Double, stream: RandomStream) {
    let all = max(0, (steps - 1) / every)
    self.init(from: from, steps: steps, every: every, all: all, start: start, pace: pace, stream: stream)
  }
}

extension LeasePlan {
  @inline(__always)
  fileprivate mutating func keep(_ step: Int32, through: Instant, checkpoints: Int32) {
    facts.durableStep = step
    facts.keptThrough = through
    facts.blocked = checkpoint * Int64(checkpoints)
    facts.durableAt = through + upload
  }

  /// How far training has come by the stop: at its mean pace from the last checkpoint that is durable.
  fileprivate mutating func note(
    stopped durable: Int32, _ kept: Instant, _ start: Instant, _ from: Int32, _ pace: Double, _ steps: Int32,
    before end: Instant
  ) {
    guard stop < end else { return }
    let known = facts.blocked > .zero || kept > start
    let since = (stop - (known ? kept : start)).seconds
    let done = Double(known ? durable : from) + (pace > 0 ? since / pace : 0)
    stoppedStep = Int32(min(Double(steps - 1), done))
  }
}
