import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Live

/// Who waits for a slot, in which order, and until when (story 2.3.2).
struct QueuePage: Page {
  static let name = "queue"
  let title = "Training queue"
  let section = Section.queue
  let scripts = ["live.js"]
  struct Place: Sendable {
    var position, id, name, configuration, creator, starts, range: String
    var startsAt: Moment?
  }

  let places: [Place]
  let hasPlaces: Bool
  let slots: String

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("training-jobs/queue") { request, context in
      let view = await desk.runner.view
      return await desk.answer(
        QueuePage(QueueDocument(view, try await desk.advice.forecast(view)), view), request, context)
    }
  }

  init(_ queue: QueueDocument, _ view: LiveView) {
    places = queue.queue.map { place in
      Place(
        position: "\(place.position)", id: place.job.id, name: place.job.name,
        configuration: "\(Wording.capital(place.job.preset)), \(Wording.pricing(place.job.pricing))",
        creator: place.job.creator ?? Wording.nothing,
        starts: place.wait_s.map { "in \(Wording.duration($0.p50))" } ?? "not this month",
        range: place.wait_s.map { "8 in 10 between \(Wording.duration($0.p10)) and \(Wording.duration($0.p90))" } ?? "",
        startsAt: place.wait_s.flatMap { Moment(view.at + .seconds(Int64(min($0.p50, 1e9)))) })
    }
    hasPlaces = !places.isEmpty
    slots = "\(queue.slots_in_use) of \(queue.slots) slots are taken"
  }

  static let template = #"""
    <div class="head"><h1>{{title}}</h1><p class="lead">First in, first out. A manager can promote an urgent job to the front.</p></div>
    <section class="card" id="queue" data-live="15" aria-label="Queue"><p>{{slots}}.</p>
    {{#hasPlaces}}<div class="scroll" tabindex="0" role="region" aria-label="Table of the queue"><table><caption>Start times are estimates of the simulated rest of the month</caption>
    <thead><tr><th scope="col">Position</th><th scope="col">Job name</th><th scope="col">Configuration</th><th scope="col">Created by</th><th scope="col">Estimated start</th>{{#frame.isManager}}<th scope="col">Actions</th>{{/frame.isManager}}</tr></thead><tbody>
    {{#places}}<tr><td>{{position}}</td><th scope="row" class="wide-name"><a href="/dashboard/training-jobs/{{id}}">{{name}}</a></th><td>{{configuration}}</td><td>{{creator}}</td><td>{{starts}}{{#startsAt}}, {{>time}}{{/startsAt}}<br><span class="soft small">{{range}}</span></td>
    {{#frame.isManager}}<td><a href="/dashboard/training-jobs/{{id}}/do/promote">Promote</a></td>{{/frame.isManager}}</tr>{{/places}}
    </tbody></table></div>{{/hasPlaces}}
    {{^hasPlaces}}<div class="empty"><h2>Nobody waits</h2><p>A new job starts at once while a slot is free. {{#frame.canEdit}}<a href="/dashboard/training-jobs/new">Make one</a>{{/frame.canEdit}}</p></div>{{/hasPlaces}}
    </section>
    """#
}
