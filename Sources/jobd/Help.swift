/// What `jobd --help` says.
enum Help {
  static let usage = """
    Usage: jobd [--socket PATH] [--cgroup auto|delegated|none|PATH] [--running-max NUMBER]
                [--queued-max NUMBER] [--shutdown-grace SECONDS] [--log-level LEVEL]
    """

  static let text = """
    Run commands as jobs that live exactly as long as the connections that asked for them.

    Clients speak Varlink on a Unix socket, interface io.jobd; jobctl is one. When a job's
    connection ends, for whatever reason, all of its processes are ended and its control group
    is removed. When jobd ends, all jobs do.

    SIGTERM, SIGINT and SIGHUP ask all jobs to end, then end jobd; a second one kills them at once.

    \(usage)

    Options:
      --socket PATH         The socket to listen on, where the service manager passes none.
                            Default: $JOBD_SOCKET, or /run/jobd/jobd.sock for root,
                            $XDG_RUNTIME_DIR/jobd/jobd.sock for a user.
      --cgroup WHERE        Where jobs get their control groups: auto (in what was delegated, or
                            wherever one can be made), delegated (in jobd's own), or the path of
                            a control group; none: they do without, and what the kernel then
                            can't promise isn't promised, see jobd(8). Default: auto.
      --running-max NUMBER  Most jobs that run at one time; further ones wait. Default: 4096.
      --queued-max NUMBER   Most jobs that wait; further ones are refused. Default: 16384.
      --shutdown-grace SECONDS
                            Longest grace period of a job once jobd itself has to stop, at most
                            3600. Default: 30. The service manager has to wait longer.
      --log-level LEVEL     What is logged, and what is worse: trace, debug, info, notice,
                            warning, error or critical. Default: notice.
      --version             Show the version.
      -h, --help            Show this.
    """
}
