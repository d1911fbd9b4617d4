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
      method: .post, path: "jobs/{id}/artifacts/{kind}/link", about: "A link that needs no token, for a while",
      role: .engineer, answer: ArtifactLink.self, status: 201, refusals: [410]),
    Endpoint(
      method: .get, path: "jobs/{id}/metrics.csv", about: "From the first step on, as a table", role: .viewer,
      answer: nil, answerType: "text/csv"),
    Endpoint(
      method: .get, path: "jobs/{id}/metrics.json", about: "From the first step on, with the job's configuration",
      role: .viewer, answer: nil),
    Endpoint(
      method: .get, path: "jobs/{id}/validation", about: "What validation found, and whether the model may be delivered",
      role: .viewer, answer: JobValidationDocument.self, refusals: [409]),
    Endpoint(
      method: .post, path: "jobs/{id}/validation", about: "Keeps what a validation found", role: .engineer,
      body: .json(ValidationDocument.self), answer: JobValidationDocument.self, status: 201),
    Endpoint(
      method: .post, path: "jobs/{id}/delivery",
      about: "Lets a model be delivered that a gate holds back: after a review, or over a block (managers)",
      role: .engineer, body: .optional(Reason.self), answer: JobValidationDocument.self, status: 201),
  ]
}
