/// A cgroup's file of lines `key value`.
struct FlatKeyed {
  private var values: [Substring: Int] = [:]

  init(_ text: String) {
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2, let value = Int(words[1]) { values[words[0]] = value }
    }
  }

  subscript(key: String) -> Int? { values[key[...]] }
}
