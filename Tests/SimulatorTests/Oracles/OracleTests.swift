import Testing

/// The engine and the closed forms against `oracles.json`. In order, so that the last can sum up.
@Suite(.serialized) struct OracleTests {}
