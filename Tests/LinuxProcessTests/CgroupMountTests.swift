import Testing

@testable import LinuxProcess

@Suite("Finding the hierarchy")
struct CgroupMountTests {
  private let hybrid = """
    23 1 254:0 / / rw,relatime - ext4 /dev/vda rw
    31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
    36 31 0:33 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
    41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
    """

  private let unified = """
    29 1 0:26 / /sys/fs/cgroup rw,nosuid,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate
    """

  private func hierarchy(_ mounts: String, own: String) throws -> CgroupHierarchy {
    try CgroupHierarchy(
      mounts: CgroupMount.all(in: Array(mounts.utf8)), processCgroups: "4:memory:/x\n0::\(own)\n")
  }

  @Test("In the hybrid layout the version 2 mount is found among those of version 1")
  func hybridLayout() throws {
    let hierarchy = try hierarchy(hybrid, own: "/")
    #expect(hierarchy.mount.mountPoint == Array("/sys/fs/cgroup/unified".utf8))
    #expect(hierarchy.own == "/")
  }

  @Test("In the unified layout it is the one mount, optional fields notwithstanding")
  func unifiedLayout() throws {
    let hierarchy = try hierarchy(unified, own: "/system.slice/jobd.service")
    #expect(hierarchy.mount.mountPoint == Array("/sys/fs/cgroup".utf8))
    #expect(hierarchy.own == "/system.slice/jobd.service")
  }

  @Test("A mount that shows a container's part maps the paths below it, and no others")
  func containersPart() throws {
    let text = "50 40 0:26 /docker/abc /sys/fs/cgroup ro,nosuid shared:1 - cgroup2 cgroup rw"
    let hierarchy = try hierarchy(text, own: "/docker/abc")
    #expect(hierarchy.top == "/docker/abc")
    #expect(hierarchy.mount.isReadOnly)
    #expect(hierarchy.mount.relativePath(of: Array("/docker/abc/x".utf8)) == Array("x".utf8))
    #expect(hierarchy.mount.relativePath(of: Array("/docker/abcd".utf8)) == nil)
    #expect(hierarchy.mount.relativePath(of: Array("/docker".utf8)) == nil)
  }

  @Test("A mount point with spaces, backslashes and bytes that are no text is read byte by byte")
  func escapes() throws {
    let line =
      Array(#"50 40 0:26 / /a\040b\134c\012"#.utf8) + [0xff]
      + Array(" rw - cgroup2 cgroup2 rw".utf8)
    let mounts = CgroupMount.all(in: line)
    #expect(mounts.map(\.mountPoint) == [Array("/a b\\c\n".utf8) + [0xff]])
  }

  @Test("A writable mount is preferred to one that is read-only")
  func severalMounts() throws {
    let text = """
      50 40 0:26 / /ro ro - cgroup2 cgroup2 rw
      51 40 0:26 / /rw rw - cgroup2 cgroup2 rw
      """
    #expect(try hierarchy(text, own: "/a").mount.mountPoint == Array("/rw".utf8))
  }

  @Test("Without a version 2 mount, the error says so and what to do")
  func none() {
    let text = "36 31 0:33 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory"
    let error = #expect(throws: JobRootError.self) { try hierarchy(text, own: "/") }
    #expect(error?.description.contains("cgroup2") == true)
  }

  @Test("A cgroup above the mount's, seen from a namespace within, is not looked for beside it")
  func outsideOfNamespace() throws {
    #expect(throws: JobRootError.self) { try hierarchy(unified, own: "/../other") }
    let above = "50 40 0:26 /.. /sys/fs/cgroup rw - cgroup2 cgroup rw"
    #expect(try hierarchy(above, own: "/../other").mount.isReadOnly == false)
  }

  @Test("Lines that are cut short are passed over")
  func malformed() {
    for text in ["", "\n\n", "1 2 3", "1 2 3 / /x rw", "1 2 3 / /x rw -", "1 2 3 / - cgroup2"] {
      #expect(CgroupMount.all(in: Array(text.utf8)).isEmpty)
    }
  }

  @Test("A path of the file system and one of the hierarchy name the same cgroup")
  func explicitPath() throws {
    let hierarchy = try hierarchy(unified, own: "/")
    #expect(hierarchy.path(named: "/sys/fs/cgroup/a/b/") == "/a/b")
    #expect(hierarchy.path(named: "/a//b") == "/a/b")
    #expect(hierarchy.path(named: "/sys/fs/cgroup") == "/")
  }

  @Test("Root tries the top first; others their own cgroup and those that it is in")
  func placesToTry() throws {
    let hierarchy = try hierarchy(unified, own: "/user.slice/a.scope")
    #expect(
      JobRoot.places(in: hierarchy, isRoot: true) == ["/", "/user.slice/a.scope", "/user.slice"])
    #expect(
      JobRoot.places(in: hierarchy, isRoot: false) == ["/user.slice/a.scope", "/user.slice", "/"])
  }
}
