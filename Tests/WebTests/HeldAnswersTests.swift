import Testing

@testable import Web

/// Who asks for what was just answered does not wait, and who asks for something else does.
@Suite struct HeldAnswersTests {
  private struct Trouble: Error {}

  @Test func theLatestAnswerToAQuestionLikeItDoesUntilTheNewOneIsThere() async throws {
    let answers = HeldAnswers<Int, String>(for: .seconds(3_600))
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    func ask(_ key: Int) async throws -> String {
      let isLike = { $0 / 10 == key / 10 }
      return try await answers.answer(to: key, orOf: isLike) {
        // The second question's answer takes as long as the test wants it to.
        if key == 11 { for await _ in gate { break } }
        return "\(key)"
      }
    }
    #expect(try await ask(10) == "10")
    #expect(try await ask(11) == "10")
    #expect(try await ask(11) == "10")
    // Another kind of question has no answer yet.
    #expect(try await ask(20) == "20")
    open.yield()
    while try await ask(11) != "11" { await Task.yield() }
    #expect(["11", "12"].contains(try await ask(12)))
  }

  @Test func whoCanDoWithoutDoesNotWait() async throws {
    let answers = HeldAnswers<Int, Int>(for: .seconds(3_600))
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let ask: @Sendable () async throws -> Int = {
      for await _ in gate { break }
      return 7
    }
    #expect(try await answers.answer(to: 1, within: .zero, ask) == nil)
    // Asked once, however often somebody does not wait.
    #expect(try await answers.answer(to: 1, within: .zero, ask) == nil)
    open.yield()
    #expect(try await answers.answer(to: 1, ask) == 7)
    while try await answers.answer(to: 1, within: .zero, ask) != 7 { await Task.yield() }
    await #expect(throws: Trouble.self) { try await answers.answer(to: 2, within: .seconds(3_600)) { throw Trouble() } }
  }

  @Test func theLatestAnswerStandsWhileANewerOneIsMade() async throws {
    let answers = LatestAnswer<Int, Int>(for: .zero)
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    #expect(try await answers.answer(1) { 7 } == 7)
    // It holds no more, but is better than none.
    let asked = try await answers.answer(1, within: .zero) {
      for await _ in gate { break }
      return 8
    }
    #expect(asked == 7)
    open.yield()
    while try await answers.answer(1, within: .zero, { 8 }) != 8 { await Task.yield() }
    // Of another key it is none.
    let (other, openOther) = AsyncStream.makeStream(of: Void.self)
    let slow: @Sendable () async throws -> Int = {
      for await _ in other { break }
      return 9
    }
    #expect(try await answers.answer(2, within: .zero, slow) == nil)
    openOther.yield()
    while try await answers.answer(2, within: .zero, { 9 }) != 9 { await Task.yield() }
    // What failed is said, and not tried again at once.
    let failing = LatestAnswer<Int, Int>(for: .zero)
    await #expect(throws: Trouble.self) { try await failing.answer(1) { throw Trouble() } }
    await #expect(throws: Trouble.self) { try await failing.answer(1, within: .zero) { 9 } }
    #expect(try await failing.answer(1) { 9 } == 9, "who waits tries")
  }

  @Test func whatFailedIsAskedAgain() async throws {
    let answers = HeldAnswers<Int, Int>(for: .seconds(3_600))
    await #expect(throws: Trouble.self) { try await answers.answer(to: 1) { throw Trouble() } }
    #expect(try await answers.answer(to: 1) { 7 } == 7)
    #expect(try await answers.answer(to: 1) { 8 } == 7)
    let short = HeldAnswers<Int, Int>(for: .zero)
    #expect(try await short.answer(to: 1) { 7 } == 7)
    #expect(try await short.answer(to: 1) { 8 } == 8)
  }
}
