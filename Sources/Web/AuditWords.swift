/// What people did, in words. The audit log keeps short names of it, which programs and its CSV go by.
enum AuditWords {
  /// `Cancelled a job (job-7)`; what has no words of its own stays as the log has it.
  static func sentence(_ action: String, _ subject: String) -> String {
    of(action) + (subject.isEmpty ? "" : " (\(subject))")
  }

  static func of(_ action: String) -> String { words[action] ?? action }

  private static let words = [
    "job.create": "Created a job", "job.draft": "Kept a draft of a job", "job.confirm": "Submitted a draft",
    "job.cancel": "Cancelled a job", "job.pause": "Paused a job", "job.resume": "Let a paused job go on",
    "job.resume-spot": "Let a paused job go on with spot GPUs",
    "job.resume-on-demand": "Let a paused job go on with on-demand GPUs",
    "job.promote": "Put a job first in the queue", "job.override": "Let a job pass the limit",
    "job.answer-on-demand": "Let a job go on with an on-demand GPU",
    "job.answer-keep-trying": "Let a job go on looking for a GPU", "job.answer-fail": "Let a job fail",
    "job.hide": "Hid a job", "job.show": "Showed a hidden job again",
    "note.edit": "Changed a note", "note.remove": "Removed a note",
    "knowledge.add": "Added to the knowledge base", "knowledge.edit": "Changed an entry of the knowledge base",
    "knowledge.remove": "Removed an entry of the knowledge base",
    "share.create": "Shared a job by a link", "share.revoke": "Ended a link to a shared job",
    "report.link": "Made a link to a report", "link.revoke": "Ended a link",
    "artifact.download": "Downloaded what a job made", "artifact.link": "Made a link to what a job made",
    "artifact.delete": "Deleted what a job made", "artifact.expire": "Deleted what a job made: its time was over",
    "checkpoints.delete": "Deleted a job's checkpoints",
    "checkpoints.expire": "Deleted a job's checkpoints: their time was over", "metrics.export": "Exported metrics",
    "delivery.review": "Reviewed a model: it may go", "delivery.override": "Let a model go in spite of its validation",
    "validation.put": "Kept the result of a validation", "rating.ask": "Asked for ratings",
    "suite.add": "Added a suite", "suite.change": "Changed a suite", "suite.withdraw": "Withdrew a suite",
    "preset.accept": "Accepted new values of a preset", "preset.reject": "Rejected new values of a preset",
    "template.put": "Kept a template", "template.edit": "Changed a template", "template.remove": "Removed a template",
    "file.add": "Uploaded a training file", "project.account": "Set what a project earns and costs",
    "budget.set": "Set the limit", "budget.gate": "Said whether the limit blocks jobs",
    "budget.allocate": "Set an allocation", "budget.close": "Closed an allocation",
    "approval.request": "Asked for a higher limit", "approval.approve": "Approved a higher limit",
    "approval.reject": "Rejected a higher limit",
    "person.put": "Added or changed somebody of the team", "person.retire": "Removed somebody from the team",
    "person.invite": "Made somebody a link to a password", "password.set": "Set a password", "sign-in": "Signed in",
    "sign-in.fail": "Failed to sign in", "sign-out": "Signed out", "session.end": "Ended a session",
    "token.create": "Made an API token", "token.revoke": "Revoked an API token",
    "store.confirm": "Said that this copy of the store is the one that lives", "notice.test": "Sent a test",
  ]
}
