internal import ArgumentParser

/// A file mode creation mask in octal, as umask(1) takes it: `022`.
struct FileMode: ExpressibleByArgument, Equatable {
  let bits: Int

  init?(argument: String) {
    guard let bits = Int(argument, radix: 8), (0...0o777).contains(bits) else { return nil }
    self.bits = bits
  }
}
