import CCurl
import Foundation

/// Sends mails over SMTP, through libcurl: one connection for each mail, and one attempt.
public final class SMTPClient: Sendable {
  /// How the connection is kept from being read.
  public enum Security: Hashable, Sendable {
    /// Begins in the clear, and goes on only under TLS.
    case startTLS
    case tls
    /// For a server on this machine.
    case none
  }

  /// The mail server, and how it is reached.
  public struct Server: Sendable {
    public var host: String
    public var port: Int
    public var security: Security
    public var user: String?
    public var password: String?
    /// A file of certificates that are believed in place of the system's; nil: the system's.
    public var authority: String?

    public init(
      host: String, port: Int, security: Security, user: String? = nil, password: String? = nil,
      authority: String? = nil
    ) {
      (self.host, self.port, self.security) = (host, port, security)
      (self.user, self.password, self.authority) = (user, password, authority)
    }
  }

  /// One message to one address.
  public struct Mail: Hashable, Sendable {
    /// Addresses without a name.
    public var from: String
    public var to: String
    /// Headers and body, lines ending with CR LF.
    public var message: Data

    public init(from: String, to: String, message: Data) { (self.from, self.to, self.message) = (from, to, message) }
  }

  /// Why a mail was not taken. Never holds the password or a line of the mail.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The server would refuse it again.
    public var isPermanent: Bool
    public var description: String
  }

  private let server: Server
  private let threads: WorkerThreads

  /// - Parameter connections: how many mails may be on their way at once.
  public init(_ server: Server, connections: Int = 2) {
    CurlHandle.prepare
    self.server = server
    threads = WorkerThreads(count: connections)
  }

  /// Returns when the server has taken the mail.
  ///
  /// - Throws: ``Failure``; `CancellationError` where the task is cancelled, and the mail may have been taken.
  public func send(_ mail: Mail) async throws {
    let (flag, server) = (Flag(), server)
    try await withTaskCancellationHandler {
      let result: Result<Void, any Error> = await withCheckedContinuation { continuation in
        threads.run { handle in continuation.resume(returning: Result { try handle.send(mail, server, flag) }) }
      }
      try Task.checkCancellation()
      try result.get()
    } onCancel: {
      flag.raise()
    }
  }
}
