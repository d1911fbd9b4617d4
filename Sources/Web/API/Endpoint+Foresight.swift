extension Endpoint {
  static let foresight: [Endpoint] = [
    Endpoint(
      method: .get, path: "forecast/what-if",
      about: "What changes would do to the month, under the same luck; without a question, what the usual ones would",
      role: .viewer, query: Parameter.whatIf, answer: WhatIfDocument.self),
    Endpoint(
      method: .get, path: "forecast/drivers", about: "What the month's spending is made of, and what makes it unsure",
      role: .viewer, answer: DriversDocument.self),
    Endpoint(
      method: .get, path: "capacity", about: "How long jobs wait, by how many come and how many may run at once",
      role: .viewer, answer: CapacityDocument.self),
    Endpoint(
      method: .get, path: "capacity/plan", about: "The cheapest way to have some jobs done in time", role: .viewer,
      query: Parameter.deadline, answer: DeadlinePlanDocument.self),
    Endpoint(
      method: .get, path: "accuracy", about: "How good the estimates of past jobs would have been", role: .viewer,
      answer: AccuracyDocument.self),
    Endpoint(
      method: .get, path: "replay", about: "The fleet as the journal had it after one of its rows", role: .viewer,
      query: Parameter.replay, answer: ReplayDocument.self, refusals: [404]),
  ]
}

extension Endpoint.Parameter {
  static let replay: [Self] = [
    .init(
      name: "month", about: "Whose rows; the running one unless said.",
      schema: ["type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"]),
    .init(name: "job", about: "Only rows of this one.", schema: ["type": "string", "minLength": 1]),
    .count("at", "A row; the last one unless said.", from: 1),
  ]
}
