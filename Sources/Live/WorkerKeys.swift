import Crypto
import Foundation
import Scenarios

/// The secrets that workers sign their reports with: one for each pod's name, derived from a master key that never leaves this machine.
public struct WorkerKeys: Sendable {
  private let master: SymmetricKey

  /// - Parameter master: at least 32 bytes that nobody else knows.
  public init(master: Data) { self.master = SymmetricKey(data: master) }

  /// Reads the master key beside a store, or makes one that only its owner can read.
  ///
  /// - Throws: `InputError` where it can neither be read nor made, or others can read it.
  public static func load(beside store: String) throws -> WorkerKeys {
    WorkerKeys(master: try SecretFile.load(store + ".key", make: { SecretFile.random(32) }))
  }

  /// In lower-case hexadecimal digits.
  public func secret(for pod: PodName) -> String {
    HMAC<SHA256>.authenticationCode(for: Data("worker \(pod)".utf8), using: master).hex
  }

  /// What a report's signature is: over its time, the pod's name and its body, so that none of them can be exchanged.
  public func signature(of body: some DataProtocol, at timestamp: String, from pod: PodName) -> String {
    code(body, timestamp, pod).hex
  }

  /// Compares in constant time.
  public func isValid(_ signature: String, of body: some DataProtocol, at timestamp: String, from pod: PodName) -> Bool
  {
    guard let given = Data(hex: signature) else { return false }
    return code(body, timestamp, pod).withUnsafeBytes { expected in
      guard expected.count == given.count else { return false }
      return zip(expected, given).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
  }

  /// What makes a link to something on this machine hold until a time, in seconds since 1970.
  public func linkSignature(of path: String, until: Int) -> String {
    HMAC<SHA256>.authenticationCode(for: Data("link \(path)\n\(until)".utf8), using: master).hex
  }

  /// Compares in constant time; says nothing about whether the time is over.
  public func isValid(_ signature: String, of path: String, until: Int) -> Bool {
    guard let given = Data(hex: signature) else { return false }
    return HMAC<SHA256>.isValidAuthenticationCode(
      given, authenticating: Data("link \(path)\n\(until)".utf8), using: master)
  }

  private func code(_ body: some DataProtocol, _ timestamp: String, _ pod: PodName) -> HMAC<SHA256>.MAC {
    var hash = HMAC<SHA256>(key: SymmetricKey(data: Data(secret(for: pod).utf8)))
    hash.update(data: Data("\(timestamp)\n\(pod)\n".utf8))
    hash.update(data: body)
    return hash.finalize()
  }
}

/// A file that holds a secret: its owner alone may read it.
public enum SecretFile {
  /// - Throws: `InputError` where it cannot be read or made, is empty, or is open to others.
  public static func load(_ path: String, make: () -> Data) throws -> Data {
    let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    if descriptor >= 0 {
      let secret = make()
      let isWritten = secret.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) == $0.count }
      guard isWritten, fsync(descriptor) == 0, close(descriptor) == 0 else {
        unlink(path)
        throw InputError(.cannotCreate, file: path, "cannot be written", hint: "has the disk room?")
      }
      return secret
    }
    guard errno == EEXIST else {
      throw InputError(
        .cannotCreate, file: path, "cannot be made: \(String(cString: strerror(errno)))",
        hint: "check that the folder exists and is writable")
    }
    return try read(path)
  }

  /// - Throws: `InputError` where it is missing, empty, or open to others.
  public static func read(_ path: String) throws -> Data {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw InputError(.noInput, file: path, "is not there", hint: "does lora-train serve run on this store?")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw InputError(
        .badConfiguration, file: path, "holds a secret, and others may read it", hint: "chmod 600 \(path)")
    }
    guard let data = FileManager.default.contents(atPath: path), !data.isEmpty else {
      throw InputError(.badConfiguration, file: path, "holds no secret", hint: "remove it, and a new one is made")
    }
    return data
  }

  /// From the system's generator.
  public static func random(_ bytes: Int) -> Data {
    SymmetricKey(size: SymmetricKeySize(bitCount: bytes * 8)).withUnsafeBytes { Data($0) }
  }
}

extension Sequence<UInt8> {
  /// In lower-case hexadecimal digits.
  public var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

extension Data {
  /// nil where the text is not pairs of hexadecimal digits.
  init?(hex: String) {
    let digits = hex.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue.map(UInt8.init) }
    guard digits.count == hex.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
    self.init(stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
  }
}
