import Foundation
import Testing

@testable import Engine

/// The page of the lifecycle is generated from the table, so it cannot be wrong.
@Suite struct DocumentationTests {
  /// The page's place beside its target, from this file's own.
  private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Sources/Engine/Engine.docc/Lifecycle.md").standardizedFileURL

  @Test func theLifecyclePageIsTheTable() throws {
    let text = LifecyclePage.text
    if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] != nil {
      try text.write(to: Self.page, atomically: true, encoding: .utf8)
    }
    let written = try String(contentsOf: Self.page, encoding: .utf8)
    #expect(written == text, "UPDATE_SNAPSHOTS=1 make test rewrites it")
  }

  @Test func theDiagramShowsEveryPhaseAndEveryTransition() {
    for row in Lifecycle.transitions {
      for to in row.to {
        #expect(LifecyclePage.diagram.contains("--> \(to)") || to == row.from, "\(row)")
        #expect(LifecyclePage.table.contains("\(row.event)"), "\(row)")
      }
    }
    for phase in Phase.allCases { #expect(LifecyclePage.diagram.contains("\(phase)")) }
  }
}

enum LifecyclePage {
  /// One line for each pair of phases, with the events that lead from one to the other; what stays in place is in the table.
  static let diagram: String = {
    var pairs: [(from: Phase?, to: Phase, events: [EventKind])] = []
    for row in Lifecycle.transitions {
      for to in row.to where to != row.from {
        if let k = pairs.firstIndex(where: { $0.from == row.from && $0.to == to }) {
          pairs[k].events.append(row.event)
        } else {
          pairs.append((row.from, to, [row.event]))
        }
      }
    }
    var lines = ["stateDiagram-v2"]
    for pair in pairs {
      let from = pair.from.map { "\($0)" } ?? "[*]"
      lines.append("  \(from) --> \(pair.to): \(pair.events.map { "\($0)" }.joined(separator: ", "))")
    }
    for phase in Phase.allCases where phase.isTerminal { lines.append("  \(phase) --> [*]") }
    return lines.joined(separator: "\n")
  }()

  static let table: String = {
    var lines = ["| in this phase | this event | leads to |", "|---|---|---|"]
    for row in Lifecycle.transitions {
      let from = row.from.map { "`\($0)`" } ?? "(new)"
      let to = row.to.map { $0 == row.from ? "(stays)" : "`\($0)`" }.joined(separator: " or ")
      lines.append("| \(from) | `\(row.event)` | \(to) |")
    }
    return lines.joined(separator: "\n")
  }()

  static let text = """
    # The lifecycle of a job

    Every phase, every event, and where it leads. Generated from ``Lifecycle/transitions``; a test holds this page equal to it.

    ## In words

    A job is drafted or submitted, waits in the queue for a slot, and is admitted when there is one and the budget's gate lets it
    pass. A pod is requested; where there is none the job waits and asks again, until a person, or a policy, decides. On the pod it
    boots, preprocesses (once a job), loads the model, restores (on later leases), trains with checkpoints and finalizes. An
    interruption leads through a new request back to the last durable checkpoint. Whatever ends the work, the job is `stopping`
    until its pod's absence has been observed: until then the lease is billed.

    Two things the table cannot say are checked with it: a stage ends in its own phase only, and a job has one lease at a time.
    Anything else is a ``TransitionError``, and changes nothing.

    ## As a diagram

    ```mermaid
    \(diagram)
    ```

    ## As a table

    \(table)

    """
}
