import Hummingbird
import Live

/// What the simulator says of the month, of waiting, of deadlines and of itself.
struct ForesightRoutes {
  let runner: LiveRunner
  let advice: WebServer.Advice

  func add(to router: RouterGroup<LiveContext>) {
    let foresight = advice.foresight
    router.get("forecast/what-if") { request, _ in
      let question = try WhatIfQuestion(
        FormFields(strict: request, Endpoint.Parameter.whatIf), runner.catalogue.presets())
      return try Reply.json(try await foresight.whatIf(await runner.view, question))
    }
    router.get("forecast/drivers") { _, _ in try Reply.json(try await foresight.drivers(await runner.view)) }
    router.get("capacity") { _, _ in try Reply.json(try await foresight.capacity(await runner.view)) }
    router.get("capacity/plan") { request, _ in
      let question = try DeadlineQuestion(
        FormFields(strict: request, Endpoint.Parameter.deadline), runner.catalogue.presets())
      return try Reply.json(try await foresight.plan(await runner.view, question))
    }
    router.get("accuracy") { _, _ in try Reply.json(try await foresight.accuracy(await runner.view)) }
  }
}
