/// Random numbers that are the same for the same seed, everywhere and for ever.
/// Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014
struct SplitMix64 {
  private var state: UInt64

  init(_ seed: UInt64) {
    state = seed
  }

  /// A generator of its own for one thing of many, so that leaving another thing out, or asking it
  /// more often, doesn't change what becomes of this one.
  init(_ seed: UInt64, for thing: Int) {
    var mixer = SplitMix64(seed &+ UInt64(truncatingIfNeeded: thing) &* 0x9e37_79b9_7f4a_7c15)
    state = mixer.next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next() >> 33) % bound
  }

  mutating func percent(_ chance: Int) -> Bool {
    below(100) < chance
  }

  /// Short periods as often as long ones: what matters is in the small as in the large. Microseconds.
  mutating func period(upTo longest: Int) -> Int {
    let bits = Int.bitWidth - longest.leadingZeroBitCount
    return below(1 << (1 + below(bits))) % (longest + 1)
  }

  mutating func pick<T>(_ choices: [T]) -> T {
    choices[below(choices.count)]
  }
}
