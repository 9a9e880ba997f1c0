internal import ArgumentParser

/// What `jobctl run` says besides what the job says.
struct MessageOptions: Equatable {
  var quiet = false
  var verbose = false
  var json = false
  var statusFd: Int32?

  /// What is wrong with them, if anything is.
  var problem: String? {
    if quiet && verbose { return "--quiet and --verbose exclude each other" }
    if let statusFd, statusFd < 2 {
      return "--status-fd: 0 and 1 belong to the job; give 2 or more"
    }
    return nil
  }
}

/// ``MessageOptions`` as the library reads them.
struct MessageArguments: ParsableArguments {
  @Flag(name: [.short, .long], help: "Say nothing about how the job went.")
  var quiet = false

  @Flag(name: [.short, .long], help: "Tell how the job goes, and what it used in the end.")
  var verbose = false

  @Flag(help: "Write each reply of jobd as a line of JSON to standard error.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Write them to this descriptor instead: never mixed with what the job writes.",
      valueName: "n"))
  var statusFd: Int32?

  var options: MessageOptions {
    MessageOptions(quiet: quiet, verbose: verbose, json: json, statusFd: statusFd)
  }
}
