import Engine

extension Account {
  /// The word for it in the history schema and in JSON.
  public var key: String {
    switch self {
    case .work: "work"
    case .setup: "setup"
    case .checkpoints: "checkpoints"
    case .lostWork: "lost_work"
    case .recovery: "recovery"
    case .idle: "idle"
    case .storage: "storage"
    case .adjustment: "adjustment"
    }
  }
}
