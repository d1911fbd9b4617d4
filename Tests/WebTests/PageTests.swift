import Assets
import Foundation
import Journal
import Live
import Testing

@testable import Web

/// Pages as a person sees them: what every page has in common, and the list of jobs.
@Suite struct PageTests {
  @Test func everyTemplateIsSoundAndLibrariesHoldThem() {
    for page in PageLibrary.pages { #expect(PageLibrary.library.getTemplate(named: page.name) != nil, "\(page.name)") }
  }

  @Test func nobodySeesAPageWithoutSigningIn() async throws {
    let office = try Office()
    for path in ["/dashboard/training-jobs", "/dashboard", "/dashboard/training-jobs.csv"] {
      let answer = try await office.ask("GET", path, token: nil)
      #expect(answer.status == 303 || answer.status == 302, "\(path): \(answer.status)")
      #expect(!answer.text.contains("Training jobs"))
    }
  }

  @Test func assetsAreKeptForEverAndSmall() async throws {
    let office = try Office()
    var sum = 0
    for asset in PageAssets.all {
      let plain = try await office.ask("GET", PageAssets.path(asset.name), token: nil)
      #expect(plain.status == 200 && plain.body == asset.body)
      let packed = try await office.ask(
        "GET", PageAssets.path(asset.name), token: nil, headers: ["Accept-Encoding": "gzip"])
      #expect(packed.body == asset.gzipped ?? asset.body)
      sum += packed.body.count
      #expect(!plain.text.contains("http://") && !plain.text.contains("https://") || asset.name == "icon.svg")
    }
    #expect(sum <= 60 * 1024, "\(sum) bytes of script and style")
    #expect(try await office.ask("GET", "/assets/style.css", token: nil).status == 404)
  }

  @Test func theListShowsWhatTheAPIShowsEscaped() async throws {
    let office = try Office(limit: nil)
    let empty = try await office.ask("GET", "/dashboard/training-jobs")
    #expect(empty.status == 200 && empty.text.contains("No training job yet"))
    for name in ["<script>alert(1)</script>", "plain & simple", "\"quoted\" 'job'"] {
      #expect(try await office.ask("POST", office.api("jobs"), Office.job(name)).status == 201)
    }
    let page = try await office.ask("GET", "/dashboard/training-jobs").text
    #expect(!page.contains("<script>alert") && page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    #expect(page.contains("plain &amp; simple") && page.contains("&quot;quoted&quot; &#39;job&#39;"))
    let list = try await office.ask("GET", office.api("jobs")).value(JobList.self)
    #expect(page.contains("1 to 3 of \(list.total) jobs, which have cost \(Wording.money(list.total_cost_usd)) in all"))
    for job in list.jobs { #expect(page.contains(Wording.badge(job.status)) && page.contains("/\(job.id)\"")) }
    let found = try await office.ask("GET", "/dashboard/training-jobs?search=simple&sort=cost").text
    #expect(found.contains("plain &amp; simple") && !found.contains("quoted"))
    #expect(try await office.ask("GET", "/dashboard/training-jobs?search=nowhere").text.contains("No job is like that"))
    let csv = try await office.ask("GET", "/dashboard/training-jobs.csv")
    #expect(csv.text == CSVText.jobs(list.jobs))
    #expect(try await office.ask("GET", "/dashboard/training-jobs?from=yesterday").status == 400)
  }

  @Test func formsAreReadAsBrowsersSendThem() throws {
    let form = FormFields(text: "a=1&b=x+y%26z&job=1&job=2&empty=&n=1%2C200&text=one%0D%0Atwo")
    #expect(form["a"] == "1" && form["b"] == "x y&z" && form.all("job") == ["1", "2"])
    #expect(form["empty"] == nil && form["text"] == "one\ntwo")
    #expect(try form.number("n") == 1200)
    #expect(throws: Problem.self) { try form.number("b") }
    #expect(FormFields(text: form.query).query == form.query)
  }
}

extension Office {
  /// An address of the programming interface.
  func api(_ path: String) -> String { "/api/v1/\(path)" }
}
