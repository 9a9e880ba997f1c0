public import LinuxSystem

/// A leaf that was made before its job came.
public struct SpareLeaf: ~Copyable {
  /// What holds the job's processes together.
  public let tree: LeafTree
  /// Its `cgroup.events`.
  private let events: KeptFile

  /// Makes a new leaf: ``JobLeaf/create(in:name:)``.
  public init(in root: borrowing JobRoot, name: String) throws(SystemError) {
    let leaf = try JobLeaf.create(in: root, name: name)
    do throws(SystemError) {
      events = KeptFile(try leaf.openEvents())
    } catch {
      _ = leaf.removeIfFlat()
      throw error
    }
    tree = LeafTree(leaf)
  }

  /// Whether a process born in it would wait to be thawed: it is frozen, or one that it is in. Also where that
  /// can't be told.
  borrowing func isFrozen() -> Bool {
    guard let events = try? events.read() else { return true }
    return FlatKeyed(events)["frozen"].map { $0 != 0 } ?? false
  }
}
