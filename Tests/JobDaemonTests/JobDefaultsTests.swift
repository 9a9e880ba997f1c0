import JobEngine
import JobProtocol
import Testing

@testable import JobDaemon

@MainActor
@Suite("What a client leaves out, and what makes no sense")
struct JobDefaultsTests {
  private let defaults = JobDefaults(
    limits: Limits(), environment: ["PATH=/bin"], socketPath: "/run/s")

  private func refusal(of context: JobContext) -> BadValue? {
    do {
      _ = try defaults.request(for: context)
      return nil
    } catch JobdError.badValue(let value) {
      return value
    } catch {
      return nil
    }
  }

  @Test("A job that says nothing about its end is asked with SIGTERM, as a tree, for 5 s")
  func plain() throws {
    let request = try defaults.request(for: JobContext(command: ["/usr/bin/make"]))
    #expect(
      request.stop == StopPlan(signal: 15, scope: .tree, closesInput: false, gracePeriod: 5_000_000)
    )
    #expect(request.waitsFor == .main)
    #expect(request.context.name == "make")
  }

  @Test("The environment never gets to where jobs are described")
  func secret() throws {
    let context = JobContext(command: ["x"], environment: ["TOKEN=secret"])
    #expect(try defaults.request(for: context).context.environment == nil)
  }

  @Test("A signal that is none, a period and a mask out of range are refused by field")
  func refused() {
    var context = JobContext(command: ["x"], stop: StopContext(signal: "SIGFOO"))
    #expect(refusal(of: context)?.parameter == "context.stop.signal")
    context.stop = StopContext(gracePeriodUSec: -1)
    #expect(refusal(of: context)?.parameter == "context.stop.gracePeriodUSec")
    context.stop = StopContext(gracePeriodUSec: defaults.limits.gracePeriodMax + 1)
    #expect(refusal(of: context)?.parameter == "context.stop.gracePeriodUSec")
    context.stop = nil
    context.umask = 0o1000
    #expect(refusal(of: context)?.parameter == "context.umask")
  }

  @Test("The signal \"none\" sends none")
  func noSignal() throws {
    let context = JobContext(command: ["x"], stop: StopContext(signal: "none"))
    #expect(try defaults.request(for: context).stop.signal == nil)
  }
}
