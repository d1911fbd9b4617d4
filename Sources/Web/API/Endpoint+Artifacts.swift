import Journal
import Validation

extension Endpoint {
  /// What jobs handed over, and how good it is.
  static let artifacts: [Endpoint] = [
    Endpoint(
      method: .get, path: "artifacts", about: "What all jobs handed over", role: .viewer, answer: ArtifactList.self),
    Endpoint(
      method: .get, path: "storage", about: "How much is kept, and what that costs", role: .viewer,
      answer: StorageDocument.self),
    Endpoint(
      method: .get, path: "jobs/{id}/artifacts", about: "What the job handed over", role: .viewer,
      answer: ArtifactList.self),
    Endpoint(
      method: .get, path: "jobs/{id}/artifacts/{kind}", about: "The file itself, or the way to it in the object store",
      role: .viewer, answer: nil, answerType: "application/octet-stream", refusals: [206, 307, 409, 410, 416]),
    Endpoint(
      method: .delete, path: "jobs/{id}/artifacts/{kind}",
      about: "Deletes one for good; `checkpoints` are all of a job's that is over", role: .engineer,
      body: .json(Deletion.self), answer: ArtifactList.self, refusals: [409, 410, 422]),
    Endpoint(
      method: .post, path: "jobs/{id}/artifacts/{kind}/link",
      about: "A link that needs no token, for a while; shown once",
      role: .engineer, answer: ArtifactLink.self, status: 201, refusals: [410]),
    Endpoint(
      method: .get, path: "links", about: "Signed links to files and reports that hold: a manager sees everybody's",
      role: .viewer, answer: SignedLinkList.self),
    Endpoint(
      method: .delete, path: "links/{id}", about: "Takes one back: it leads nowhere any more", role: .engineer,
      answer: SignedLinkList.self, refusals: [409]),
    Endpoint(
      method: .get, path: "jobs/{id}/metrics.csv", about: "From the first step on, as a table", role: .viewer,
      answer: nil, answerType: "text/csv"),
    Endpoint(
      method: .get, path: "jobs/{id}/metrics.json", about: "From the first step on, with the job's configuration",
      role: .viewer, answer: nil),
    Endpoint(
      method: .get, path: "jobs/{id}/metrics.zip", about: "Both forms of them, and the loss curves as PNG",
      role: .viewer,
      answer: nil, answerType: "application/zip"),
    Endpoint(
      method: .get, path: "jobs/{id}/validation",
      about: "What validation found, and whether the model may be delivered",
      role: .viewer, answer: JobValidationDocument.self, refusals: [409]),
    Endpoint(
      method: .post, path: "jobs/{id}/validation", about: "Keeps what a validation found", role: .engineer,
      body: .json(ValidationDocument.self), answer: JobValidationDocument.self, status: 201),
    Endpoint(
      method: .post, path: "jobs/{id}/delivery",
      about: "Lets a model be delivered that a gate holds back: after a review, or over a block (managers)",
      role: .engineer, body: .optional(Reason.self), answer: JobValidationDocument.self, status: 201),
  ]
  /// Reports for people outside, as PDF.
  static let reports: [Endpoint] = [
    Endpoint(
      method: .get, path: "jobs/{id}/report.pdf", about: "The training report", role: .viewer,
      query: [.text("preview", "Shown in the browser in place of a download.")], answer: nil,
      answerType: "application/pdf", refusals: [409]),
    Endpoint(
      method: .post, path: "jobs/{id}/report-link", about: "A link to the report that holds for 30 days; shown once",
      role: .engineer, body: .optional(ReportRoutes.LinkWish.self), answer: ReportRoutes.Link.self, status: 201),
    Endpoint(
      method: .get, path: "reports/cost.pdf", about: "What spot pods saved", role: .viewer,
      query: [.time("from", "The first day."), .time("until", "The day after the last.")], answer: nil,
      answerType: "application/pdf", refusals: [409, 422]),
    Endpoint(
      method: .get, path: "reports/comparison.pdf", about: "Two to four jobs beside each other", role: .viewer,
      query: [.text("jobs", "Their numbers, with commas between.")], answer: nil, answerType: "application/pdf",
      refusals: [404, 409, 422]),
  ]

  /// What a person is told, and how.
  static let notices: [Endpoint] = [
    Endpoint(
      method: .get, path: "notifications", about: "What is to be seen by whoever asks", role: .viewer,
      query: [.text("all", "1: what was seen, too.")], answer: BannerList.self),
    Endpoint(
      method: .post, path: "notifications/{id}/seen", about: "It was seen", role: .viewer, answer: BannerList.self),
    Endpoint(
      method: .get, path: "notifications/preferences", about: "How whoever asks wants to hear of things", role: .viewer,
      answer: NoticeWishes.self),
    Endpoint(
      method: .put, path: "notifications/preferences", about: "Changes that", role: .viewer,
      body: .json(NoticeWishes.self), answer: NoticeWishes.self, refusals: [422]),
    Endpoint(
      method: .post, path: "notifications/test",
      about: "Tells whoever asks something over every channel; once a minute",
      role: .viewer, answer: TestDocument.self, status: 201, refusals: [429]),
    Endpoint(
      method: .get, path: "channels",
      about: "Which channels there are, who is always told and when, and what became of what was sent", role: .viewer,
      answer: ChannelList.self),
    Endpoint(
      method: .post, path: "channels/test", about: "Sends a test over one of them; once a minute", role: .manager,
      body: .json(ChannelTest.self), answer: TestDocument.self, status: 201, refusals: [404, 429]),
    Endpoint(
      method: .get, path: "notifications/outbox", about: "What became of what was sent", role: .viewer,
      query: [
        .word("state", "Only those that stand so.", NoticeDelivery.State.allCases.map(\.rawValue))
      ], answer: OutboxDocument.self),
    Endpoint(
      method: .post, path: "notifications/outbox/retry", about: "Tries all dead letters again", role: .manager,
      answer: RetryDocument.self),
    Endpoint(
      method: .post, path: "notifications/outbox/{id}/retry", about: "Tries one again", role: .manager,
      answer: RetryDocument.self),
  ]
}
