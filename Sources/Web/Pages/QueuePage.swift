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

  /// Has a slot, and no GPU yet.
  struct Waiting: Sendable {
    var id, name, configuration, creator, statusText, status: String
    var since: Moment?
    var next: Moment?
  }

  let places: [Place]
  let waiting: [Waiting]
  let hasWaiting: Bool
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
    waiting = view.fleet.slots.filter { $0 != .none }.filter {
      [.admitted, .provisioning, .waitingForGPU, .awaitingDecision].contains(view.fleet[$0].phase)
    }.map { index in
      let job = JobDocument(view, index)
      return Waiting(
        id: job.id, name: job.name,
        configuration: "\(Wording.capital(job.preset)), \(Wording.pricing(job.pricing))",
        creator: job.creator ?? Wording.nothing, statusText: Wording.badge(job.status), status: job.status,
        since: Moment(view.fleet[index].attempts > 0 ? view.fleet[index].firstAttempt : view.fleet[index].admitted),
        next: job.status == "waiting_for_gpu" ? Moment(job.deadline) : nil)
    }
    hasWaiting = !waiting.isEmpty
    slots = "\(queue.slots_in_use) of \(queue.slots) slots are taken"
  }

  static let template = #"""
    <div class="head"><h1>{{title}}</h1><p class="lead">First in, first out. A manager can promote an urgent job to the front.</p></div>
    <section class="card" id="queue" data-live="15" aria-label="Queue"><p>{{slots}}.</p>
    {{#hasWaiting}}<h2>Waiting for a GPU</h2><div class="scroll" tabindex="0" role="region" aria-label="Table of jobs that wait for a GPU"><table><caption>They have a slot already, and ask for a GPU again and again</caption>
    <thead><tr><th scope="col">Job name</th><th scope="col">Status</th><th scope="col">Configuration</th><th scope="col">Created by</th><th scope="col">Since</th><th scope="col">Next try</th></tr></thead><tbody>
    {{#waiting}}<tr><th scope="row" class="wide-name"><a href="/dashboard/training-jobs/{{id}}">{{name}}</a></th><td>{{>badge}}</td><td>{{configuration}}</td><td>{{creator}}</td><td>{{#since}}{{>time}}{{/since}}</td><td>{{#next}}{{>time}}{{/next}}</td></tr>{{/waiting}}
    </tbody></table></div><h2>Waiting for a slot</h2>{{/hasWaiting}}
    {{#hasPlaces}}<div class="scroll" tabindex="0" role="region" aria-label="Table of the queue"><table><caption>Start times are estimates of the simulated rest of the month</caption>
    <thead><tr><th scope="col">Position</th><th scope="col">Job name</th><th scope="col">Configuration</th><th scope="col">Created by</th><th scope="col">Estimated start</th>{{#frame.isManager}}<th scope="col">Actions</th>{{/frame.isManager}}</tr></thead><tbody>
    {{#places}}<tr><td>{{position}}</td><th scope="row" class="wide-name"><a href="/dashboard/training-jobs/{{id}}">{{name}}</a></th><td>{{configuration}}</td><td>{{creator}}</td><td>{{starts}}{{#startsAt}}, {{>time}}{{/startsAt}}<br><span class="soft small">{{range}}</span></td>
    {{#frame.isManager}}<td><a href="/dashboard/training-jobs/{{id}}/do/promote">Promote</a></td>{{/frame.isManager}}</tr>{{/places}}
    </tbody></table></div>{{/hasPlaces}}
    {{^hasPlaces}}<div class="empty"><h2>Nobody waits</h2><p>A new job starts at once while a slot is free. {{#frame.canEdit}}<a href="/dashboard/training-jobs/new">Make one</a>{{/frame.canEdit}}</p></div>{{/hasPlaces}}
    </section>
    """#
}
