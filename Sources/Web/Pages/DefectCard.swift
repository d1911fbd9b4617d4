import Foundation
import Journal
import Scenarios

/// What is wrong with a training file, for the person who has to mend it: which conversation, what it is about, and the place itself (story 3.1.2).
struct DefectCard: Sendable {
  struct Line: Sendable { var number, before, marked, after: String }

  /// `Conversation #47 (ID: conv_abc123), pair #3: field 'target_response' is missing`.
  var problem: String
  var facts: [JobPage.Fact]
  var lines: [Line]
  var hasLines: Bool
  /// The conversation in the editor, where the configuration says how to get there.
  var editor: String?

  /// - Parameter path: where the file's bytes are.
  init?(_ file: TrainingFile, path: String, _ links: WebServer.Links) {
    guard let defect = file.defects.first else { return nil }
    let about = TrainingFile.About(
      id: defect.conversationID, persona: defect.persona, emotionalArc: defect.emotionalArc, topic: defect.topic)
    self.init(
      defect.problem, conversation: defect.conversation, about,
      TrainingFileSample(path: path, line: defect.line, column: defect.column),
      links)
  }

  /// What cannot be read at all.
  init(_ error: InputError, path: String, _ links: WebServer.Links) {
    let sample = error.line.flatMap { TrainingFileSample(path: path, line: $0, column: error.column ?? 1) }
    self.init(error.problem, conversation: nil, nil, sample, links)
  }

  /// As the worker said it: `DatasetFormatError: PATH:LINE:COLUMN: Conversation #47 (ID: …): …`.
  ///
  /// nil: it says nothing of a place.
  init?(message: String, path: String, _ links: WebServer.Links) {
    guard let place = message.firstMatch(of: /DatasetFormatError: .*?:(\d+):(\d+): (.*)/.dotMatchesNewlines()),
      let line = Int(place.1), let column = Int(place.2)
    else { return nil }
    let problem = String(place.3)
    let number = problem.prefixMatch(of: /Conversation #(\d+)/).flatMap { Int($0.1) }
    self.init(
      problem, conversation: number, number.flatMap { TrainingFile.about(conversation: $0, ofFileAt: path) },
      TrainingFileSample(path: path, line: line, column: column), links)
  }

  private init(
    _ problem: String, conversation: Int?, _ about: TrainingFile.About?, _ sample: TrainingFileSample?,
    _ links: WebServer.Links
  ) {
    self.problem = problem
    facts = [
      ("Conversation", conversation.map { "#\($0)" + (about?.id.map { " (ID: \($0))" } ?? "") }),
      ("Persona", about?.persona), ("Emotional arc", about?.emotionalArc), ("Training topic", about?.topic),
    ].compactMap { label, value in value.map { JobPage.Fact(label: label, value: $0) } }
    lines = (sample?.lines ?? []).map {
      Line(number: "\($0.number)", before: $0.before, marked: $0.marked, after: $0.after)
    }
    hasLines = !lines.isEmpty
    editor = conversation == nil ? nil : about?.id.flatMap(links.editor)
  }

  static let partial = #"""
    <p><b>{{problem}}</b></p>
    <dl class="pairs small">{{#facts}}<dt>{{label}}</dt><dd>{{value}}</dd>{{/facts}}</dl>
    {{#hasLines}}<div class="scroll" tabindex="0" role="region" aria-label="The place in the file"><pre class="sample">{{#lines}}<span class="soft">{{number}}</span> {{before}}{{#marked}}<mark>{{marked}}</mark>{{/marked}}{{after}}
    {{/lines}}</pre></div>{{/hasLines}}
    <ol class="small"><li>Go to the conversation editor</li><li>Fix the field</li><li>Regenerate the training file, and upload it</li><li>Retry the training job</li></ol>
    {{#editor}}<p><a class="button primary" href="{{editor}}">Open Conversation Editor</a></p>{{/editor}}
    """#
}

/// What is wrong with files of jobs that failed: found once, as a file under a digest does not change.
actor DefectShelf {
  private var kept: [String: DefectCard?] = [:]

  /// - Parameters:
  ///   - path: where the file's bytes are.
  ///   - said: what the worker said of it.
  func card(path: String, said: String?, _ links: WebServer.Links) -> DefectCard? {
    let key = path + "\n" + (said ?? "")
    if let known = kept[key] { return known }
    var card: DefectCard?
    if let said { card = DefectCard(message: said, path: path, links) }
    if card == nil {
      do { card = DefectCard(try TrainingFile.read(path: path), path: path, links) } catch {
        card = DefectCard(error, path: path, links)
      }
    }
    if kept.count >= 100 { kept.removeAll() }
    kept[key] = .some(card)
    return card
  }
}
