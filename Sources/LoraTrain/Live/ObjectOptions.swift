import Foundation
import Live
import ObjectStores
import Scenarios

extension ServiceConfiguration {
  /// Where checkpoints and downloads are kept: the folder beside the store, or the S3 of the configuration.
  ///
  /// - Throws: `InputError` where there are no keys for it.
  func objectStores(
    beside store: String, _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> ObjectStoreSet {
    guard let s3 = objects.s3 else {
      let folder = FolderStore(store + ".objects")
      return ObjectStoreSet(artifacts: folder, checkpoints: folder)
    }
    func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    guard let access = variable("AWS_ACCESS_KEY_ID") ?? s3.accessKey,
      let secret = variable("AWS_SECRET_ACCESS_KEY") ?? s3.secretKey
    else {
      throw InputError(
        .badConfiguration, file: file, "there are no keys for the object store",
        hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or objects.s3.access_key and secret_key")
    }
    let credentials = S3Credentials(accessKey: access, secretKey: secret)
    func bucket(_ name: String) -> S3Store {
      S3Store(S3Settings(endpoint: s3.endpoint, region: s3.region, bucket: name, credentials: credentials))
    }
    return ObjectStoreSet(artifacts: bucket(s3.bucket), checkpoints: bucket(s3.checkpointBucket))
  }
}
