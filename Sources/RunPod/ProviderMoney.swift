/// Money as the provider says it.
enum ProviderMoney {
  /// Nanodollars. No account holds, and nothing costs, more than a hundred million dollars: what says so is a mistake, and is cut off there.
  static func nanodollars(_ dollars: Double) -> Int64 { Int64((min(max(dollars, -1e8), 1e8) * 1e9).rounded()) }
}
