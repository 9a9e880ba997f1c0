import JobEngine
import Testing

@testable import JobDaemon

@Suite("Beginnings of long messages have places, which are given in turn")
struct LongMessagesTests {
  private static let (one, other) = (1000, 1001)

  private final class Places {
    private var places = LongMessages()

    func request(_ client: Int, of user: Int) -> Bool {
      places.request(by: ClientID(rawValue: client), of: user)
    }

    func leave(_ client: Int) -> Int? { places.leave(ClientID(rawValue: client))?.rawValue }
  }

  @Test("A user has three quarters of them, and another user's client finds one at once")
  func perUser() {
    let places = Places()
    for number in 1...12 { #expect(places.request(number, of: Self.one)) }
    #expect(!places.request(13, of: Self.one))
    for number in 21...24 { #expect(places.request(number, of: Self.other)) }
    #expect(!places.request(25, of: Self.other))

    #expect(places.leave(21) == 25)
    #expect(places.leave(1) == 13)
  }

  @Test("Whoever has waited longest of those who may have it gets the next")
  func order() {
    let places = Places()
    for number in 1...12 { #expect(places.request(number, of: Self.one)) }
    for number in 13...15 { #expect(!places.request(number, of: Self.one)) }
    #expect(places.leave(13) == nil)
    #expect(places.leave(99) == nil)
    #expect(places.leave(7) == 14)
    #expect(places.leave(14) == 15)
    #expect(places.leave(15) == nil)
    #expect(places.request(16, of: Self.one))
  }

  @Test("Thousands that wait and go leave no trace, and nobody loses his turn")
  func thousands() {
    let places = Places()
    for number in 1...12 { #expect(places.request(number, of: Self.one)) }
    for number in 13...5_000 { #expect(!places.request(number, of: Self.one)) }
    for number in 13..<5_000 { #expect(places.leave(number) == nil) }
    #expect(places.leave(1) == 5_000)
  }
}
