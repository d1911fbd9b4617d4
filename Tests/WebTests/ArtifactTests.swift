import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import ObjectStores
import Testing

@testable import Web

/// What jobs leave, in a folder: kept, downloaded, linked, counted, deleted.
@Suite struct ArtifactTests {
  /// A job that has completed, with a file in its downloads.
  func finished(_ office: Office) async throws -> Data {
    #expect(try await office.ask("POST", "/api/v1/jobs", Office.job("First job", pairs: 4)).status == 201)
    let pod = PodName(store: "office", epoch: 1, request: 1)
    let zip = Data((0..<100_000).map { UInt8($0 & 255) })
    for name in [
      "First-job-adapters-job-1.zip", "First-job-deployment-package-job-1.zip", "First-job-metrics.csv", "stray",
    ] {
      let path = office.folder.appendingPathComponent("store.objects/job-1/downloads/\(name)")
      try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try zip.write(to: path)
    }
    for (number, stage) in ["boot", "preprocessing", "model_loading", "training", "finalization"].enumerated() {
      let report = #"{"sequence":\#(number + 1),"event":"stage_finished","stage":"\#(stage)"}"#
      #expect(try await office.say(pod, "", report).status == 200)
    }
    #expect(try await office.ask("GET", "/api/v1/jobs/1").value(JobDocument.self).status == "completed")
    await office.keeper.tend()
    return zip
  }

  @Test func whatACompletedJobLeftIsHandedOutAndCounted() async throws {
    let office = try Office(pods: .always)
    let zip = try await finished(office)
    let list = try await office.ask("GET", "/api/v1/jobs/1/artifacts").value(ArtifactList.self).artifacts
    #expect(list.map(\.kind) == ["adapters", "deployment_package", "metrics_csv"])
    #expect(
      list[0].bytes == 100_000 && list[0].downloads == 0
        && list[0].key == "job-1/downloads/First-job-adapters-job-1.zip")
    let viewer = try await office.token("ada", .viewer)
    let answer = try await office.ask("GET", "/api/v1/jobs/1/artifacts/adapters", token: viewer)
    #expect(answer.status == 200 && answer.body == zip)
    let part = try await office.ask(
      "GET", "/api/v1/jobs/1/artifacts/adapters", token: viewer, headers: ["Range": "bytes=99990-"])
    #expect(part.status == 206 && part.body == zip.suffix(10))
    let after = try await office.ask("GET", "/api/v1/artifacts").value(ArtifactList.self).artifacts[0]
    // A later part belongs to a download that was counted at its beginning.
    #expect(after.downloads == 1 && after.downloaded_at != nil)
    let audit = try await office.ask("GET", "/api/v1/audit?action=artifact").value(AuditLog.self).lines
    #expect(audit.map(\.person) == ["ada"] && audit[0].subject == "job-1")
    #expect(audit[0].change == "adapters: First-job-adapters-job-1.zip")
    #expect(try await office.ask("GET", "/api/v1/jobs/1/artifacts/evaluation_csv").status == 404)
    #expect(try await office.ask("GET", "/api/v1/jobs/1/artifacts/adapters", token: nil).status == 401)
  }

  @Test func aLinkHoldsForItsTimeAndItsFileOnly() async throws {
    let office = try Office(pods: .always)
    let zip = try await finished(office)
    let engineer = try await office.token("ada", .engineer)
    let link = try await office.ask("POST", "/api/v1/jobs/1/artifacts/adapters/link", token: engineer).value(
      ArtifactLink.self)
    #expect(link.valid_hours == 24)
    let path = String(link.url.dropFirst("http://127.0.0.1:1".count))
    #expect(try await office.ask("GET", path, token: nil).body == zip)
    for forged in [
      path.replacing("adapters", with: "deployment_package"), path.replacing("for=ada", with: "for=eve"),
      path.replacing("until=", with: "until=9"), String(path.dropLast()),
    ] { #expect(try await office.ask("GET", forged, token: nil).status == 404) }
    let package = try await office.ask("POST", "/api/v1/jobs/1/artifacts/deployment_package/link").value(
      ArtifactLink.self)
    #expect(package.valid_hours == 48)
    // Whose link it was is what is written down.
    let audit = try await office.ask("GET", "/api/v1/audit?action=artifact.download").value(AuditLog.self).lines
    #expect(audit.map(\.person) == ["ada"] && audit[0].role == "link")
    #expect(
      try await office.ask("GET", "/api/v1/artifacts").value(ArtifactList.self).artifacts.map(\.downloads) == [1, 0, 0])
    let viewer = try await office.token("bob", .viewer)
    #expect(try await office.ask("POST", "/api/v1/jobs/1/artifacts/adapters/link", token: viewer).status == 403)
  }

  /// Whoever has no link learns nothing: not which jobs there are, what they left, or what validation held against it.
  @Test func withoutALinkNothingIsSaid() async throws {
    let office = try Office(pods: .always)
    _ = try await finished(office)
    let gone = try await office.ask(
      "DELETE", "/api/v1/jobs/1/artifacts/deployment_package", Deletion(confirm: true))
    #expect(gone.status == 200)
    var answers: Set<String> = []
    for path in [
      "job-1/adapters", "job-1/deployment_package", "job-1/evaluation_csv", "job-1/no-such", "job-9/adapters",
    ] {
      for query in ["", "?for=owner&until=9999999999&signature=00"] {
        let answer = try await office.ask("GET", "/v1/artifacts/\(path)\(query)", token: nil)
        #expect(answer.status == 404)
        answers.insert(answer.text)
      }
    }
    #expect(answers.count == 1, "\(answers)")
  }

  @Test func aLinkThatIsOverIsNone() async throws {
    let office = try Office(pods: .always)
    _ = try await finished(office)
    _ = try await office.token("ada", .engineer)
    let sha = try await office.ask("GET", "/api/v1/artifacts").value(ArtifactList.self).artifacts[0].sha256
    for (until, status) in [
      (Int(Date().timeIntervalSince1970) - 1, 404), (Int(Date().timeIntervalSince1970) + 3_600, 200),
    ] {
      let signature = Office.keys.linkSignature(of: "artifact 0 adapters \(sha) ada", until: until)
      let path = "/v1/artifacts/job-1/adapters?for=ada&until=\(until)&signature=\(signature)"
      #expect(try await office.ask("GET", path, token: nil).status == status)
    }
  }

  @Test func aLinkHoldsNoLongerThanWhoeverMadeItIsThere() async throws {
    let office = try Office(pods: .always)
    let zip = try await finished(office)
    let ada = try await office.token("ada", .engineer)
    let answer = try await office.ask("POST", "/api/v1/jobs/1/artifacts/adapters/link", token: ada)
    #expect(answer.headers[.cacheControl] == "no-store")
    let link = try answer.value(ArtifactLink.self)
    let path = String(link.url.dropFirst("http://127.0.0.1:1".count))
    #expect(try await office.ask("GET", path, token: nil).body == zip)
    #expect(try await office.ask("DELETE", "/api/v1/people/ada").status == 200)
    let gone = try await office.ask("GET", path, token: nil)
    #expect(gone.status == 404)
    #expect(try await office.ask("GET", String(path.dropLast()), token: nil).text == gone.text, "as if it never was")
    #expect(
      try await office.ask("GET", "/api/v1/artifacts").value(ArtifactList.self).artifacts.first?.downloads == 1)
  }

  @Test func whatValidationHoldsBackIsNotHandedOut() async throws {
    let office = try Office(pods: .always)
    let zip = try await finished(office)
    let path = "/api/v1/jobs/1/artifacts"
    let link = try await office.ask("POST", "\(path)/adapters/link").value(ArtifactLink.self)
    let own = try #require(URL(string: link.url).map { "\($0.path)?\($0.query ?? "")" })
    #expect(
      try await office.ask("POST", "/api/v1/jobs/job-1/validation", try ValidationRoutesTests().document(.block)).status
        == 201)
    for kind in ["adapters", "deployment_package"] {
      let answer = try await office.ask("GET", "\(path)/\(kind)")
      #expect(answer.status == 409 && answer.text.contains("delivery is blocked"), "\(kind): \(answer.text)")
      #expect(try await office.ask("POST", "\(path)/\(kind)/link").status == 409)
    }
    let held = try await office.ask("GET", "/dashboard/training-jobs/job-1")
    #expect(held.text.contains("delivery is blocked") && !held.text.contains("/artifacts/adapters"))
    #expect(held.text.contains("/artifacts/metrics_csv"))
    // A link that was made before does not get round it; what is no model may go.
    #expect(try await office.ask("GET", own, token: nil).status == 409)
    #expect(try await office.ask("GET", "\(path)/metrics_csv").status == 200)
    // A manager lets it go where they are told of it; an engineer is not shown the form.
    #expect(held.text.contains("Deliver it anyway") && !held.text.contains("lora-train evaluate"))
    let emil = try await office.token("emil", .engineer)
    let jobPage = "/dashboard/training-jobs/job-1"
    #expect(!(try await office.ask("GET", jobPage, token: emil).text.contains("Deliver it anyway")))
    let why = Data("justification=the+client+agreed+in+writing".utf8)
    #expect(try await office.ask("POST", "\(jobPage)/delivery", token: emil, bytes: why).status == 403)
    #expect(try await office.ask("POST", "\(jobPage)/delivery", bytes: Data()).status == 400)
    #expect(try await office.ask("POST", "\(jobPage)/delivery", bytes: why).status == 303)
    let answer = try await office.ask("GET", "\(path)/adapters")
    #expect(answer.status == 200 && answer.body == zip)
    let page = try await office.ask("GET", "/dashboard/training-jobs/job-1")
    #expect(
      page.text.contains("href=\"\(path.replacing("jobs/1", with: "jobs/job-1"))/adapters\">Download Adapters</a>"))
    #expect(
      page.text.contains("First-job-adapters-job-1.zip, 100 kB, 1 download, in ") && page.text.contains("; since <time")
    )
    #expect(page.text.contains("/api/v1/jobs/job-1/report.pdf\">Generate Report"))
  }

  @Test func whatIsDeletedWasMeantAndIsGone() async throws {
    let office = try Office(pods: .always)
    _ = try await finished(office)
    let before = try await office.ask("GET", "/api/v1/storage").value(StorageDocument.self)
    #expect(before.bytes == 400_000 && before.models == 1 && before.jobs[0].name == "First job")
    #expect(before.cost_usd_per_month.map { abs($0 - 400_000 / 1e9 * 0.02) < 1e-12 } == true)
    #expect(try await office.ask("DELETE", "/api/v1/jobs/1/artifacts/adapters").status == 422)
    let meant = Deletion(confirm: true, justification: "old")
    #expect(try await office.ask("DELETE", "/api/v1/jobs/1/artifacts/adapters", meant).status == 200)
    #expect(try await office.ask("GET", "/api/v1/jobs/1/artifacts/adapters").status == 410)
    #expect(try await office.ask("GET", "/api/v1/storage").value(StorageDocument.self).bytes == 300_000)
    let audit = try await office.ask("GET", "/api/v1/audit?action=artifact.delete").value(AuditLog.self).lines
    #expect(audit.count == 1 && audit[0].justification == "old")
    // It does not come back by itself.
    await office.keeper.tend()
    #expect(try await office.ask("GET", "/api/v1/jobs/1/artifacts/adapters").status == 410)
  }

  @Test func metricsAreExportedOnceAStep() async throws {
    let office = try Office(pods: .always)
    #expect(try await office.ask("POST", "/api/v1/jobs", Office.job("First job")).status == 201)
    let pod = PodName(store: "office", epoch: 1, request: 1)
    // Steps 3 and 4 were lost, and are done again.
    for rows in [[(1, 0.5), (2, 0.4), (3, 0.9), (4, 0.9)], [(3, 0.3), (4, 0.25)]] {
      let text = rows.map {
        #"{"step":\#($0.0),"epoch":1,"training_loss":\#($0.1),"validation_loss":\#($0.1),"at":1795787374,"elapsed_s":9.5}"#
      }
      #expect(
        try await office.say(pod, "/metrics", #"{"event":"metrics","rows":[\#(text.joined(separator: ","))]}"#).status
          == 200)
    }
    let csv = try await office.ask("GET", "/api/v1/jobs/1/metrics.csv").text.split(separator: "\n")
    #expect(
      csv[0]
        == "step_number,epoch,training_loss,validation_loss,learning_rate,perplexity,gpu_utilization,timestamp,elapsed_time_seconds"
    )
    #expect(csv.dropFirst().map { $0.split(separator: ",")[0] } == ["1", "2", "3", "4"])
    #expect(csv[4].hasPrefix("4,1,0.25,0.25,,,,2026-") && csv[4].hasSuffix(",9.5"))
    let json = try await office.ask("GET", "/api/v1/jobs/1/metrics.json")
    let document = try #require(JSONSerialization.jsonObject(with: json.body) as? [String: Any])
    #expect((document["job_metadata"] as? [String: Any])?["job_id"] as? String == "job-1")
    #expect(
      (document["training_metrics"] as? [[String: Any]])?.map { $0["training_loss"] as? Double } == [
        0.5, 0.4, 0.3, 0.25,
      ])
    let final = try #require(document["final_metrics"] as? [String: Any])
    #expect(final["final_training_loss"] as? Double == 0.25 && final["perplexity_improvement"] as? String == "22%")
    let package = try await office.ask("GET", "/api/v1/jobs/1/metrics.zip")
    let name = try #require(package.headers[.contentDisposition])
    #expect(name.wholeMatch(of: #/attachment; filename="First-job-metrics-\d{8}T\d{6}Z\.zip"/#) != nil, "\(name)")
    let files = try ZipReader.files(package.body)
    let stem = name.dropFirst("attachment; filename=\"".count).dropLast(".zip\"".count)
    #expect(files.map(\.name) == ["\(stem).csv", "\(stem).json", "\(stem)-loss.png"])
    #expect(String(decoding: files[0].content, as: UTF8.self).split(separator: "\n").map { $0 } == csv)
    #expect(files[1].content == json.body)
    #expect(files[2].content.starts(with: [0x89, 0x50, 0x4E, 0x47]) && files[2].content.count > 5_000)
    let audit = try await office.ask("GET", "/api/v1/audit?action=metrics.export").value(AuditLog.self).lines
    #expect(audit.map(\.change) == ["zip, export 1", "json, export 1", "csv, export 1"])
    let page = try await office.ask("GET", "/dashboard/training-jobs/job-1").text
    #expect(page.contains("/api/v1/jobs/job-1/metrics.zip\">Export Metrics with Charts (ZIP)"))
  }
}
