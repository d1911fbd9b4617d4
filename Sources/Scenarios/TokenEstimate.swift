/// Tokens from characters, for want of the model's tokenizer.
///
/// An assumption, not a measurement: English prose gives about 4.2 characters a token with Llama 3's vocabulary of 128,256
/// (a larger vocabulary than Llama 2's, whose 32,000 give about 3.6). Between texts this differs by some 8 %.
public enum TokenEstimate {
  public static let charactersPerToken = 4.2
  /// Standard deviation of the log of ``charactersPerToken`` from one file to another; forecasts carry it.
  public static let relativeSpread = 0.08
  /// Llama 3's chat template: header, role, two line breaks and end mark of each message.
  public static let tokensPerMessage = 5.0
  /// The mark at the beginning.
  public static let tokensPerPair = 1.0

  static func tokens(characters: Int, messages: Int) -> Double {
    Double(characters) / charactersPerToken + Double(messages) * tokensPerMessage + tokensPerPair
  }
}
