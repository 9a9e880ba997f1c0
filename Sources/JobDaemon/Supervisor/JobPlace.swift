import JobProtocol
import LinuxProcess
import LinuxSystem
import SystemPackage

/// Where jobs get what holds their processes together.
enum JobPlace {
  /// A control group of its own for each.
  case controlGroup(SharedRoot)
  /// Nothing but what its processes descend from. Each job's warden holds `kept` open.
  case processTree(kept: FileDescriptor?)

  /// The control group below which all jobs live.
  var path: String? {
    switch self {
    case .controlGroup(let shared): shared.root.path
    case .processTree: nil
    }
  }

  var containment: Containment {
    switch self {
    case .controlGroup: .controlGroup
    case .processTree: .processTree
    }
  }

  /// - Parameters:
  ///   - name: Never used twice.
  ///   - marks: Variables of the job's environment that together no other job's has.
  func makeTree(named name: String, marks: [OSString]) throws(SystemError) -> any JobTree {
    switch self {
    case .controlGroup(let shared):
      LeafTree(try JobLeaf.create(in: shared.root, name: name))
    case .processTree(let kept):
      WardenTree(marks: marks.map(\.bytes), kept: kept)
    }
  }
}

extension JobPlace {
  /// What can be made before there is a job: a control group, `nil` where that is refused.
  func makeSpare(named name: String) -> SpareLeaf? {
    guard case .controlGroup(let shared) = self else { return nil }
    do {
      return try SpareLeaf(in: shared.root, name: name)
    } catch {
      return nil
    }
  }
}

/// The root of all jobs' control groups, for all who have to do with it.
final class SharedRoot {
  let root: JobRoot

  init(_ root: consuming JobRoot) {
    self.root = root
  }
}
