import DiscreteEvent
import Engine
import Foundation

extension HistoryProjection {
  /// Writes all that is in memory, or becomes what was written; the tables are not its matter.
  mutating func code(_ coder: inout StateCoder) {
    code(opening: &coder)
    fleet.code(&coder)
    coder.code(&descriptions, blank: (0, .blank)) { ordinal, description, coder in
      coder.code(&ordinal)
      description.code(&coder)
    }
    coder.code(&pods, blank: (0, "")) { request, pod, coder in
      coder.code(&request)
      coder.code(&pod)
    }
    coder.code(&requests)
    let count = coder.code(count: tracks.count)
    if coder.isReading { tracks = [] }
    for i in 0..<count where !coder.isBroken {
      var track = coder.isReading ? Track(description: .blank) : tracks[i]
      track.code(&coder)
      guard coder.isReading else { continue }
      // Every job has one, by the time that it has a track.
      guard i < fleet.jobs.count, let description = descriptions[fleet.jobs[i].spec.ordinal] else {
        return coder.fail()
      }
      track.description = description
      tracks.append(track)
    }
  }

  private mutating func code(opening coder: inout StateCoder) {
    var text = ""
    if !coder.isReading {
      guard let opening, let data = try? JSONEncoder().encode(opening) else { return coder.fail() }
      text = String(decoding: data, as: UTF8.self)
    }
    coder.code(&text)
    guard coder.isReading, !coder.isBroken else { return }
    opening = try? JSONDecoder().decode(JournalOpening.self, from: Data(text.utf8))
    if opening == nil { coder.fail() }
  }
}

extension HistoryProjection.Track {
  fileprivate mutating func code(_ coder: inout StateCoder) {
    coder.code(&requests)
    coder.code(&number)
    coder.code(&request)
    coder.code(&leases)
    coder.code(&lease)
    coder.code(&stage, blank: (.boot, .zero)) { stage, coder in
      coder.code(&stage.stage)
      coder.code(&stage.started)
    }
    coder.code(&trained)
    coder.code(&isPaused)
  }
}
