import DiscreteEvent
import Engine
import Foundation
import Journal
import Testing

@testable import Web

/// Curves of many steps: nobody waits for them, and what was read is not read again.
@Suite struct CurveShelfTests {
  private func measure(_ office: Office, _ steps: ClosedRange<Int>, loss: Double) throws {
    let rows = steps.map { step in
      var metric = Catalogue.Metric(step: step)
      metric.training_loss = loss
      if step % 1_000 == 0 { metric.validation_loss = loss }
      return metric
    }
    try office.runner.catalogue.record([.init(job: JobIndex(0), metrics: rows, message: nil, at: .zero)])
  }

  @Test func aLongCurveComesAfterItsPage() async throws {
    let office = try Office(limit: nil)
    _ = try await office.ask("POST", "/api/v1/jobs", Office.job("a long job"))
    try measure(office, 1...60_000, loss: 2)
    let page = "/dashboard/training-jobs/job-1"
    let first = try await office.ask("GET", page).text
    #expect(first.contains("The curve of 60,000 steps is being read.") && !first.contains("id=\"loss\""))
    // What its script asks for waits.
    let svg = try await office.ask("GET", page + "/curves.svg").text
    #expect(svg.hasPrefix("<svg") && svg.contains("Training loss"))
    let then = try await office.ask("GET", page).text
    #expect(then.contains("id=\"loss\"") && !then.contains("is being read"))
  }

  @Test func whatWasMeasuredAnewIsReadAnewAsLongAsTheJobGoesOn() async throws {
    let office = try Office(limit: nil)
    _ = try await office.ask("POST", "/api/v1/jobs", Office.job("a long job"))
    let shelf = CurveShelf(office.runner.catalogue, holds: .zero)
    try measure(office, 1...120_000, loss: 2)
    let view = await office.runner.view
    #expect(try await shelf.curvesAtOnce(of: JobIndex(0), last: 120_000, view) == nil)
    let curves = try await shelf.curves(of: JobIndex(0), view)
    #expect(curves.training.count == 120_000 && curves.validation.count == 120)
    #expect(curves.training.indices.allSatisfy { curves.training[$0].x == Double($0 + 1) })
    // After an interruption the steps since the last durable one are done again.
    try measure(office, 100_000...120_010, loss: 1)
    let again = try await shelf.curves(of: JobIndex(0), view)
    #expect(again.training.count == 120_010 && again.validation.count == 120)
    #expect(again.training[99_998].y == 2 && again.training[99_999].y == 1 && again.training[120_009].y == 1)
    // Once it is over only what is new is looked for.
    #expect(try await office.ask("POST", "/api/v1/jobs/1/cancel").status == 200)
    let over = await office.runner.view
    _ = try await shelf.curves(of: JobIndex(0), over)
    try measure(office, 1...10, loss: 9)
    try measure(office, 120_011...120_011, loss: 3)
    let last = try await shelf.curves(of: JobIndex(0), over)
    #expect(last.training.count == 120_011 && last.training[0].y == 2 && last.training[120_010].y == 3)
  }
}
