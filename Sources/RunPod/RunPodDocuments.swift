import DiscreteEvent
import Foundation
import Transport

/// What RunPod writes, as far as it is read here: what else there is may change.
struct PodDocument: Decodable {
  var id: String
  var name: String
  var status: String
  /// Dollars an hour.
  var cost: Double
  var createdAt: String?
}

struct PodPage: Decodable {
  struct Pagination: Decodable {
    var hasNextPage: Bool
    var nextCursor: String?
  }
  var pods: [PodDocument]
  var pagination: Pagination?
}

struct GPUList: Decodable {
  struct GPU: Decodable {
    struct Price: Decodable {
      var secure: Double
      var community: Double
    }
    struct DataCenter: Decodable {
      var id: String
      var availability: String
    }
    var id: String
    var memory: Int
    var price: Price
    var availability: String?
    var dataCenters: [DataCenter]?
  }
  var gpus: [GPU]
}

struct BillingDocument: Decodable {
  struct Record: Decodable {
    var podId: String
    var endTime: String
    var totalAmount: Double
  }
  struct Metadata: Decodable {
    struct Query: Decodable { var endTime: String }
    var query: Query
  }
  var records: [Record]
  var metadata: Metadata
}

/// RFC 9457.
struct ProblemDocument: Decodable {
  var title: String?
  var detail: String?
  var errors: [String]?

  /// An empty one where the body is none.
  static func read(_ answer: HTTPClient.Answer) -> ProblemDocument {
    (try? JSONDecoder().decode(ProblemDocument.self, from: answer.body)) ?? ProblemDocument()
  }
}

/// A time as RunPod writes it: RFC 3339, with or without fractions.
enum Stamp {
  static func instant(_ text: String) -> Instant? {
    let date =
      (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text))
      ?? (try? Date.ISO8601FormatStyle().parse(text))
    guard let seconds = date?.timeIntervalSince1970, abs(seconds) < 1e11 else { return nil }
    return Instant(microseconds: Int64((seconds * 1e6).rounded()))
  }

  static func text(_ instant: Instant) -> String {
    Date(timeIntervalSince1970: Double(instant.microseconds) / 1e6).formatted(.iso8601)
  }
}

/// What is asked of REST v2.
struct NewPod: Encodable {
  struct GPU: Encodable {
    var id: String
    var count = 1
  }
  struct Mounts: Encodable {
    struct Network: Encodable {
      var volumeId: String
      var path: String
    }
    var network: [Network]
  }
  var name: String
  var image: String
  var gpu: GPU
  var cloud: String
  var dataCenterIds: [String]?
  var disk: Int
  var mounts: Mounts?
  var args: String
  var env: [String: String]
}
