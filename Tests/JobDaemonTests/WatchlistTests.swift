import LinuxSystem
import SystemPackage
import Testing

@testable import JobDaemon

@MainActor
@Suite(
  "Each descriptor that is ready is told of, however many are, and none that isn't watched",
  .serialized)
struct WatchlistTests {
  /// A counter that is ready, and its watch.
  @MainActor private final class Counter {
    let descriptor: OwnedDescriptor
    var watch: Watch?

    init() throws {
      descriptor = try EventCounter.make(takesOne: false)
      add()
    }

    func add() { EventCounter.add(descriptor.raw) }

    func take() { EventCounter.take(descriptor.raw) }

    /// Closes it. Its number becomes that of another, which isn't ready.
    func replace() throws {
      let other = try EventCounter.make(takesOne: false)
      _ = try other.raw.duplicate(as: descriptor.raw)
    }

    isolated deinit { watch = nil }
  }

  private func withCounters(
    _ count: Int, _ body: (EventLoop, Watchlist, [Counter]) throws -> Void
  ) throws {
    let loop = try EventLoop()
    let list = try Watchlist(loop, priority: .lines)
    let counters = try (0..<count).map { _ in try Counter() }
    // Their handlers refer to them.
    defer { for counter in counters { counter.watch = nil } }
    try body(loop, list, counters)
  }

  /// Turns the loop until nothing is to be done, and after each step once more.
  private func work(_ loop: EventLoop, _ steps: () -> Void...) throws {
    var steps = steps[...]
    var idle: IdleSource?
    idle = try IdleSource(loop) {
      guard let step = steps.popFirst() else { return loop.exit(0) }
      step()
      idle?.ask()
    }
    idle?.ask()
    _ = try loop.run()
    idle = nil
  }

  @Test("What a handler lets go of isn't told of, though it is of the same batch")
  func removed() throws {
    try withCounters(2) { loop, list, counters in
      var calls = 0
      for counter in counters {
        counter.watch = try Watch(list, counter.descriptor.raw, .input) { _ in
          calls += 1
          for counter in counters { counter.watch = nil }
        }
      }
      try work(loop)
      #expect(calls == 1)
    }
  }

  @Test("Nobody is told what was meant for a descriptor whose number is another's by now")
  func reused() throws {
    try withCounters(2) { loop, list, counters in
      var calls = 0
      var callsOfNew = 0
      var new: Counter?
      for (number, counter) in counters.enumerated() {
        counter.watch = try Watch(list, counter.descriptor.raw, .input) { _ in
          calls += 1
          counter.take()
          let other = counters[1 - number]
          other.watch = nil
          try? other.replace()
          other.watch = try? Watch(list, other.descriptor.raw, .input) { _ in
            callsOfNew += 1
            other.take()
          }
          new = other
        }
      }
      try work(loop) {
        #expect(calls == 1)
        #expect(callsOfNew == 0)
        new?.add()
      }
      #expect(calls == 1)
      #expect(callsOfNew == 1)
    }
  }

  @Test("What is waited for no more isn't told, until it is waited for again")
  func changed() throws {
    for others: IOSource.Events in [[], .hangUpOnly] {
      try withCounters(2) { loop, list, counters in
        var called: [Int] = []
        for (number, counter) in counters.enumerated() {
          counter.watch = try Watch(list, counter.descriptor.raw, .input) { events in
            #expect(events == .input)
            called.append(number)
            counter.take()
            counters[1 - number].watch?.events = others
          }
        }
        try work(loop) {
          #expect(called.count == 1)
          let waiting = counters[1 - (called.first ?? 0)]
          waiting.watch?.events = .hangUpOnly
          waiting.watch?.events = .input
        }
        #expect(called.sorted() == [0, 1])
      }
    }
  }

  @Test("A hang-up is told whatever is waited for, but not to who waits for nothing")
  func hangUp() throws {
    try withCounters(0) { loop, list, _ in
      let pipe = try Pipe()
      var told: [IOSource.Events] = []
      var watch: Watch?
      watch = try Watch(list, pipe.reader.raw, []) { events in
        told.append(events)
        watch?.events = []
      }
      let reader = pipe.takeReader()
      try work(loop) {
        #expect(told.isEmpty)
        watch?.events = .hangUpOnly
      }
      #expect(told == [.hangUp])
      watch = nil
      withExtendedLifetime(reader) {}
    }
  }

  @Test("A watch has ended as soon as its own handler drops the last reference to it")
  func handlerDropsItsWatch() throws {
    try withCounters(1) { loop, list, counters in
      weak var observed: Watch?
      var hasEnded = false
      counters[0].watch = try Watch(list, counters[0].descriptor.raw, .input) { _ in
        counters[0].watch = nil
        hasEnded = observed == nil
      }
      observed = counters[0].watch
      try work(loop)
      #expect(hasEnded)
    }
  }

  @Test("More than a batch are all served, and what is more urgent comes in between")
  func many() throws {
    try withCounters(10 * Epoll.readyMax) { loop, list, counters in
      var served: [Int] = []
      var servedBefore: Int?
      let urgent = try EventCounter.make(takesOne: false)
      let number = urgent.raw
      let source = try IOSource(loop, number, .input, priority: .exits) { _ in
        EventCounter.take(number)
        servedBefore = served.count
      }
      for (position, counter) in counters.enumerated() {
        counter.watch = try Watch(list, counter.descriptor.raw, .input) { _ in
          if served.isEmpty { EventCounter.add(number) }
          served.append(position)
          counter.take()
        }
      }
      try work(loop)
      #expect(served.sorted() == Array(counters.indices))
      #expect(servedBefore == Epoll.readyMax)
      withExtendedLifetime(source) {}
      withExtendedLifetime(urgent) {}
    }
  }

  @Test("Those who are ready all the time are served by turns")
  func turns() throws {
    try withCounters(3 * Epoll.readyMax) { loop, list, counters in
      var calls = [Int](repeating: 0, count: counters.count)
      for (number, counter) in counters.enumerated() {
        counter.watch = try Watch(list, counter.descriptor.raw, .input) { _ in
          calls[number] += 1
          if !calls.contains(0) { loop.exit(0) }
        }
      }
      _ = try loop.run()
      #expect(calls.allSatisfy { $0 == 1 })
    }
  }

  @Test("A descriptor that can't be watched is an error, and others are watched all the same")
  func refused() throws {
    try withCounters(1) { loop, list, counters in
      let directory = try OwnedDescriptor.open("/")
      let number = directory.raw
      #expect(throws: SystemError("epoll_ctl", errno: .notPermitted)) {
        _ = try Watch(list, number, .input) { _ in }
      }
      var calls = 0
      counters[0].watch = try Watch(list, counters[0].descriptor.raw, .input) { _ in
        calls += 1
        counters[0].take()
      }
      try work(loop)
      #expect(calls == 1)
      withExtendedLifetime(directory) {}
    }
  }
}
