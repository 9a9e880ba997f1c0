internal import ArgumentParser
internal import JobProtocol

/// Which service to talk to.
struct ConnectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where jobd listens: a path or a Varlink address.",
      discussion: """
        Also before the subcommand. Without it, $JOBD_SOCKET; then /run/jobd/jobd.sock for root and \
        $XDG_RUNTIME_DIR/jobd/jobd.sock for other users.
        """,
      valueName: "path"),
    completion: .file())
  var socket: RawArgument?
}
