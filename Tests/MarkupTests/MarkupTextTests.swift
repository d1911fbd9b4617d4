import Markup
import Testing

@Suite struct MarkupTextTests {
  @Test func whatIsSpecialIsEscaped() {
    #expect(MarkupText.html(#"a<b>&"c"'d'"#) == "a&lt;b&gt;&amp;&quot;c&quot;&#39;d&#39;")
    #expect(MarkupText.slack(#"a<b>&"c"'d'"#) == #"a&lt;b&gt;&amp;"c"'d'"#)
    #expect(MarkupText.html("Größe 7 · ok") == "Größe 7 · ok" && MarkupText.html("").isEmpty)
  }

  /// One character to Swift; to a browser the end of an attribute, or the beginning of a tag.
  @Test(arguments: ["\"", "'", "<", ">", "&"]) func aCombiningMarkHidesNothing(_ sign: String) {
    let text = "x\(sign)\u{301} onfocus=alert(1)"
    #expect(!MarkupText.html(text).unicodeScalars.contains { "\"'<>".unicodeScalars.contains($0) })
    #expect(MarkupText.html(text).unicodeScalars.contains("\u{301}"))
  }
}
