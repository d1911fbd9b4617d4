import DiscreteEvent
import Foundation
import Live
import Transport

/// What an account has, and what RunPod offers it. Only asks.
public struct RunPodAccount: Sendable {
  /// What a GPU costs and how many there are. Nanodollars an hour.
  public struct Offer: Hashable, Sendable {
    public var secure: Int64
    public var community: Int64
    /// NONE, LOW, MEDIUM or HIGH; nil: RunPod does not say.
    public var availability: String?
    /// Where there are some.
    public var dataCenters: [String]
  }

  struct SpotOffer {
    /// Dollars an hour: the lowest bid that is taken; nil: none is.
    var bid: Double?
    /// Low, Medium or High; nil: RunPod does not say.
    var stock: String?
    var status = 200
    var message: String?
    var code: String?
  }

  private let client: RunPodClient

  init(_ client: RunPodClient) { self.client = client }

  public init(_ settings: RunPodSettings, time: LiveTime, http: HTTPClient = HTTPClient(connections: 1)) {
    client = RunPodClient(settings, time: time, http: http)
  }

  /// What became of a question.
  public enum Answer<Value: Sendable>: Sendable {
    case value(Value)
    case refused(status: Int, String)
    case unreachable(String)
  }

  /// What the GPU of the settings costs; nil: RunPod knows none of that name.
  public func offer() async -> Answer<Offer?> {
    do throws(RunPodClient.Trouble) {
      let answer = try await client.call("GET", "v2/catalog/gpus?include=AVAILABILITY&product=POD", nil, .question)
      guard answer.status == 200, let list = try? JSONDecoder().decode(GPUList.self, from: answer.body) else {
        return .refused(status: answer.status, ProblemDocument.read(answer).detail ?? "the answer is not understood")
      }
      return .value(
        list.gpus.first { $0.id == client.settings.gpu }.map { gpu in
          Offer(
            secure: ProviderMoney.nanodollars(gpu.price.secure),
            community: ProviderMoney.nanodollars(gpu.price.community),
            availability: gpu.availability,
            dataCenters: (gpu.dataCenters ?? []).filter { $0.availability != "NONE" }.map(\.id))
        })
    } catch {
      return .unreachable(error.description)
    }
  }

  private struct Types: Decodable, Sendable {
    struct GPU: Decodable, Sendable {
      struct Lowest: Decodable, Sendable {
        var minimumBidPrice: Double?
        var stockStatus: String?
      }
      var lowestPrice: Lowest?
    }
    var gpuTypes: [GPU]?
  }

  func spotOffer() async throws(RunPodClient.Trouble) -> SpotOffer {
    let answer = try await client.graphQL(
      "query($gpu: String!) { gpuTypes(input: {id: $gpu}) "
        + "{ lowestPrice(input: {gpuCount: 1}) { minimumBidPrice uninterruptablePrice stockStatus } } }",
      ["gpu": .text(client.settings.gpu)], as: Types.self, .question)
    let lowest = answer.data?.gpuTypes?.first?.lowestPrice
    return SpotOffer(
      bid: lowest?.minimumBidPrice.flatMap { $0 > 0 ? $0 : nil }, stock: lowest?.stockStatus,
      status: answer.status, message: answer.message, code: answer.code)
  }

  /// The lowest bid for an interruptible pod, nanodollars an hour; nil: the account is offered none.
  public func offersSpot() async -> Answer<Int64?> {
    do throws(RunPodClient.Trouble) {
      let offer = try await spotOffer()
      if let message = offer.message { return .refused(status: offer.status, message) }
      return .value(offer.bid.map { ProviderMoney.nanodollars($0) })
    } catch {
      return .unreachable(error.description)
    }
  }

  /// Nanodollars: the credit, and what is spent in an hour now.
  public struct Money: Hashable, Sendable {
    public var balance: Int64
    public var hourly: Int64
  }

  private struct Myself: Decodable, Sendable {
    struct Person: Decodable, Sendable {
      var clientBalance: Double
      var currentSpendPerHr: Double
    }
    var myself: Person?
  }

  /// REST v2 does not know the balance.
  public func money() async -> Answer<Money> {
    do throws(RunPodClient.Trouble) {
      let answer = try await client.graphQL(
        "query { myself { clientBalance currentSpendPerHr } }", as: Myself.self, .question)
      guard let person = answer.data?.myself else {
        return .refused(status: answer.status, answer.message ?? "there is no balance in the answer")
      }
      return .value(
        Money(
          balance: ProviderMoney.nanodollars(person.clientBalance),
          hourly: ProviderMoney.nanodollars(person.currentSpendPerHr)))
    } catch {
      return .unreachable(error.description)
    }
  }

  /// A network volume as it is.
  public struct NetworkVolume: Hashable, Sendable, Decodable {
    public var name: String
    /// Gigabytes.
    public var size: Int
    public var dataCenter: String
  }

  /// The network volume of this id; nil: the account has none.
  public func volume(_ id: String) async -> Answer<NetworkVolume?> {
    do throws(RunPodClient.Trouble) {
      let place = id.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
      let answer = try await client.call("GET", "v2/network-volumes/\(place)", nil, .question)
      if answer.status == 404 { return .value(nil) }
      guard answer.status == 200, let volume = try? JSONDecoder().decode(NetworkVolume.self, from: answer.body) else {
        return .refused(status: answer.status, ProblemDocument.read(answer).detail ?? "the answer is not understood")
      }
      return .value(volume)
    } catch {
      return .unreachable(error.description)
    }
  }

  /// Whether the key may see pods: nil, or why not. One that may not see them cannot rent any either.
  public func seesPods() async -> Answer<Bool> {
    do throws(RunPodClient.Trouble) {
      let answer = try await client.call("GET", "v2/pods", nil, .question)
      guard answer.status == 200 else {
        return .refused(status: answer.status, ProblemDocument.read(answer).detail ?? "no reason is given")
      }
      return .value(true)
    } catch {
      return .unreachable(error.description)
    }
  }

  /// RunPod's clock less this machine's, to the second, once it has answered anything.
  public var skew: Span? { get async { await client.skew } }
}
