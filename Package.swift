// swift-tools-version: 6.2

import PackageDescription

/// What every Swift target of this package is compiled with.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
  .enableUpcomingFeature("ExistentialAny"),
  // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
  .enableUpcomingFeature("InternalImportsByDefault"),
  // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
  .enableUpcomingFeature("MemberImportVisibility"),
  // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0461-async-function-isolation.md
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0458-strict-memory-safety.md
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// Tests bring a million jobs to life in the engine: it, and they, are optimized also where the rest is
/// built for debugging, which is five times faster. Not for what `JobClient` is made of: packages with
/// such flags can't be depended on.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// The daemon has one thread: the compiler proves that nothing of it is shared.
/// https://github.com/swiftlang/swift-evolution/blob/main/proposals/0466-control-default-actor-isolation.md
let onMainActor: [SwiftSetting] = strict + [.defaultIsolation(MainActor.self)]

/// How a release executable is linked: the Swift and C++ standard libraries inside it, so that an
/// installed program needs libc only (and, for jobd, libsystemd).
///
/// - lld comes with the toolchain, links several times faster than gold, and has no warnings about
///   functions of Foundation that nothing of ours calls.
/// - What an executable that can be loaded anywhere has to have adjusted, some 20,000 addresses, is told in
///   a sixtieth of the room, half a megabyte less to be read at each start (glibc 2.36).
/// - No library looks for symbols of ours: the 6,000 that would be found are not listed.
/// - `packaging/link` makes `-lstdc++` mean the archive; the file there says how.
///
/// A test bundle links the executables' objects and would get these flags too:
/// `JOBD_SHARED_STDLIB=1 swift test -c release`.
func standalone(_ kind: String) -> [LinkerSetting] {
  if Context.environment["JOBD_SHARED_STDLIB"] != nil { return [] }
  return [
    .unsafeFlags(
      [
        kind, "-use-ld=lld", "-L", "\(Context.packageDirectory)/packaging/link",
        "-Xclang-linker", "-static-libgcc", "-Xlinker", "-z", "-Xlinker", "now",
        "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs", "-Xlinker", "--no-export-dynamic",
      ], .when(configuration: .release))
  ]
}

/// For what imports swift-argument-parser, which imports FoundationEssentials. Its objects, compiled against
/// the shared one, don't name the two archives that the static one needs besides itself.
let foundation: [LinkerSetting] =
  Context.environment["JOBD_SHARED_STDLIB"] != nil
  ? []
  : [
    .linkedLibrary("_FoundationCollections", .when(configuration: .release)),
    .linkedLibrary("_FoundationCShims", .when(configuration: .release)),
  ]

let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

/// A product of swift-collections.
func collections(_ module: String) -> Target.Dependency {
  .product(name: module, package: "swift-collections")
}

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "jobd",
  products: [
    .executable(name: "jobd", targets: ["jobd"]),
    .executable(name: "jobctl", targets: ["jobctl"]),
    .library(name: "JobClient", targets: ["JobClient"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
  ],
  targets: [
    // The C that Swift can't say: clone3, control messages, raw waitid. Nothing else.
    .target(name: "CLinux"),
    .systemLibrary(
      name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),

    // The protocol, for any interface: no job in it, no I/O in it.
    .target(name: "Varlink", swiftSettings: strict),
    // System calls, each once and typed, and the descriptors they return, each with one owner.
    .target(name: "LinuxSystem", dependencies: ["CLinux", system], swiftSettings: strict),
    // Varlink messages and the descriptors that travel with them, over a Unix socket.
    .target(
      name: "VarlinkSocket", dependencies: ["LinuxSystem", "Varlink", system],
      swiftSettings: strict),

    // The io.jobd vocabulary.
    .target(
      name: "JobProtocol", dependencies: ["Varlink"],
      resources: [.embedInCode("io.jobd.varlink")], swiftSettings: strict),
    // What the daemon decides. Pure: no system call, no clock.
    .target(
      name: "JobEngine",
      dependencies: [
        "JobProtocol", collections("DequeModule"), collections("HeapModule"),
        collections("OrderedCollections"),
      ],
      swiftSettings: strict + optimized),
    // How it is done: cgroup, process, pidfd, as owned values.
    .target(
      name: "LinuxProcess", dependencies: ["CLinux", "LinuxSystem", system], swiftSettings: strict),

    // The daemon: loop, sockets, effects carried out.
    .target(
      name: "JobDaemon",
      dependencies: [
        "CSystemd", "JobEngine", "JobProtocol", "LinuxProcess", "LinuxSystem", "Varlink",
        "VarlinkSocket", collections("DequeModule"), system, logging,
      ],
      swiftSettings: onMainActor),
    .executableTarget(
      name: "jobd",
      dependencies: ["JobDaemon", "JobProtocol", "LinuxSystem", logging],
      swiftSettings: strict, linkerSettings: standalone("-static-stdlib")),

    // The library for Swift programs.
    .target(
      name: "JobClient",
      dependencies: ["JobProtocol", "LinuxSystem", "Varlink", "VarlinkSocket", system],
      swiftSettings: strict),
    .executableTarget(
      name: "jobctl",
      dependencies: [
        "JobProtocol", "LinuxSystem", "Varlink", "VarlinkSocket", argumentParser, system,
      ],
      swiftSettings: strict,
      linkerSettings: standalone("-static-executable") + foundation),

    .target(
      name: "TestSupport",
      dependencies: ["JobProtocol", "LinuxSystem", "Varlink", "VarlinkSocket", system],
      path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(
      name: "VarlinkTests",
      dependencies: ["TestSupport", "LinuxSystem", "Varlink", "VarlinkSocket", system],
      swiftSettings: strict),
    .testTarget(
      name: "JobProtocolTests", dependencies: ["JobProtocol", "Varlink"], swiftSettings: strict),
    .testTarget(
      name: "JobEngineTests", dependencies: ["JobEngine", "JobProtocol"],
      exclude: ["Simulation/README.md", "impossible.toml"],
      swiftSettings: strict + optimized),
    .testTarget(
      name: "LinuxProcessTests", dependencies: ["LinuxProcess", "LinuxSystem", "CLinux", system],
      swiftSettings: strict),
    .testTarget(
      name: "JobDaemonTests",
      dependencies: ["JobDaemon", "JobEngine", "JobProtocol", "LinuxSystem", "Varlink", system],
      swiftSettings: strict),
    .testTarget(
      name: "IntegrationTests",
      dependencies: [
        "TestSupport", "JobClient", "JobDaemon", "JobProtocol", "LinuxSystem", "Varlink",
        "VarlinkSocket", "jobd", "jobctl", argumentParser, logging, system,
      ],
      exclude: ["Python"], swiftSettings: strict),
  ]
)

// For `make mutation`: one suite, and no more of the package than it takes.
if let suite = Context.environment["JOBD_SUITE"] {
  package.targets.removeAll { $0.type == .test && $0.name != suite }
}

// For `make fuzz`: libFuzzer has to be linked to it, and what it feeds built with the compiler's help.
if Context.environment["JOBD_FUZZ"] != nil {
  package.targets += [
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "JobDaemon", "JobProtocol", "LinuxProcess", "LinuxSystem", "Varlink", "VarlinkSocket",
        system,
      ],
      path: "Tests/fuzz", exclude: ["corpus", "words"], swiftSettings: strict)
  ]
}
