import Engine
import Foundation
import Journal
import Testing

@testable import Web

/// One box that finds everything, in the API and on its page.
@Suite struct SearchTests {
  private func found(_ office: Office, _ query: String, token: String = Office.ownToken) async throws -> SearchList {
    let answer = try await office.ask("GET", office.api("search?q=\(query)"), token: token)
    #expect(answer.status == 200, "\(answer.text)")
    return try answer.value()
  }

  @Test func whatTheApiFindsThePageShowsEscaped() async throws {
    let office = try Office(limit: nil)
    #expect(try await office.ask("GET", "/dashboard/search").text.contains("What are you looking for?"))
    for name in ["Retirement <b>planning</b>", "plain one"] {
      _ = try await office.ask("POST", office.api("jobs"), Office.job(name))
    }
    _ = try await office.ask(
      "POST", office.api("jobs/2/notes"), NewNote(text: "retirement <script>alert(1)</script> observed"))
    _ = try await office.ask(
      "POST", office.api("templates"),
      NewTemplate(
        name: "For retirement", purpose: nil, isShared: true, tags: [], configuration: Office.job("x y z").configuration
      ))
    let list = try await found(office, "retirement")
    #expect(Set(list.results.map(\.id)) == ["job-1", "job-2", "For retirement"] && list.total == 3)
    #expect(list.results.last?.id == "job-2", "titles come first")
    #expect(list.results.first { $0.id == "job-1" }?.status != nil && list.have_all_words)
    let page = try await office.ask("GET", "/dashboard/search?q=retirement").text
    for one in list.results { #expect(page.contains("href=\"\(one.path)\"")) }
    #expect(page.contains("1 to 3 of 3") && page.contains("<mark>"))
    #expect(!page.contains("<script>alert") && !page.contains("<b>planning</b>"))
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    let only = try await office.ask("GET", "/dashboard/search?q=retirement&kind=template").text
    #expect(only.contains("1 to 1 of 1"))
    let some = try await found(office, "how%20to%20plan%20retirements")
    #expect(some.results.first?.id == "job-1" && !some.have_all_words)
    #expect(try await found(office, "nowhere").results.isEmpty)
    #expect(try await office.ask("GET", "/dashboard/search?q=nowhere").text.contains("Nothing was found"))
    #expect(try await office.ask("GET", office.api("search?kind=people")).status == 400)
  }

  @Test func othersOwnTemplatesAreNotFound() async throws {
    let office = try Office(limit: nil)
    let (emil, edda) = (try await office.token("emil", .engineer), try await office.token("edda", .engineer))
    let template = NewTemplate(
      name: "Hush", purpose: nil, isShared: false, tags: [], configuration: Office.job("x y z").configuration)
    #expect(try await office.ask("POST", office.api("templates"), template, token: emil).status == 201)
    #expect(try await found(office, "hush", token: emil).total == 1)
    #expect(try await found(office, "hush", token: edda).total == 0)
  }

  @Test func theBoxIsOnEveryPage() async throws {
    let office = try Office(limit: nil)
    for path in ["/dashboard/training-jobs", "/dashboard/settings", "/dashboard/training-budget"] {
      let page = try await office.ask("GET", path).text
      #expect(page.contains("action=\"/dashboard/search\"") && page.contains("/assets/search."), "\(path)")
    }
  }
}
