extension TrainingFile {
  /// What the split needs to know of a conversation.
  struct Conversation {
    var id: String
    var pairs = 0
    var tokens: [Double] = []
  }

  /// Splits 80/20 by conversation: those with the smallest hashes of their ids train, so that a file that grows keeps most
  /// of its split, and the order of the file does not matter.
  static func split(_ conversations: [Conversation]) -> Split {
    let order = conversations.indices.sorted {
      let (a, b) = (hash(conversations[$0].id), hash(conversations[$1].id))
      return a == b ? $0 < $1 : a < b
    }
    let training = (Double(order.count) * 0.8).rounded()
    var split = Split()
    for (rank, index) in order.enumerated() {
      let tokens = conversations[index].tokens
      if Double(rank) < training {
        split.trainingConversations += 1
        split.trainingPairs += tokens.count
        split.trainingTokens += tokens.reduce(0, +)
      } else {
        split.validationConversations += 1
        split.validationPairs += tokens.count
      }
    }
    return split
  }

  /// FNV-1a, and SplitMix64's finish to spread its high bits.
  static func hash(_ id: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
    return hash ^ (hash >> 31)
  }
}
