import DiscreteEvent
import Foundation

/// A link in a mail that lets one person do one thing to one subject, until it expires. Opening it shows a form; only sending that does it.
///
/// Who holds it needs no password, so it says in its signature whose it is, what for and until when, and is good for nothing else.
public struct NoticeLink: Hashable, Sendable {
  /// What a link in a letter is good for.
  public enum Purpose: String, CaseIterable, Sendable {
    /// Answer what is asked about a job.
    case decide
    /// Cancel a job.
    case cancel
    /// Set another budget limit, or ask for one.
    case limit
    /// Decide a request for a limit.
    case approval
    /// No more mails.
    case mute
  }

  public var purpose: Purpose
  /// `job-7`, `approval-2`; `-` where there is only one of its kind.
  public var subject: String
  public var person: String
  /// Seconds since 1970, this machine's time.
  public var until: Int

  public init(_ purpose: Purpose, _ subject: String = "-", of person: String, until: Int) {
    (self.purpose, self.subject, self.person, self.until) = (purpose, subject, person, until)
  }

  private var signed: String { "notice \(purpose.rawValue) \(subject) \(person)" }

  /// From the dashboard's root.
  public func path(_ keys: WorkerKeys) -> String {
    let name =
      person.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-._"))) ?? ""
    return "/n/\(purpose.rawValue)/\(subject)?person=\(name)&until=\(until)"
      + "&key=\(keys.linkSignature(of: signed, until: until))"
  }

  /// Whether it was made here, for just this, and holds still.
  public func holds(_ key: String, _ keys: WorkerKeys, at now: Instant) -> Bool {
    keys.isValid(key, of: signed, until: until) && Int64(until) * 1_000_000 > now.microseconds
  }
}
