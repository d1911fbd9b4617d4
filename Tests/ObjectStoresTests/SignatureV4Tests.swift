import Foundation
import Testing

@testable import ObjectStores

/// Amazon's own examples, from "Signature Calculations for the Authorization Header" and "Authenticating Requests: Using Query Parameters" of
/// the S3 API reference.
@Suite struct SignatureV4Tests {
  private let signature = SignatureV4(
    credentials: S3Credentials(
      accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), region: "us-east-1")
  /// Fri, 24 May 2013 00:00:00 GMT
  private let date = Date(timeIntervalSince1970: 1_369_353_600)
  private let host = "examplebucket.s3.amazonaws.com"

  private func authorization(_ request: SignatureV4.Request) -> String? {
    signature.headers(for: request, at: date).first { $0.0 == "Authorization" }?.1
  }

  private func expected(_ headers: String, _ signature: String) -> String {
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=\(headers),Signature=\(signature)"
  }

  @Test func getObject() {
    let request = SignatureV4.Request(method: "GET", host: host, path: "/test.txt", headers: [("Range", "bytes=0-9")])
    #expect(
      authorization(request)
        == expected(
          "host;range;x-amz-content-sha256;x-amz-date",
          "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"))
  }

  @Test func putObject() {
    let request = SignatureV4.Request(
      method: "PUT", host: host, path: "/test$file.text",
      headers: [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
      payload: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")
    #expect(
      authorization(request)
        == expected(
          "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
          "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"))
  }

  @Test func getBucketLifecycle() {
    let request = SignatureV4.Request(method: "GET", host: host, path: "/", query: [("lifecycle", "")])
    #expect(
      authorization(request)
        == expected(
          "host;x-amz-content-sha256;x-amz-date", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"))
  }

  @Test func listObjects() {
    let request = SignatureV4.Request(
      method: "GET", host: host, path: "/", query: [("prefix", "J"), ("max-keys", "2")])
    #expect(
      authorization(request)
        == expected(
          "host;x-amz-content-sha256;x-amz-date", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"))
  }

  @Test func presignedLink() {
    let request = SignatureV4.Request(method: "GET", host: host, path: "/test.txt")
    let query = signature.query(for: request, at: date, seconds: 86_400)
    #expect(
      query.first { $0.0 == "X-Amz-Signature" }?.1 == "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )
    #expect(
      SignatureV4.text(of: query).contains(
        "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"))
  }

  /// The signed path is the sent one, whatever stands before the bucket.
  @Test func supabaseHasAPath() {
    let settings = S3Settings(
      endpoint: "https://project.supabase.co:443/storage/v1/s3", region: "eu-west-1", bucket: "model-artifacts",
      credentials: signature.credentials)
    #expect(settings.host == "project.supabase.co")
    #expect(settings.path("job-1/a b.zip") == "/storage/v1/s3/model-artifacts/job-1/a b.zip")
    #expect(SignatureV4.escaped("/a b/é+.zip", keepsSlashes: true) == "/a%20b/%C3%A9%2B.zip")
  }

  @Test func noSecretIsShown() {
    var text = "\(signature.credentials) \(String(reflecting: signature.credentials))"
    dump(signature, to: &text)
    #expect(!text.contains("wJalrXUtnFEMI"))
  }
}
