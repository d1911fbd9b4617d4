import Crypto
import CryptoExtras
import Foundation
import Live

/// Passwords as they are kept: scrypt, with what it cost and a salt beside it, so that the cost may rise later.
struct PasswordHash: Sendable {
  /// scrypt's N (as a power of two), r and p.
  struct Cost: Sendable, Hashable {
    var power: Int
    var blockSize = 8
    var parallelism: Int
    /// OWASP's for 32 MiB: as strong as N = 2¹⁷ with p = 1, in a quarter of the memory.
    static let usual = Cost(power: 15, parallelism: 3)
  }

  private let cost: Cost
  /// One at a time, beside the threads that everything else is done on: however many try to come in, it takes one core and 32 MiB.
  private let queue = SideQueue("passwords")
  /// What a password is held against where there is none, so that it takes as long.
  private let decoy: String

  init(cost: Cost = .usual) throws {
    self.cost = cost
    decoy = try PasswordHash.hash("", SecretFile.random(16), cost)
  }

  func hash(_ password: String) async throws -> String {
    let cost = cost
    return try await queue.run { try PasswordHash.hash(password, SecretFile.random(16), cost) }
  }

  /// - Parameter kept: nil where nobody of that name has a password: false, after as long.
  func matches(_ password: String, _ kept: String?) async throws -> Bool {
    let decoy = decoy
    return try await queue.run {
      guard let (cost, salt, hash) = PasswordHash.parts(kept ?? decoy) else { return false }
      let key = try PasswordHash.key(password, salt, cost)
      // Compares in constant time.
      return key == SymmetricKey(data: hash) && kept != nil
    }
  }

  private static func hash(_ password: String, _ salt: Data, _ cost: Cost) throws -> String {
    let hash = try key(password, salt, cost).withUnsafeBytes { Data($0) }
    return "$scrypt$ln=\(cost.power),r=\(cost.blockSize),p=\(cost.parallelism)$\(salt.base64EncodedString())$"
      + hash.base64EncodedString()
  }

  private static func key(_ password: String, _ salt: Data, _ cost: Cost) throws -> SymmetricKey {
    // However a keyboard composes a letter, it is the same password.
    try KDF.Scrypt.deriveKey(
      from: Data(password.precomposedStringWithCanonicalMapping.utf8), salt: salt, outputByteCount: 32,
      rounds: 1 << cost.power, blockSize: cost.blockSize, parallelism: cost.parallelism)
  }

  private static func parts(_ kept: String) -> (Cost, salt: Data, hash: Data)? {
    let parts = kept.split(separator: "$")
    guard parts.count == 4, parts[0] == "scrypt", let salt = Data(base64Encoded: String(parts[2])),
      let hash = Data(base64Encoded: String(parts[3]))
    else { return nil }
    let numbers = parts[1].split(separator: ",").compactMap { $0.split(separator: "=").last.flatMap { Int($0) } }
    guard numbers.count == 3, (1...20).contains(numbers[0]), numbers[1] > 0, numbers[2] > 0 else { return nil }
    return (Cost(power: numbers[0], blockSize: numbers[1], parallelism: numbers[2]), salt, hash)
  }

  /// - Throws: ``Problem`` where it is too easily guessed, or absurdly long.
  static func check(_ password: String, of name: String) throws {
    guard (12...200).contains(password.count) else {
      throw Problem(
        .badRequest, "a password has 12 to 200 characters, not \(password.count)",
        hint: "a few words that nobody would put together are easily remembered")
    }
    guard Set(password).count >= 5, !password.lowercased().contains(name.lowercased()) else {
      throw Problem(.badRequest, "the password is too easily guessed", hint: "use several words, and not your name")
    }
  }
}
