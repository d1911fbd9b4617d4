import Journal

extension Endpoint {
  static let money: [Endpoint] = [
    Endpoint(
      method: .get, path: "budget", about: "The limit, and what stands against it", role: .viewer,
      answer: BudgetDocument.self),
    Endpoint(
      method: .put, path: "budget", about: "Sets the limit, or takes it away", role: .manager, query: [.ifMatch],
      body: .json(NewLimit.self), answer: BudgetDocument.self, refusals: [409, 412]),
    Endpoint(
      method: .get, path: "budget/limit", about: "The limit alone; its ETag is what If-Match of a PUT is held against",
      role: .viewer, answer: LimitDocument.self),
    Endpoint(
      method: .get, path: "budget/allocations", about: "Parts of the budget: limits of some clients' or tags' jobs",
      role: .viewer, answer: AllocationList.self),
    Endpoint(
      method: .put, path: "budget/allocations", about: "Makes a part of the budget, or changes the one of that name",
      role: .manager, body: .json(NewAllocation.self), answer: AllocationList.self, refusals: [409, 422]),
    Endpoint(
      method: .delete, path: "budget/allocations/{number}", about: "Closes one: no new job is charged to it",
      role: .manager, answer: AllocationList.self, refusals: [409]),
    Endpoint(
      method: .get, path: "forecast", about: "What the month will come to", role: .viewer, answer: ForecastDocument.self
    ),
    Endpoint(
      method: .get, path: "approvals", about: "Limits that were asked for", role: .viewer, answer: ApprovalList.self),
    Endpoint(
      method: .post, path: "approvals", about: "Asks a manager for a limit", role: .engineer,
      body: .json(NewApproval.self), answer: ApprovalDocument.self, status: 201),
    Endpoint(
      method: .post, path: "approvals/{number}/approve", about: "Sets the limit that was asked for", role: .manager,
      body: .optional(Reason.self), answer: ApprovalDocument.self),
    Endpoint(
      method: .post, path: "approvals/{number}/reject", about: "Turns it down", role: .manager,
      body: .optional(Reason.self), answer: ApprovalDocument.self),
  ]

  static let team: [Endpoint] = [
    Endpoint(
      method: .get, path: "me", about: "Who asks", role: .viewer, answer: Catalogue.Person.self),
    Endpoint(
      method: .put, path: "me/password", about: "Changes one's own password", role: .viewer,
      body: .json(NewPassword.self), answer: SessionList.self, refusals: [403, 429]),
    Endpoint(
      method: .get, path: "sessions", about: "Who is signed in: a manager sees everybody", role: .viewer,
      answer: SessionList.self),
    Endpoint(
      method: .delete, path: "sessions", about: "Ends all of one's own sessions but the one that asks", role: .viewer,
      answer: SessionList.self),
    Endpoint(
      method: .get, path: "rates", about: "What pods cost, each with its source and its day, and whether there is spot",
      role: .viewer, answer: RateList.self),
    Endpoint(
      method: .delete, path: "sessions/{id}", about: "Ends a session", role: .viewer, answer: SessionList.self),
    Endpoint(
      method: .get, path: "people", about: "People, and the names of their tokens", role: .viewer, answer: Team.self),
    Endpoint(
      method: .post, path: "people", about: "Adds a person, or gives one another role", role: .manager,
      body: .json(Catalogue.Person.self), answer: Catalogue.Person.self, status: 201),
    Endpoint(
      method: .delete, path: "people/{name}", about: "Takes everything from a person that lets in", role: .manager,
      answer: Team.self),
    Endpoint(
      method: .post, path: "people/{name}/links", about: "Makes a link that gives a person a password, once",
      role: .manager, answer: NewLink.self, status: 201),
    Endpoint(
      method: .post, path: "people/{name}/tokens", about: "Makes a token, shown once", role: .manager,
      body: .optional(Reason.self), answer: NewToken.self, status: 201),
    Endpoint(
      method: .delete, path: "tokens/{id}", about: "Takes a token away", role: .manager, answer: Team.self),
    Endpoint(
      method: .get, path: "files", about: "Training files", role: .viewer, answer: FileList.self),
    Endpoint(
      method: .post, path: "files", about: "Keeps a training file, or says where its first defect is", role: .engineer,
      query: [
        .init(
          name: "name", about: "What it is called.",
          schema: ["type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^/]*$"])
      ], body: .bytes, answer: Catalogue.FileRecord.self, status: 201, refusals: [507]),
    Endpoint(
      method: .get, path: "templates", about: "Templates that one may see", role: .viewer, answer: TemplateList.self),
    Endpoint(
      method: .post, path: "templates", about: "Keeps a template", role: .engineer, body: .json(NewTemplate.self),
      answer: TemplateDocument.self, status: 201),
    Endpoint(
      method: .delete, path: "templates/{name}", about: "Takes a template away", role: .engineer,
      answer: TemplateList.self),
    Endpoint(
      method: .get, path: "audit", about: "What people did, the newest first", role: .viewer,
      query: [
        .text("action", "How the action begins: `budget.`"), .text("subject", "What it was done to: `job-7`."),
      ] + Parameter.page, answer: AuditLog.self, refusals: [404]),
    Endpoint(
      method: .post, path: "store/confirm", about: "Says that this copy of the store is the one that lives",
      role: .manager, answer: HealthDocument.self),
  ]

  static let live: [Endpoint] = [
    Endpoint(
      method: .get, path: "openapi.json", about: "This document", role: .viewer, answer: nil),
    Endpoint(
      method: .get, path: "stream", about: "What changes, as it changes: server-sent events `job`, `metrics`, `budget`",
      role: .viewer,
      query: [
        .text("job", "Only what concerns this one."),
        .text("after", "The last that was heard, where no header can say so."),
        .init(name: "Last-Event-ID", about: "The last that was heard.", schema: ["type": "string"], isHeader: true),
      ], answer: nil, answerType: "text/event-stream", refusals: [404]),
  ]
}

extension Endpoint.Parameter {
  static let ifMatch = Self(
    name: "If-Match", about: "Only where the limit is still the one of this ETag.", schema: ["type": "string"],
    isHeader: true)
}
