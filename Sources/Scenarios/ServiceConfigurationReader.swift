/// Reads `lora-train.yaml`: an unknown key is an error with its place, as in a scenario.
public enum ServiceConfigurationReader {
  /// - Throws: ``InputError`` with line and column of whatever is wrong.
  public static func read(path: String) throws(InputError) -> ServiceConfiguration {
    try decode(text: try TextFile.text(path: path), file: path)
  }

  /// Decodes a configuration's text; `file` is how errors call it.
  public static func decode(text: String, file: String? = nil) throws(InputError) -> ServiceConfiguration {
    var own = ServiceConfiguration()
    own.file = file
    let root = YAMLField(node: try ScenarioReader.compose(text, file: file), file: file, path: "")
    let record = try YAMLRecord(
      root,
      keys: [
        "version", "provider", "public_url", "serve", "runpod", "slurm", "sandbox", "objects", "hugging_face",
        "branding", "notifications", "editor_link_template", "support",
      ])
    try ScenarioReader.checkVersion(record)
    own.provider = try record["provider"]?.word(["local": .local, "runpod": .runPod, "slurm": .slurm])
    if let url = record["public_url"] {
      own.publicURL = try url.string("an address")
      if let trouble = ServiceConfiguration.trouble(ofURL: own.publicURL ?? "") { throw url.error(trouble) }
    }
    if let field = record["serve"] { own.serve = try serve(field) }
    if let field = record["runpod"] { own.runPod = try runPod(field) }
    if let field = record["slurm"] { own.slurm = try slurm(field) }
    if let field = record["sandbox"] { own.sandbox = try sandbox(field) }
    if let field = record["objects"] { own.objects = try objects(field) }
    if let field = record["branding"] { own.branding = try branding(field) }
    if let field = record["notifications"] { own.notifications = try ServiceConfiguration.Notifications(field) }
    if let field = record["editor_link_template"] {
      own.editorLinkTemplate = try field.string("an address")
      if let trouble = ServiceConfiguration.trouble(ofEditorLink: own.editorLinkTemplate ?? "") {
        throw field.error(trouble, hint: "such as https://app.example.com/conversations/{conversation_id}")
      }
    }
    if let field = record["support"] {
      own.support = try field.string("a mail address, or an address that begins with https://")
      guard ServiceConfiguration.isContact(own.support ?? "") else {
        throw field.error("write a mail address, or an address that begins with https://")
      }
      own.notifications.support = own.support
    }
    if let field = record["hugging_face"] {
      own.huggingFaceToken = try YAMLRecord(field, keys: ["token"])["token"]?.string()
    }
    return own
  }
}
