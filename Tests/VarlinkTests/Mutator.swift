/// Makes bad input out of good, the same for the same seed.
struct Mutator {
  private var random: SplitMix64
  private let seeds: [[UInt8]]
  private let words: [[UInt8]]

  /// Mutates `seeds`, with a liking for the `words` of their language.
  init(seed: UInt64, seeds: [String], words: [String]) {
    self.random = SplitMix64(seed: seed)
    self.seeds = seeds.map { Array($0.utf8) }
    self.words = words.map { Array($0.utf8) }
  }

  /// One of the seeds, changed in a few places.
  mutating func next() -> [UInt8] {
    var bytes = pick(seeds)
    for _ in 0...random.next() % 4 { change(&bytes) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    let start = below(bytes.count + 1)
    let end = min(bytes.count, start + below(8))
    switch below(6) {
    case 0: bytes.replaceSubrange(start..<end, with: pick(words))
    case 1: bytes.removeSubrange(start..<end)
    case 2: bytes.insert(contentsOf: bytes[start..<end], at: start)
    case 3: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: start)
    case 4: if start < bytes.count { bytes[start] ^= 1 << UInt8(below(8)) }
    default: bytes.replaceSubrange(start..., with: pick(seeds).suffix(below(40)))
    }
  }

  private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  private mutating func pick(_ choices: [[UInt8]]) -> [UInt8] { choices[below(choices.count)] }
}
