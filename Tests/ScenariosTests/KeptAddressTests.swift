import Scenarios
import Testing

/// Where a key, or an address that is one, may be sent.
@Suite struct KeptAddressTests {
  @Test(arguments: [
    "https://project.supabase.co", "https://hooks.example/a", "HTTPS://hooks.example", "http://127.0.0.1:8089",
    "http://localhost", "http://LOCALHOST:1/x", "http://[::1]:80/", "http://127.8.9.1",
  ])
  func whatIsEncryptedOrStaysHereIsKept(_ address: String) { #expect(KeptAddress.isKept(address)) }

  @Test(arguments: [
    "http://localhost@evil.example", "http://localhost:80@evil.example/", "http://127.0.0.1@evil.example",
    "http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://127.evil.example", "http://127.0.0.1evil",
    "http://evil.example", "ftp://localhost", "localhost:80", "https:///x", "https:", "", "http://127.0.0.300",
  ])
  func whatOnlyLooksLikeThisMachineIsNot(_ address: String) {
    #expect(!KeptAddress.isKept(address) && !KeptAddress.isHere(address))
  }

  @Test func aWebhookIsHeldAgainstIt() throws {
    func read(_ url: String) throws -> ServiceConfiguration {
      try ServiceConfigurationReader.decode(
        text: """
          version: 1
          notifications:
            webhooks:
              - {name: ours, url: "\(url)", secret: 0123456789abcdef}
          """)
    }
    #expect(try read("http://localhost:9/x").notifications.webhooks.count == 1)
    let error = #expect(throws: InputError.self) { _ = try read("http://localhost@evil.example/x") }
    #expect(error?.problem.contains("no address that begins with https://") == true)
  }
}
