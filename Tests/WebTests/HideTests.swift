import Engine
import Foundation
import Journal
import Testing

@testable import Web

/// Jobs that are taken out of the lists, and notes that are changed: nothing is lost by either.
@Suite struct HideTests {
  private func office() async throws -> (Office, emil: String) {
    let office = try Office(limit: nil)
    let emil = try await office.token("emil", .engineer)
    for (name, token) in [("emils", emil), ("owners", Office.ownToken), ("running", emil)] {
      _ = try await office.ask("POST", office.api("jobs"), Office.job(name), token: token)
    }
    for id in ["1", "2"] { _ = try await office.ask("POST", office.api("jobs/\(id)/cancel")) }
    return (office, emil)
  }

  private func listed(_ office: Office, _ query: String = "") async throws -> [String] {
    try await office.ask("GET", office.api("jobs?order=ascending\(query)")).value(JobList.self).jobs.map(\.id)
  }

  @Test func whatIsHiddenIsInNoListAndNothingIsLost() async throws {
    let (office, emil) = try await office()
    func hide(_ id: Int, _ token: String, _ word: String = "hide") async throws -> Int {
      try await office.ask(
        "POST", office.api("jobs/\(id)/\(word)"), Reason(justification: "a test"), token: token
      ).status
    }
    let vera = try await office.token("vera", .viewer)
    #expect(try await hide(1, vera) == 403)
    #expect(try await hide(2, emil) == 403, "another's")
    #expect(try await hide(3, emil) == 409, "not over")
    #expect(try await hide(9, emil) == 404)
    #expect(try await hide(1, emil) == 200)
    #expect(try await listed(office) == ["job-2", "job-3"])
    #expect(try await listed(office, "&hidden=only") == ["job-1"])
    #expect(try await listed(office, "&hidden=all") == ["job-1", "job-2", "job-3"])
    #expect(try await office.ask("GET", office.api("jobs?hidden=maybe")).status == 400)
    let found = try await office.ask("GET", office.api("search?q=emils")).value(SearchList.self).results
    #expect(found.map(\.id) == ["job-3"], "what emil made, but for the hidden one")
    let job = try await office.ask("GET", office.api("jobs/1")).value(JobDocument.self)
    #expect(job.hidden == true && job.status == "cancelled")
    #expect(try await !office.ask("GET", office.api("jobs/1/events")).value(EventList.self).events.isEmpty)
    let line = try await office.ask("GET", office.api("audit?action=job.hide")).value(AuditLog.self).lines.first
    #expect(line?.person == "emil" && line?.subject == "job-1" && line?.justification == "a test")
    #expect(try await hide(1, emil, "show") == 200)
    #expect(try await listed(office).count == 3)
  }

  @Test func whatCannotBeCancelledHoldsUpNoOther() async throws {
    let (office, emil) = try await office()
    let body = Data("confirmed=yes&job=job-1&job=job-9&job=job-3".utf8)
    let answer = try await office.ask("POST", "/dashboard/training-jobs/cancel", token: emil, bytes: body)
    #expect(answer.status == 409 && answer.text.contains("1 of 3 jobs cancelled"), "\(answer.text)")
    #expect(answer.text.contains("job-1: ") && answer.text.contains("job-9: "), "those that could not be")
    #expect(!answer.text.contains("job-3: "))
    #expect(try await office.ask("GET", office.api("jobs/3")).value(JobDocument.self).status == "cancelled")
    let again = Data("confirmed=yes&job=job-3".utf8)
    #expect(
      try await office.ask("POST", "/dashboard/training-jobs/cancel", token: emil, bytes: again).status == 409,
      "it is over by now")
  }

  @Test func severalAreCancelledAfterAConfirmationAndWithAReason() async throws {
    let (office, emil) = try await office()
    func send(_ path: String, _ text: String) async throws -> Office.Answer {
      try await office.ask("POST", "/dashboard/training-jobs/\(path)", token: emil, bytes: Data(text.utf8))
    }
    func status() async throws -> String {
      try await office.ask("GET", office.api("jobs/3")).value(JobDocument.self).status
    }
    let page = try await send("bulk", "action=cancel&job=job-1&job=job-3")
    #expect(page.status == 200 && page.text.contains("Cancel 1 job?"), "\(page.text)")
    #expect(page.text.contains("Stays: it is cancelled already") && page.text.contains("cannot be undone"))
    #expect(try await send("cancel", "job=job-3&reason=Testing").status == 400, "without the box")
    #expect(try await status() != "cancelled", "a click alone ends nothing")
    #expect(try await send("cancel", "confirmed=yes").status == 400, "none")
    let form = "job=job-3&confirmed=yes&reason=Too+expensive&justification=by+far"
    #expect(try await send("cancel", form).status == 303)
    #expect(try await status() == "cancelled")
    let line = try await office.ask("GET", office.api("audit?action=job.cancel")).value(AuditLog.self).lines.first
    #expect(line?.justification == "Too expensive: by far")
  }

  @Test func severalAreHiddenAfterAConfirmation() async throws {
    let (office, emil) = try await office()
    func send(_ path: String, _ text: String, token: String = Office.ownToken) async throws -> Office.Answer {
      try await office.ask("POST", "/dashboard/training-jobs\(path)", token: token, bytes: Data(text.utf8))
    }
    let page = try await send("/bulk", "action=hide&job=job-1&job=job-2&job=job-3", token: emil)
    #expect(page.status == 200 && page.text.contains("Delete 1 job?") && page.text.contains("Stays: "))
    #expect(try await listed(office).count == 3, "nothing is done before it is confirmed")
    #expect(page.text.components(separatedBy: "name=\"job\" value=").count == 2)
    #expect(try await send("/bulk", "action=hide").status == 400)
    #expect(try await send("/hide", "job=job-1&job=job-2&job=job-3").status == 409)
    #expect(try await listed(office).count == 3, "all or none")
    #expect(try await send("/hide", "job=job-1&job=job-2&justification=old").status == 303)
    let list = try await office.ask("GET", "/dashboard/training-jobs").text
    #expect(!list.contains("emils") && list.contains("running") && list.contains("Delete selected"))
    #expect(try await office.ask("GET", "/dashboard/training-jobs?hidden=only").text.contains("emils"))
    let one = try await office.ask("GET", "/dashboard/training-jobs/job-1").text
    #expect(one.contains("This job is hidden") && one.contains("Show again"))
    #expect(try await send("/show", "job=job-1").status == 303)
    #expect(try await listed(office) == ["job-1", "job-3"])
    #expect(try await office.ask("GET", "/dashboard/training-jobs/job-1/hide").text.contains("Delete this job?"))
  }

  @Test func aNoteIsItsWritersToChange() async throws {
    let (office, emil) = try await office()
    let edda = try await office.token("edda", .engineer)
    let notes = try await office.ask(
      "POST", office.api("jobs/1/notes"), NewNote(text: "first <wording>"), token: emil
    ).value([Catalogue.Note].self)
    let path = office.api("jobs/1/notes/\(notes[0].id)")
    #expect(try await office.ask("PUT", path, NewNote(text: "mine"), token: edda).status == 403)
    #expect(try await office.ask("PUT", path, NewNote(text: ""), token: emil).status == 400)
    #expect(try await office.ask("PUT", path, NewNote(text: "second wording"), token: emil).status == 200)
    let job = try await office.ask("GET", office.api("jobs/1")).value(JobDocument.self)
    #expect(job.later_notes?.map(\.text) == ["second wording"] && job.later_notes?[0].edited_at != nil)
    let page = "/dashboard/training-jobs/job-1"
    #expect(try await office.ask("GET", page, token: emil).text.contains("/notes/\(notes[0].id)\">Edit"))
    #expect(try await office.ask("GET", page, token: emil).text.contains("edited"))
    #expect(try await !office.ask("GET", page, token: edda).text.contains("/notes/\(notes[0].id)"))
    let form = try await office.ask("GET", "\(page)/notes/\(notes[0].id)", token: emil).text
    #expect(form.contains("second wording") && form.contains("first &lt;wording&gt;"))
    #expect(try await office.ask("GET", path, token: edda).status == 403)
    let sent = try await office.ask(
      "POST", "\(page)/notes/\(notes[0].id)", token: emil, bytes: Data("text=third".utf8))
    #expect(sent.status == 303)
    #expect(try await office.ask("POST", "\(page)/notes/\(notes[0].id)/remove", token: edda).status == 403)
    #expect(try await office.ask("POST", "\(page)/notes/\(notes[0].id)/remove", token: emil).status == 303)
    #expect(try await !office.ask("GET", page).text.contains("third"))
    let history = try await office.ask("GET", path).value(NoteHistory.self)
    #expect(history.versions.map(\.text) == ["first <wording>", "second wording", "third", nil])
    #expect(try await office.ask("PUT", path, NewNote(text: "back"), token: emil).status == 404)
    let log = try await office.ask("GET", office.api("audit?action=note.")).value(AuditLog.self).lines
    #expect(log.map(\.action) == ["note.remove", "note.edit", "note.edit"])
  }

  @Test func notesAreInTheTable() async throws {
    let (office, _) = try await office()
    _ = try await office.ask("POST", office.api("jobs/1/notes"), NewNote(text: "=worth it"))
    let csv = try await office.ask("GET", "/dashboard/training-jobs.csv").text
    #expect(csv.split(separator: "\n").first?.hasSuffix(",tags,purpose,notes") == true)
    #expect(csv.contains(",'=worth it"))
  }
}
