import Journal

extension Endpoint {
  static let filters: [Parameter] = [
    .word("status", "A phase; `active`: has a slot; `over`: has ended.", JobQuery.statuses),
    .text("creator", "Who made it."),
    .text("client", "For whom."), .text("project", "For what."), .text("preset", "The preset's name."),
    .word("pricing", "How its pods are paid for.", ["spot", "on_demand"]), .text("tag", "One of its tags."),
    .text("training_file", "The id of its training file."),
    .text("search", "A part of its name, notes, tags, client, project or file."),
    .number("cost_from", "US dollars at least."), .number("cost_to", "US dollars at most."),
    .time("from", "Submitted then or later."), .time("until", "Submitted before."),
    .word("hidden", "Those that lists leave out: `no`, `only` they, or `all`.", JobQuery.hiddenWords),
    .word("sort", "What the order goes by.", JobQuery.sorts),
    .word("order", "Which end comes first.", ["ascending", "descending"]),
    .count("offset", "How many to leave out; a cursor does not slip when a job is added."),
  ]

  static let jobs: [Endpoint] =
    [
      Endpoint(
        method: .get, path: "jobs", about: "Jobs that a question finds, the newest first", role: .viewer,
        query: filters + Parameter.page, answer: JobList.self, refusals: [404]),
      Endpoint(
        method: .post, path: "jobs", about: "Makes a job", role: .engineer, body: .json(NewJob.self),
        answer: JobDocument.self, status: 201, refusals: [404]),
      Endpoint(
        method: .post, path: "quotes", about: "What a job would cost, and whether the budget holds it", role: .viewer,
        body: .json(NewJob.self), answer: QuoteDocument.self, refusals: [404]),
      Endpoint(
        method: .get, path: "queue", about: "Who waits, in which order, and until when", role: .viewer,
        answer: QueueDocument.self),
      Endpoint(
        method: .get, path: "jobs/{id}", about: "A job, with what is still to come of it", role: .viewer,
        answer: JobDocument.self),
      Endpoint(
        method: .get, path: "jobs/{id}/events", about: "What happened to a job, and what its workers said",
        role: .viewer,
        query: Parameter.page, answer: EventList.self),
      Endpoint(
        method: .get, path: "jobs/{id}/metrics", about: "What its workers measured, by step", role: .viewer,
        query: [.count("from", "The first step.")] + Parameter.page, answer: MetricList.self),
      Endpoint(
        method: .get, path: "jobs/{id}/fixes", about: "What may keep a failed job from failing again", role: .viewer,
        answer: FixList.self),
      Endpoint(
        method: .post, path: "jobs/{id}/notes", about: "Notes something down about a job", role: .engineer,
        body: .json(NewNote.self), answer: [Catalogue.Note].self, status: 201),
    ]
    + JobDeed.all.map { deed in
      Endpoint(
        method: .post, path: "jobs/{id}/\(deed.name)", about: deed.about, role: deed.role,
        body: deed.needsReason ? .json(NeededReason.self) : .optional(Reason.self), answer: JobDocument.self)
    }
}
