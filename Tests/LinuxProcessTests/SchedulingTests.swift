import LinuxSystem
import Testing

@Suite(
  "A thread has the rank that it is given from its first moment on",
  .enabled(if: mayGoRealTime, "real-time scheduling isn't permitted here"))
struct SchedulingTests {
  @Test("In real time, though who makes it hands that down to nobody")
  func given() async throws {
    #expect(try await firstMoment(isGivenRank: true))
  }

  @Test("Otherwise it begins as an ordinary one")
  func notGiven() async throws {
    #expect(try await !firstMoment(isGivenRank: false))
  }

  /// - Returns: A thread was in real time when it began, made by one that is.
  private func firstMoment(isGivenRank: Bool) async throws -> Bool {
    try await withCheckedThrowingContinuation { answer in
      do {
        try DetachedThread.start(nil) {
          do {
            try Scheduling.goRealTime()
            let rank = try Scheduling.Rank()
            try rank.take()
            try DetachedThread.start(isGivenRank ? rank : nil) {
              answer.resume(returning: Scheduling.isRealTime)
            }
          } catch {
            answer.resume(throwing: error)
          }
        }
      } catch {
        answer.resume(throwing: error)
      }
    }
  }
}

private let mayGoRealTime: Bool = {
  guard let before = try? Scheduling.Rank() else { return false }
  guard (try? Scheduling.goRealTime()) != nil else { return false }
  return (try? before.take(handedDown: true)) != nil
}()
