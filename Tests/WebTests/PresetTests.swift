import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Testing

@testable import Web

/// A quarter's proposal on its way: nothing changes until a manager accepts, and then only what comes.
@Suite struct PresetTests {
  /// As the last quarter's history might propose it for the balanced preset.
  private func propose(_ office: Office, quarter: String? = nil) async throws -> Int {
    let view = await office.runner.view
    var to = PresetParameters.shipped(.balanced)
    (to.epochs, to.learningRate) = (2, 0.0003)
    let finding = PresetFinding(
      jobs: 30, usual_jobs: 16, confidence: 0.9875, alternatives: [], reason: "a <test>", source: "this test")
    let one = Catalogue.PresetProposal(
      quarter: quarter ?? Quarter(before: view.at).text, preset: .balanced, from: .shipped(.balanced), to: to,
      finding: String(decoding: try JSONEncoder().encode(finding), as: UTF8.self), made: view.at)
    try office.runner.catalogue.keep([one])
    return try #require(try office.runner.catalogue.presetProposals().first { $0.quarter == one.quarter }?.number)
  }

  private func balanced(_ office: Office) async throws -> PresetDocument {
    let list = try await office.ask("GET", office.api("presets")).value(PresetList.self)
    return try #require(list.presets.first { $0.preset == .balanced })
  }

  /// A job that says no more than its preset.
  private func plain(_ name: String) -> Data {
    Data(
      #"{"name":"\#(name)","configuration":{"preset":"balanced","pricing":"spot","trainingPairs":100,"tokensPerPair":1000}}"#
        .utf8)
  }

  @Test func anAcceptedProposalHoldsForWhatComes() async throws {
    let office = try Office(limit: nil)
    let number = try await propose(office)
    let old = try await office.ask("POST", office.api("jobs"), bytes: plain("before it"))
    #expect(old.status == 201)
    #expect(try old.value(JobDocument.self).configuration.epochs == 3)
    let path = office.api("presets/proposals")
    var proposal = try #require(
      try await office.ask("GET", path).value(PresetProposalList.self).proposals.first { $0.number == number })
    #expect(proposal.status == .proposed && !proposal.is_in_force)
    #expect(
      proposal.changes == [
        PresetChange(parameter: "learning_rate", from: 0.0002, to: 0.0003),
        PresetChange(parameter: "epochs", from: 3, to: 2),
      ])
    #expect(try await balanced(office).parameters == .shipped(.balanced), "nothing is changed by a proposal")
    // It takes a manager.
    let engineer = try await office.token("ada", .engineer)
    #expect(try await office.ask("POST", "\(path)/\(number)/accept", token: engineer).status == 403)
    #expect(try await office.ask("POST", "\(path)/99/accept").status == 404)
    let manager = try await office.token("mia", .manager)
    let answer = try await office.ask(
      "POST", "\(path)/\(number)/accept", Reason(justification: "as discussed"), token: manager)
    proposal = try answer.value()
    #expect(proposal.status == .accepted && proposal.decided_by == "mia" && proposal.is_in_force)
    let line = try await office.ask("GET", office.api("audit?action=preset.")).value(AuditLog.self).lines.first
    #expect(line?.action == "preset.accept" && line?.person == "mia" && line?.justification == "as discussed")
    #expect(line?.change?.contains("learning_rate 0.0002 → 0.0003, epochs 3 → 2") == true)
    #expect(line?.subject == "preset-proposal-\(number)")
    let now = try await balanced(office)
    #expect(now.parameters.epochs == 2 && now.accepted_by == "mia" && now.proposal == number)
    // Over the API, by the form, and in the estimate of either.
    let made = try await office.ask("POST", office.api("jobs"), bytes: plain("behind it")).value(JobDocument.self)
    #expect(made.configuration.epochs == 2 && made.configuration.learningRate == 0.0003)
    #expect(made.configuration.trainingPairs == 100)
    let fields = "name=from+the+form&preset=balanced&pricing=spot&pairs=100&tokens_per_pair=1000"
    let checks = "&reviewed=yes&understood=yes&approved=yes"
    let sent = try await office.ask(
      "POST", "/dashboard/training-jobs", bytes: Data((fields + checks).utf8))
    #expect(sent.status == 303)
    #expect(try await office.ask("GET", office.api("jobs/3")).value(JobDocument.self).configuration.epochs == 2)
    let form = try await office.page("training-jobs/new")
    #expect(form.contains("r=16, lr=0.0003, epochs=2, batch_size=2"))
    // What says a value of its own has it; what was there keeps its own, and so does what is made from it.
    var own = Office.job("says it itself")
    own.configuration.epochs = 3
    let said = try await office.ask("POST", office.api("jobs"), own).value(JobDocument.self)
    #expect(said.configuration.epochs == 3 && said.configuration.learningRate == 0.0002)
    #expect(try await office.ask("GET", office.api("jobs/1")).value(JobDocument.self).configuration.epochs == 3)
    let cloned = try await office.page("training-jobs/new?from=job-1")
    #expect(
      cloned.contains("value=\"3\" placeholder=\"2\"") && cloned.contains("value=\"0.0002\" placeholder=\"0.0003\""))
  }

  @Test func aDecisionIsMadeOnceAndAnAcceptanceCanBeTakenBack() async throws {
    let office = try Office(limit: nil)
    let number = try await propose(office)
    let path = office.api("presets/proposals/\(number)")
    #expect(try await office.ask("POST", "\(path)/accept").status == 200)
    let again = try await office.ask("POST", "\(path)/accept")
    #expect(again.status == 409 && again.text.contains("was accepted by"))
    #expect(try await office.ask("POST", "\(path)/reject").value(PresetProposalDocument.self).status == .rejected)
    let back = try await balanced(office)
    #expect(back.parameters == .shipped(.balanced) && back.since == nil)
    #expect(try await office.ask("POST", "\(path)/accept").status == 409)
    let lines = try await office.ask("GET", office.api("audit?action=preset.")).value(AuditLog.self).lines
    #expect(lines.map(\.action) == ["preset.reject", "preset.accept"])
    #expect(lines[0].change?.hasSuffix("; what held before holds again") == true)
    // What comes with nothing to change cannot be accepted.
    let list = try await office.ask("GET", office.api("presets/proposals")).value(PresetProposalList.self)
    let made = Quarter(before: await office.runner.view.at).text
    #expect(list.proposals.count == 1, "\(made) has its proposal, and gets no other")
  }

  @Test func aProposalHoldsUntilTheNextQuartersIsThere() async throws {
    let office = try Office(limit: nil)
    let number = try await propose(office, quarter: "2020-Q1")
    let list = try await office.ask("GET", office.api("presets/proposals")).value(PresetProposalList.self)
    #expect(list.proposals.first { $0.number == number }?.status == .expired)
    let last = Quarter(before: await office.runner.view.at)
    let newest = list.proposals.filter { $0.quarter == last.text }
    #expect(
      Set(newest.map(\.preset)) == [.conservative, .balanced, .aggressive]
        && newest.allSatisfy { $0.status == .unchanged })
    #expect(newest.allSatisfy { $0.finding.reason == "No job of this preset was over in \(last.text)." })
    #expect(newest.allSatisfy { $0.from == Wording.stamp(last.from) && $0.until == Wording.stamp(last.until) })
    for one in [number, newest[0].number] {
      #expect(try await office.ask("POST", office.api("presets/proposals/\(one)/accept")).status == 409)
    }
    // It is what it is: asked again, nothing is made anew.
    let again = try await office.ask("GET", office.api("presets/proposals")).value(PresetProposalList.self)
    #expect(again.proposals.map(\.number) == list.proposals.map(\.number))
    #expect(again.proposals.map(\.made_at) == list.proposals.map(\.made_at))
  }

  @Test func theQuartersOwnJobsAreCounted() async throws {
    let office = try Office(limit: nil, pods: .always)
    try await office.complete(1, Office.job("first run"), validation: 0.4)
    var other = Office.job("second run")
    other.configuration.rank = 32
    try await office.complete(2, other, validation: 0.4)
    var retry = Office.job("third run")
    retry.retry_of = "job-2"
    try await office.complete(3, retry)
    let view = await office.runner.view
    let deeds = PresetDeeds(runner: office.runner, finals: FinalShelf(office.runner.catalogue))
    try await deeds.propose(Quarter(of: view.at), view)
    let kept = try #require(try office.runner.catalogue.presetProposals().first { $0.preset == .balanced })
    let finding = try JSONDecoder().decode(PresetFinding.self, from: Data(kept.finding.utf8))
    #expect(kept.status == .unchanged && finding.jobs == 2 && finding.usual_jobs == 1, "a retry is none of them")
    #expect(finding.reason.hasPrefix("Only 1 job had the present values"))
  }

  @Test func thePageShowsAndDecides() async throws {
    let office = try Office(limit: nil)
    let number = try await propose(office)
    var page = try await office.page("presets")
    for part in [
      "Balanced, \(Quarter(before: await office.runner.view.at).text)",
      "<th scope=\"row\">Epochs</th><td class=\"number\">3</td><td class=\"number\">2</td>",
      "a &lt;test&gt;", "this test", "Accept<span", "comes with lora-train",
    ] { #expect(page.contains(part), "\(part)") }
    #expect(try await office.page("analytics").contains("href=\"/dashboard/presets\""))
    let viewer = try await office.token("vic", .viewer)
    #expect(!(try await office.ask("GET", "/dashboard/presets", token: viewer).text.contains("Accept<span")))
    let form = Data("decision=accept&remark=so+be+it".utf8)
    #expect(try await office.ask("POST", "/dashboard/presets/\(number)", token: viewer, bytes: form).status == 403)
    #expect(
      try await office.ask("POST", "/dashboard/presets/\(number)", bytes: Data("decision=maybe".utf8)).status == 400)
    #expect(try await office.ask("POST", "/dashboard/presets/\(number)", bytes: form).status == 303)
    page = try await office.page("presets")
    #expect(page.contains("Accepted by") && page.contains("so be it") && page.contains("Take back<span"))
    #expect(page.contains("(proposal \(number))"))
  }

  @Test func whatHeldThenIsReadFromTheStore() async throws {
    let office = try Office(limit: nil)
    let path = office.folder.appendingPathComponent("store").path
    let number = try await propose(office)
    #expect(try HistoryReader.presets(path: path) == PresetBook())
    #expect(try await office.ask("POST", office.api("presets/proposals/\(number)/accept")).status == 200)
    #expect(try HistoryReader.presets(path: path)[.balanced].epochs == 2)
    let before = await office.runner.view.at - .days(1)
    #expect(try HistoryReader.presets(path: path, asOf: before) == PresetBook())
    // What lora-train itself simulates has it, too.
    let question = try WhatIfQuestion(FormFields(text: "add=balanced"), office.runner.catalogue.presets())
    #expect(question.addition?.configuration.epochs == 2)
    #expect(try DeadlineQuestion(FormFields(text: ""), office.runner.catalogue.presets()).configuration.epochs == 2)
  }
}
