import Foundation
import Hummingbird

/// What the pages' “learn more” links lead to: a topic, or all of them.
struct HelpPage: Page {
  static let name = "help"
  let title: String
  let section = Section.help

  struct Part: Sendable { var heading, html: String }
  struct Entry: Sendable { var path, title, summary: String }

  let isIndex: Bool
  let summary, sources: String?
  let parts: [Part]
  let entries: [Entry]

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("help") { request, context in await desk.answer(HelpPage(), request, context) }
    router.get("help/:topic") { request, context in
      guard let topic = HelpTopic.named(context.parameters.get("topic") ?? "") else {
        throw Problem(.notFound, "there is no such help page", hint: "see /dashboard/help")
      }
      return await desk.answer(HelpPage(topic), request, context)
    }
  }

  static func path(_ slug: String) -> String { "/dashboard/help/\(slug)" }

  init() {
    (title, isIndex, summary, sources, parts) = ("Help", true, nil, nil, [])
    entries = HelpTopic.all.map(Entry.init)
  }

  init(_ topic: HelpTopic) {
    (title, isIndex, summary, sources) = (topic.title, false, topic.summary, topic.sources)
    parts = topic.sections.map { Part(heading: $0.heading, html: Markdown.html($0.text)) }
    entries = topic.related.compactMap(HelpTopic.named).map(Entry.init)
  }

  static let template = #"""
    {{^isIndex}}<p class="crumbs"><a href="/dashboard/help">Help</a></p>{{/isIndex}}
    <div class="head"><h1>{{title}}</h1>{{#summary}}<p class="lead">{{summary}}</p>{{/summary}}</div>
    {{#isIndex}}<section class="card help" aria-label="Topics"><ul>{{#entries}}<li><a href="{{path}}"><b>{{title}}</b></a><br>{{summary}}</li>{{/entries}}</ul></section>
    <p class="soft">Every command of <code>lora-train</code> has its own help: <code>lora-train help</code>.</p>{{/isIndex}}
    {{^isIndex}}<article class="card help">{{#parts}}<h2>{{heading}}</h2>{{{html}}}{{/parts}}<p class="small soft">Where the figures are from: {{sources}}</p></article>
    <section class="card" aria-labelledby="more-h"><h2 id="more-h">See also</h2><ul>{{#entries}}<li><a href="{{path}}">{{title}}</a>: {{summary}}</li>{{/entries}}</ul></section>{{/isIndex}}
    """#
}

extension HelpPage.Entry {
  init(_ topic: HelpTopic) {
    (path, title, summary) = (HelpPage.path(topic.slug), topic.title, topic.summary)
  }
}
