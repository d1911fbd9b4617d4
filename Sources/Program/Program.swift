import LoraTrain

/// Where the process begins. Everything else is in `LoraTrain`, a library, so that tests link it as they do all others.
@main
enum Program {
  static func main() async { await LoraTrain.main() }
}
