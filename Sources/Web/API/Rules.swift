import Validation

/// What the types do not say of the documents that are sent: how long, how large, which words. What comes in is held against them, and they stand in
/// the OpenAPI document: the two cannot differ.
enum Rules {
  /// Of a job; its form and its questions take no more either.
  static let mostPairs = 1_000_000

  /// By document and field.
  static let all: [String: [String: JSONValue]] = [
    "NewJob": [
      "name": text(3, 100), "purpose": text(0, 500), "notes": text(0, 2_000), "client": text(0, 200),
      "project": text(0, 200), "creator": text(0, 60), "template": text(0, 100), "training_file": text(0, 100),
      "retry_of": text(0, 40), "examines": text(0, 40), "fix": text(0, 40),
      "justification": text(0, 2_000), "max_cost_usd": dollars(0.01),
      "tags": ["maxItems": 20, "items": text(1, 40).merging(["type": "string"])],
      "suites": ["maxItems": .integer(SuiteDeeds.most), "items": text(1, 64).merging(["type": "string"])],
    ],
    "NewSuite": ["file": text(1, 200), "text": text(0, SuiteReader.limit)],
    "JobConfiguration": configuration, "NewConfiguration": configuration,
    "NewNote": ["text": text(1, 2_000)],
    "NewLimit": ["limit_usd": dollars(0), "justification": reason.merging(["type": "string"])],
    "NewAllocation": [
      "name": filled(60), "limit_usd": dollars(0), "justification": reason,
      "clients": ["maxItems": 50, "items": text(1, 100).merging(["type": "string"])],
      "tags": ["maxItems": 50, "items": text(1, 100).merging(["type": "string"])],
    ],
    "ChannelTest": ["name": text(0, 100)],
    "NewShare": ["days": range(1, ShareDeeds.mostDays)],
    "NewRatings": ["suite": text(1, 200), "suite_text": text(0, SuiteReader.limit), "answers": text(0, 32 << 20)],
    "NewScores": [
      "number": range(1, 1_000_000), "remark": text(0, 2_000), "first": ["additionalProperties": score],
      "second": ["additionalProperties": score],
    ],
    "NewKnowledge": [
      "title": filled(KnowledgeDeeds.longestTitle), "content": filled(KnowledgeDeeds.longestContent),
      "tags": ["maxItems": 20, "items": text(1, 40).merging(["type": "string"])],
      "jobs": ["maxItems": 20, "items": text(1, 40).merging(["type": "string"])],
    ],
    "NeededReason": ["justification": reason],
    "NewApproval": ["limit_usd": dollars(0.01), "justification": reason],
    "Reason": ["justification": text(0, 2_000)],
    "Person": ["name": personName, "email": text(0, 254)],
    "NewPassword": ["old": text(0, 200), "new": text(0, 200)],
    "NewProjectAccount": [
      "client": text(0, 200), "project": text(0, 200), "revenue_usd": dollars(0), "other_costs_usd": dollars(0),
    ],
    "NewTemplate": [
      "name": text(3, 100), "purpose": text(0, 500),
      "tags": ["maxItems": 20, "items": text(1, 40).merging(["type": "string"])],
    ],
  ]

  private static let configuration: [String: JSONValue] = [
    "rank": range(1, 1_024), "learningRate": ["exclusiveMinimum": 0, "maximum": 1], "epochs": range(1, 1_000),
    "batchSize": range(1, 4_096), "gradientAccumulation": range(1, 4_096), "maxSequenceLength": range(1, 1_048_576),
    "checkpointEvery": range(1, 1_000_000), "trainingPairs": range(1, mostPairs),
    "tokensPerPair": ["exclusiveMinimum": 0, "maximum": 1_000_000], "statedSteps": range(1, 1_000_000_000),
    "suitePasses": range(0, 1_000_000_000),
  ]

  /// What has to be there though its type lets it be missing.
  static let required: [String: [JSONValue]] = ["NewLimit": ["justification"]]

  /// Characters are counted as JSON Schema counts them, by code points.
  private static func text(_ least: Int, _ most: Int) -> JSONValue {
    ["minLength": .integer(least), "maxLength": .integer(most), "pattern": #"^[^\u0000]*$"#]
  }
  private static func range(_ least: Int, _ most: Int) -> JSONValue {
    ["minimum": .integer(least), "maximum": .integer(most)]
  }
  private static func dollars(_ least: Double) -> JSONValue {
    // A whole number is read back as one.
    ["minimum": least == least.rounded() ? .integer(Int(least)) : .number(least), "maximum": 999_999_999]
  }
  private static let score = range(1, 5).merging(["type": "integer"])
  private static let reason = filled(2_000)
  /// Not spaces alone.
  private static func filled(_ most: Int) -> JSONValue {
    ["minLength": 1, "maxLength": .integer(most), "pattern": #"^[^\u0000]*[^\s\u0000][^\u0000]*$"#]
  }
  private static let personName: JSONValue = [
    "minLength": 2, "maxLength": 60, "pattern": "^[A-Za-z0-9._-]+$",
  ]
}
