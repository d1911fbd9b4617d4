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
    Endpoint(
      method: .post, path: "jobs/{id}/hide", about: "Takes a job that is over out of all lists; nothing of it is lost",
      role: .engineer, body: .optional(Reason.self), answer: JobDocument.self),
    Endpoint(
      method: .post, path: "jobs/{id}/show", about: "Shows a hidden job in lists again", role: .engineer,
      body: .optional(Reason.self), answer: JobDocument.self),
    Endpoint(
      method: .get, path: "jobs/{id}/notes/{note}", about: "What a note said, wording by wording", role: .viewer,
      answer: NoteHistory.self, refusals: [403]),
    Endpoint(
      method: .put, path: "jobs/{id}/notes/{note}", about: "Gives a note of one's own another wording", role: .engineer,
      body: .json(NewNote.self), answer: [Catalogue.Note].self),
    Endpoint(
      method: .delete, path: "jobs/{id}/notes/{note}", about: "Takes a note of one's own back", role: .engineer,
      answer: [Catalogue.Note].self),
    Endpoint(
      method: .get, path: "validations", about: "What validation found of all jobs, in their order", role: .viewer,
      answer: ValidationTrend.self, refusals: [409]),
    Endpoint(
      method: .get, path: "jobs/{id}/validation.pdf", about: "The validation report", role: .viewer, answer: nil,
      answerType: "application/pdf", refusals: [409]),
    Endpoint(
      method: .get, path: "jobs/{id}/ratings", about: "What people are asked to score, and how far they are",
      role: .viewer, answer: RatingList.self, refusals: [409]),
    Endpoint(
      method: .post, path: "jobs/{id}/ratings", about: "Asks people to score answers, blind", role: .engineer,
      body: .json(NewRatings.self), answer: RatingDocument.self, status: 201),
    Endpoint(
      method: .get, path: "jobs/{id}/ratings/{suite}", about: "The next pair of answers to be scored by whoever asks",
      role: .viewer, answer: RatingSheet.self, refusals: [409]),
    Endpoint(
      method: .post, path: "jobs/{id}/ratings/{suite}", about: "Scores a pair; answers the next", role: .viewer,
      body: .json(NewScores.self), answer: RatingSheet.self, status: 201),
    Endpoint(
      method: .get, path: "jobs/{id}/ratings/{suite}/answers",
      about: "What both models answered, for a judge that is asked elsewhere: JSON lines", role: .engineer, answer: nil,
      answerType: "application/x-ndjson", refusals: [409]),
    Endpoint(
      method: .post, path: "jobs/{id}/ratings/{suite}/finish", about: "Makes the scores the job's validation",
      role: .engineer, answer: JobValidationDocument.self, status: 201),
    Endpoint(
      method: .get, path: "suites", about: "What models can be examined with: shipped and uploaded suites",
      role: .viewer, answer: SuiteList.self),
    Endpoint(
      method: .post, path: "suites", about: "Keeps a suite, or its next version", role: .engineer,
      body: .json(NewSuite.self), answer: SuiteSummary.self, status: 201),
    Endpoint(
      method: .get, path: "suites/{suite}", about: "A suite, whole", role: .viewer,
      query: [.text("digest", "One version of it; the newest without it.")], answer: SuiteVersion.self),
    Endpoint(
      method: .get, path: "jobs/{id}/suites/{suite}/answers",
      about: "What both models answered to a suite: on the pod, or as it was handed in to be scored", role: .engineer,
      answer: SuiteAnswerList.self, refusals: [409]),
    Endpoint(
      method: .get, path: "jobs/{id}/suites/{suite}/answers.csv", about: "The same as a table", role: .engineer,
      answer: nil, answerType: "text/csv", refusals: [409]),
    Endpoint(
      method: .delete, path: "suites/{suite}",
      about: "Withdraws an uploaded suite: nobody can choose it any more, jobs that were made with it keep it",
      role: .engineer, answer: SuiteList.self, refusals: [409]),
    Endpoint(
      method: .get, path: "knowledge", about: "The knowledge base", role: .viewer,
      query: [
        .text("search", "Words, or their beginnings; the best first."),
        .word("category", "Only these.", Catalogue.KnowledgeCategory.allCases.map(\.rawValue)),
        .text("tag", "One of its tags."),
      ], answer: KnowledgeList.self),
    Endpoint(
      method: .post, path: "knowledge", about: "Writes something down that was learnt", role: .engineer,
      body: .json(NewKnowledge.self), answer: KnowledgeDocument.self, status: 201, refusals: [404]),
    Endpoint(
      method: .get, path: "knowledge/{number}", about: "An entry of the knowledge base", role: .viewer,
      answer: KnowledgeDocument.self),
    Endpoint(
      method: .put, path: "knowledge/{number}", about: "Changes an entry; its earlier revisions are kept",
      role: .engineer, body: .json(NewKnowledge.self), answer: KnowledgeDocument.self),
    Endpoint(
      method: .delete, path: "knowledge/{number}",
      about: "Takes an entry of one's own out of the knowledge base; a manager any", role: .engineer,
      answer: KnowledgeList.self),
    Endpoint(
      method: .get, path: "knowledge/{number}/revisions", about: "All revisions of an entry, the oldest first",
      role: .viewer, answer: KnowledgeList.self),
    Endpoint(
      method: .get, path: "jobs/{id}/knowledge", about: "What an entry about the job would say, and those there are",
      role: .viewer, answer: KnowledgeDraft.self),
    Endpoint(
      method: .post, path: "knowledge/suggestions", about: "Entries that may help with a job to be made",
      role: .viewer, body: .json(NewJob.self), answer: KnowledgeSuggestions.self),
  ]
}
