import DiscreteEvent

extension ServiceConfiguration {
  /// Where checkpoints and downloads are kept, and for how long.
  public struct Objects: Hashable, Sendable {
    /// A bucket of an object store that speaks S3.
    public struct S3: Hashable, Sendable {
      public var endpoint: String
      public var region: String
      public var bucket: String
      public var checkpointBucket: String
      /// nil: as the environment says.
      public var accessKey, secretKey: String?
    }

    /// nil: a folder beside the store.
    public var s3: S3?
    /// How long after a job's end its checkpoints stay; nil: for ever.
    public var keepCheckpoints: Span?
    /// How long downloads stay; nil: for ever.
    public var keepArtifacts: Span?
    /// Nanodollars for a gigabyte (10⁹ bytes) a month; nil: nothing is known of it.
    public var pricePerGigabyteMonth: Int64?
  }
}

extension ServiceConfigurationReader {
  static func objects(_ field: YAMLField) throws(InputError) -> ServiceConfiguration.Objects {
    let record = try YAMLRecord(field, keys: ["s3", "keep_checkpoints", "keep_artifacts", "price_per_gb_month"])
    var own = ServiceConfiguration.Objects()
    own.s3 = try record["s3"].map { field throws(InputError) in try s3(field) }
    if let field = record["keep_checkpoints"] { own.keepCheckpoints = Span(seconds: try field.duration()) }
    if let field = record["keep_artifacts"] { own.keepArtifacts = Span(seconds: try field.duration()) }
    own.pricePerGigabyteMonth = try record["price_per_gb_month"]?.dollars()
    return own
  }

  private static func s3(_ field: YAMLField) throws(InputError) -> ServiceConfiguration.Objects.S3 {
    let record = try YAMLRecord(
      field, keys: ["endpoint", "region", "bucket", "checkpoint_bucket", "access_key", "secret_key"])
    let endpoint = try record.require("endpoint")
    let address = try endpoint.string("an address")
    if let trouble = ServiceConfiguration.trouble(ofURL: address) { throw endpoint.error(trouble) }
    return ServiceConfiguration.Objects.S3(
      endpoint: address, region: try record["region"]?.string() ?? "us-east-1",
      bucket: try record["bucket"]?.string() ?? "model-artifacts",
      checkpointBucket: try record["checkpoint_bucket"]?.string() ?? "training-checkpoints",
      accessKey: try record["access_key"]?.string(), secretKey: try record["secret_key"]?.string())
  }
}
