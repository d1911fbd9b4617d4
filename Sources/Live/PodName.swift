/// The unique name that a pod is created with: `lt-STORE-EPOCH-REQUEST`.
///
/// It alone says whose a pod is. A restored or copied store counts on in a new epoch, so that two never use one name.
public struct PodName: Hashable, Sendable, CustomStringConvertible {
  public var store: String
  public var epoch: UInt32
  public var request: UInt32

  public init(store: String, epoch: UInt32, request: UInt32) {
    self.store = store
    self.epoch = epoch
    self.request = request
  }

  /// nil where the text is no name of a pod of this store.
  public init?(_ text: String, store: String) {
    let prefix = "lt-\(store)-"
    guard text.utf8.starts(with: prefix.utf8) else { return nil }
    let numbers = text.dropFirst(prefix.count).split(separator: "-", omittingEmptySubsequences: false)
    guard numbers.count == 2, let epoch = UInt32(numbers[0]), let request = UInt32(numbers[1]) else { return nil }
    (self.store, self.epoch, self.request) = (store, epoch, request)
  }

  public var description: String { "lt-\(store)-\(epoch)-\(request)" }
}
