extension Endpoint {
  /// What can be learnt from jobs that are over.
  static let insight: [Endpoint] = [
    Endpoint(
      method: .get, path: "comparison", about: "Two to four jobs beside each other, and which of them to build on",
      role: .viewer, query: [.text("jobs", "Their ids, with commas between.")], answer: ComparisonDocument.self,
      refusals: [404, 422]),
    Endpoint(
      method: .get, path: "statistics",
      about: "How the jobs went that a question finds: in all, by month, by whoever made them", role: .viewer,
      query: filters, answer: StatisticsDocument.self),
    Endpoint(
      method: .get, path: "analytics", about: "Which configurations did best, and what went wrong", role: .viewer,
      answer: AnalyticsDocument.self),
    Endpoint(
      method: .get, path: "attribution",
      about: "What clients and projects cost, and what is left of what they bring in",
      role: .viewer,
      query: [.time("from", "Submitted then or later."), .time("until", "Submitted before.")],
      answer: AttributionDocument.self),
    Endpoint(
      method: .put, path: "attribution", about: "Says what a project brings in, and costs beside its training",
      role: .manager, body: .json(NewProjectAccount.self), answer: AttributionDocument.self,
      refusals: [422]),
  ]
}
