import Engine
import Foundation

/// What a journal holds: an event of the engine, or what the engine does not need to know.
public enum JournalEntry: Hashable, Sendable {
  /// The first row, and only it.
  case opening(JournalOpening)
  /// Stands before the job's first event.
  case described(JobDescription)
  case event(Event)
  case noted(StoreNote)
}

extension JournalEntry {
  static let openingWord = "storeOpened"
  private static let describedWord = "jobDescribed"

  private enum NoteWord {
    static let podNamed = "podNamed"
    static let reportHeard = "reportHeard"
    static let billReceived = "billReceived"
    static let epochBegan = "epochBegan"
    static let epochConfirmed = "epochConfirmed"
    static let personActed = "personActed"
    static let approvalRequested = "approvalRequested"
    static let approvalDecided = "approvalDecided"
  }

  var isOpening: Bool { if case .opening = self { true } else { false } }

  /// The entry as a row of the format that this program writes.
  func row(seq: Int64, at: Int64) throws -> JournalRow {
    func row(_ kind: String, _ payload: String, job: Int64? = nil) -> JournalRow {
      JournalRow(seq: seq, at: at, format: Upcaster.format, kind: kind, job: job, payload: payload)
    }
    switch self {
    case .opening(let opening): return row(JournalEntry.openingWord, try JournalEntry.json(opening))
    case .described(let description): return row(JournalEntry.describedWord, try JournalEntry.json(description))
    case .event(let event):
      let (kind, payload) = EventCodec.row(event)
      return row(kind, payload, job: event.job.map { Int64($0.rawValue) })
    case .noted(.podNamed(let note)): return row(NoteWord.podNamed, try JournalEntry.json(note))
    case .noted(.reportHeard(let note)):
      var payload = EventPayload()
      payload.put("request", note.request)
      payload.put("sequence", note.sequence)
      return row(NoteWord.reportHeard, payload.text)
    case .noted(.billReceived(let note)): return row(NoteWord.billReceived, try JournalEntry.json(note))
    case .noted(.epochBegan(let note)): return row(NoteWord.epochBegan, try JournalEntry.json(note))
    case .noted(.epochConfirmed(let note)): return row(NoteWord.epochConfirmed, try JournalEntry.json(note))
    case .noted(.personActed(let note)): return row(NoteWord.personActed, try JournalEntry.json(note))
    case .noted(.approvalRequested(let note)): return row(NoteWord.approvalRequested, try JournalEntry.json(note))
    case .noted(.approvalDecided(let note)): return row(NoteWord.approvalDecided, try JournalEntry.json(note))
    }
  }

  /// - Throws: ``EventPayload/Fault`` where the row is none that this program can read.
  init(_ row: JournalRow) throws(EventPayload.Fault) {
    let payload = try Upcaster.payload(row)
    switch row.kind {
    case JournalEntry.openingWord: self = .opening(try JournalEntry.decode(payload, of: row.kind))
    case JournalEntry.describedWord: self = .described(try JournalEntry.decode(payload, of: row.kind))
    case NoteWord.podNamed: self = .noted(.podNamed(try JournalEntry.decode(payload, of: row.kind)))
    case NoteWord.reportHeard:
      let p = try EventPayload(payload)
      self = .noted(.reportHeard(.init(request: try p.number("request"), sequence: try p.number("sequence"))))
    case NoteWord.billReceived: self = .noted(.billReceived(try JournalEntry.decode(payload, of: row.kind)))
    case NoteWord.epochBegan: self = .noted(.epochBegan(try JournalEntry.decode(payload, of: row.kind)))
    case NoteWord.epochConfirmed: self = .noted(.epochConfirmed(try JournalEntry.decode(payload, of: row.kind)))
    case NoteWord.personActed: self = .noted(.personActed(try JournalEntry.decode(payload, of: row.kind)))
    case NoteWord.approvalRequested: self = .noted(.approvalRequested(try JournalEntry.decode(payload, of: row.kind)))
    case NoteWord.approvalDecided: self = .noted(.approvalDecided(try JournalEntry.decode(payload, of: row.kind)))
    default: self = .event(try EventCodec.event(row.kind, payload))
    }
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private static func decode<Value: Decodable>(
    _ payload: String, of kind: String
  ) throws(EventPayload.Fault) -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(payload.utf8))
    } catch {
      throw EventPayload.Fault(problem: "its payload is not that of a \(kind)")
    }
  }
}
