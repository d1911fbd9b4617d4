import Journal

extension Endpoint {
  /// What people share, find and write down together.
  static let together: [Endpoint] = [
    Endpoint(
      method: .get, path: "jobs/{id}/shares", about: "Links to the job, and how often each was followed",
      role: .viewer, answer: ShareList.self),
    Endpoint(
      method: .post, path: "jobs/{id}/shares", about: "Makes a link to the job, shown once", role: .engineer,
      body: .json(NewShare.self), answer: MadeShare.self, status: 201),
    Endpoint(
      method: .delete, path: "jobs/{id}/shares/{share}", about: "Takes a link back", role: .engineer,
      answer: ShareList.self),
    Endpoint(
      method: .get, path: "search", about: "Full text of jobs with their notes, files, templates and knowledge",
      role: .viewer,
      query: [
        .text("q", "Words, or their beginnings."),
        .word("kind", "Only these.", Catalogue.FindKind.allCases.map(\.rawValue)),
        .count("limit", "How many.", from: 1, to: 1_000), .count("offset", "How many to leave out."),
      ], answer: SearchList.self),
  ]
}
