import Foundation

/// Notes an interrupt instead of ending at once, where something has to be tidied up elsewhere.
///
/// The handler writes to a pipe, which is all that a handler may do; whoever waits, waits for the pipe.
enum InterruptWatch {
  private static let pipe: (read: Int32, write: Int32) = {
    var ends: [Int32] = [-1, -1]
    _ = Foundation.pipe(&ends)
    return (ends[0], ends[1])
  }()

  static func begin() {
    // Made before the first signal: a handler may not.
    _ = pipe
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in
        var byte: UInt8 = 1
        _ = write(InterruptWatch.pipe.write, &byte, 1)
      }
    }
  }

  /// Waits for an interrupt, so many seconds at most.
  static func happens(within seconds: Double) -> Bool {
    var request = pollfd(fd: pipe.read, events: Int16(POLLIN), revents: 0)
    // A signal also ends the call itself, with nothing to read yet.
    if poll(&request, 1, Int32(seconds * 1000)) < 0 { return poll(&request, 1, 0) > 0 }
    return request.revents != 0
  }
}
