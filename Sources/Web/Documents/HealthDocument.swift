// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

public struct HealthDocument: Codable, Sendable {
  /// `ok`; `unconfirmed`: this is a copy of the store, which only looks until somebody confirms it.
  public var status: String
  public var store: String
  public var epoch: Int
  public var provider_answers: Bool
  public var jobs: Int
  public var running: Int
}

/// What went wrong, and the way out: RFC 9457's problem details.
public struct ProblemDocument: Codable, Sendable {
  public var type = "about:blank"
  /// The status in words.
  public var title: String
  public var status: Int
  /// What is wrong this time.
  public var detail: String
  public var hint: String?
  /// Where it is: a field of the body, or FILE:LINE:COLUMN.
  public var place: String?
}
