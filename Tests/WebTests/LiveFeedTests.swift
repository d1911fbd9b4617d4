import Engine
import Foundation
import Hummingbird
import Journal
import Live
import NIOCore
import Testing

@testable import Web

/// What whoever watches is told, and when it ends.
@Suite struct LiveFeedTests {
  /// Messages that are there already: the feed is told to look, so that no time goes by.
  private func heard(_ stream: AsyncStream<ByteBuffer>, _ feed: LiveFeed) async -> [String] {
    await feed.end()
    var text = ""
    for await bytes in stream { text += String(buffer: bytes) }
    return text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
  }

  private func events(_ messages: [String]) -> [String] {
    messages.compactMap { $0.split(separator: "\n").first { $0.hasPrefix("event: ") }.map { String($0.dropFirst(7)) } }
  }

  @Test func whatChangedIsToldOnceASecond() async throws {
    let office = try Office(limit: nil)
    _ = try await office.ask("POST", "/api/v1/jobs", Office.job("there before"))
    let feed = office.server.feed
    let (_, stream) = await feed.watch(nil, after: nil)
    await feed.tick()
    await feed.tick()
    _ = try await office.ask("POST", "/api/v1/jobs", Office.job("a new one"))
    for step in 1...50 { await feed.note(JobIndex(0), measured: step) }
    await feed.tick()
    await feed.tick()
    let messages = await heard(stream, feed)
    #expect(events(messages).first == "hello")
    // The new one once, however often was looked; fifty steps in one.
    #expect(messages.count { $0.contains("event: job") && $0.contains("\"name\":\"a new one\"") } == 1)
    let metrics = messages.filter { $0.contains("event: metrics") }
    #expect(metrics.count == 1 && metrics[0].contains("\"step\":\"50\""))
    #expect(events(messages).count { $0 == "budget" } == 1, "what is set aside rose by the new one")
  }

  @Test func whoWatchesOneJobHearsOfThatOne() async throws {
    let office = try Office(limit: nil)
    for name in ["first job", "second job"] { _ = try await office.ask("POST", "/api/v1/jobs", Office.job(name)) }
    let feed = office.server.feed
    let (_, stream) = await feed.watch(JobIndex(1), after: nil)
    for id in 1...2 { _ = try await office.ask("POST", "/api/v1/jobs/\(id)/cancel") }
    await feed.tick()
    let messages = await heard(stream, feed)
    #expect(messages.contains { $0.contains("job-2") } && !messages.contains { $0.contains("job-1\"") })
    #expect(try await office.ask("GET", "/api/v1/stream?job=job-9").status == 404)
  }

  @Test func whoWasAwayHearsWhatWasMissed() async throws {
    let office = try Office(limit: nil)
    let feed = office.server.feed
    let (first, early) = await feed.watch(nil, after: nil)
    let (_, other) = await feed.watch(nil, after: nil)
    var iterator = early.makeAsyncIterator()
    let hello = try #require(await iterator.next().map { String(buffer: $0) })
    let id = try #require(hello.split(separator: "\n").first.map { String($0.dropFirst(4)) })
    await feed.leave(first)
    _ = try await office.ask("POST", "/api/v1/jobs", Office.job("missed this"))
    await feed.tick()
    let (_, again) = await feed.watch(nil, after: id)
    let (_, stranger) = await feed.watch(nil, after: "0badcafe-3")
    let missed = await heard(again, feed)
    #expect(missed.contains { $0.contains("missed this") } && events(missed).first == "hello")
    #expect(events(await heard(stranger, feed)) == ["reset"])
    #expect(events(await heard(other, feed)).contains("job"))
  }

  /// What happened while nobody watched is in no message: whoever was alone, and comes again, looks at everything.
  @Test func whoWasAwayAloneLooksAtEverything() async throws {
    let office = try Office(limit: nil)
    let feed = office.server.feed
    let (alone, stream) = await feed.watch(nil, after: nil)
    var iterator = stream.makeAsyncIterator()
    let hello = try #require(await iterator.next().map { String(buffer: $0) })
    let id = try #require(hello.split(separator: "\n").first.map { String($0.dropFirst(4)) })
    await feed.leave(alone)
    _ = try await office.ask("POST", "/api/v1/jobs", Office.job("missed this"))
    await feed.tick()
    let (_, again) = await feed.watch(nil, after: id)
    #expect(events(await heard(again, feed)) == ["reset"])
  }

  /// Between a page and its stream nothing is lost: the page says where the feed was, and what came after is told.
  @Test func whatChangesWhileAPageLoadsIsHeard() async throws {
    let office = try Office(limit: nil)
    // Nothing comes of a draft by itself.
    var draft = Office.job("a draft")
    draft.draft = true
    for _ in 0..<2 { _ = try await office.ask("POST", "/api/v1/jobs", draft) }
    let feed = office.server.feed
    func page() async throws -> String {
      let text = try await office.ask("GET", "/dashboard/training-jobs").text
      let mark = try #require(text.range(of: "data-feed=\""))
      return String(text[mark.upperBound...].prefix { $0 != "\"" })
    }
    func hears(_ after: String) async -> String? {
      let (ticket, stream) = await feed.watch(nil, after: after)
      await feed.leave(ticket)
      var iterator = stream.makeAsyncIterator()
      return await iterator.next().flatMap { events([String(buffer: $0)]).first }
    }
    // Nothing changed: nothing to look at again.
    let quiet = try await page()
    #expect(await hears(quiet) == "hello")
    #expect(try await page() == quiet)
    _ = try await office.ask("POST", "/api/v1/jobs/1/cancel")
    #expect(await hears(quiet) == "reset", "nobody watched: it looks at everything")
    // Somebody else watches: what came after the page is told.
    let (_, others) = await feed.watch(nil, after: nil)
    let before = try await page()
    _ = try await office.ask("POST", "/api/v1/jobs/2/cancel")
    await feed.tick()
    let (_, own) = await feed.watch(nil, after: before)
    let messages = await heard(own, feed)
    #expect(events(messages).first == "hello" && messages.contains { $0.contains("job-2") })
    _ = others
    let request = Request(
      head: .init(method: .get, scheme: "http", authority: "here", path: "/api/v1/stream?after=a-1&job=job-1"),
      body: .init(buffer: ByteBuffer()))
    #expect(StreamRoutes.last(request) == "a-1")
    let other = try await office.ask("GET", "/dashboard/help").text
    #expect(!other.contains("data-feed"), "a page that does not listen")
  }

  @Test func aStreamIsNotForStrangersAndEndsWithTheServer() async throws {
    let office = try Office()
    #expect(try await office.ask("GET", "/api/v1/stream", token: nil).status == 401)
    await office.server.feed.end()
    let answer = try await office.ask("GET", "/api/v1/stream")
    #expect(answer.headers[.contentType] == "text/event-stream" && answer.text.hasPrefix("retry: 2000"))
  }

  @Test func whoDoesNotReadIsLetGo() async throws {
    let office = try Office()
    let feed = office.server.feed
    let (_, stream) = await feed.watch(nil, after: nil)
    for step in 1...200 {
      await feed.note(JobIndex(0), measured: step)
      await feed.tick()
    }
    var count = 0
    // Ends by itself.
    for await _ in stream { count += 1 }
    #expect(count <= 64)
  }
}
