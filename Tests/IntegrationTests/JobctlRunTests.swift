import Glibc
import Testing

@Suite("jobctl run is as if it weren't there", .timeLimit(.minutes(15)))
struct JobctlRunTests {
  private let harness: JobctlHarness

  init() throws {
    harness = try JobctlHarness()
  }

  @Test(
    "Case 37: The exit code is the command's own",
    arguments: [0, 1, 7, 124, 125, 126, 127, 199, 244, 255])
  func exitCode(_ code: Int32) async throws {
    let run = try await harness.jobctl("run", "sh", "-c", "exit \(code)").ended()
    #expect(run.status == code)
    #expect(run.errors == "")
  }

  @Test(
    "Case 37: A signal that ended the command is 128+n, and told",
    arguments: [
      ("ABRT", SIGABRT), ("KILL", SIGKILL), ("SEGV", SIGSEGV), ("TERM", SIGTERM), ("USR1", SIGUSR1),
    ])
  func signaled(_ name: String, _ number: Int32) async throws {
    let run = try await harness.jobctl("run", "sh", "-c", "kill -\(name) $$").ended()
    #expect(run.status == 128 + number)
    #expect(run.errors.hasPrefix("jobctl: sh: SIG\(name)"))
  }

  @Test(
    "The words of the job are the job's, whichever form the options before them have",
    arguments: [["--grace=5"], ["-k5", "-n=x"], ["-qi", "--name", "a", "--name", "b"]],
    [["---"], ["-=x"], ["--generate-completion-script", "bash"], ["-----BEGIN", "--help"]])
  func words(_ options: [String], _ words: [String]) async throws {
    let run = try await harness.jobctl(["run"] + options + ["/bin/echo", "x"] + words).ended()
    #expect(run.output == (["x"] + words).joined(separator: " ") + "\n")
    #expect(run.errors == "")
    #expect(run.status == 0)
  }

  @Test("bash completes the words of a job from programs and files")
  func completion() async throws {
    let run = try await harness.shell(
      #"""
      mkdir "$D/src"; : > "$D/src/main.c"
      bash -c 'eval "$(jobctl --generate-completion-script bash)"; cd "$D"
        complete() {
          COMP_WORDS=(jobctl run -n x "$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
          COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}; COMPREPLY=()
          _jobctl jobctl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
          printf "%s\n" "${COMPREPLY[@]}"
        }
        complete jobct; complete cat src/m'
      rm -r "$D/src"
      """#)
    #expect(Set(run.output.split(separator: "\n")) == ["jobctl", "src/main.c"])
  }

  @Test("A command that can't be started is told as env tells it")
  func startFailures() async throws {
    let missing = try await harness.jobctl("run", "no-such-command").ended()
    #expect(missing.status == 127)
    #expect(missing.errors == "jobctl: no-such-command: No such file or directory\n")

    let denied = try await harness.jobctl("run", "/etc/passwd").ended()
    #expect(denied.status == 126)
    #expect(denied.errors == "jobctl: /etc/passwd: Permission denied\n")

    let directory = try await harness.jobctl("run", "--cwd", "/no/such", "true").ended()
    #expect(directory.status == 125)
    #expect(directory.errors == "jobctl: /no/such: No such file or directory\n")
  }

  @Test("A pipeline of jobs moves the bytes that a pipeline of commands does")
  func pipeline() async throws {
    let run = try await harness.shell(
      """
      head -c 3000000 /dev/urandom > $D/data
      jobctl run tar c -C $D data | jobctl run gzip -1 | jobctl run gzip -d | tar x -O | cmp - $D/data
      echo $?; rm $D/data
      """)
    #expect(run.output == "0\n")
    #expect(run.errors == "")
  }

  @Test("The first of a pipeline gets SIGPIPE when the second ends")
  func brokenPipe() async throws {
    let run = try await harness.shell("{ jobctl run yes; echo $? >&2; } | jobctl run head -n 1")
    #expect(run.output == "y\n")
    #expect(run.errors == "\(128 + SIGPIPE)\n")
  }

  @Test("The second of a pipeline gets the end of its input when the first closes its output")
  func endOfInput() async throws {
    // The first job ends only when the second has.
    let run = try await harness.shell(
      """
      mkfifo $D/go
      jobctl run sh -c 'echo x; exec >&-; read y < $D/go' \
        | { jobctl run wc -c; echo > $D/go; }
      rm $D/go
      """)
    #expect(run.output == "2\n")
  }

  @Test(
    "A standard stream that is closed is /dev/null to the job, opened for its purpose",
    arguments: [
      ("<&-", "0", "r"), (">&-", "1", "w"), ("2>&-", "2", "w"),
    ])
  func closedStreams(_ redirection: String, _ number: String, _ mode: String) async throws {
    let run = try await harness.shell(
      """
      jobctl run sh -c 'x=$(readlink /proc/$$/fd/\(number); grep flags /proc/$$/fdinfo/\(number));
        echo "$x" > $D/seen' \(redirection)
      cat $D/seen; rm $D/seen
      """)
    let lines = run.output.split(separator: "\n")
    #expect(lines.first == "/dev/null")
    // The last digit is the access mode: O_RDONLY or O_WRONLY.
    #expect(lines.last?.last == (mode == "r" ? "0" : "1"))
  }

  @Test("Directory, umask, arguments and environment are jobctl's, byte for byte")
  func context() async throws {
    let run = try await harness.shell(
      #"""
      export X="$(printf 'caf\351')" && mkdir "$D/$X" && cd "$D/$X" && umask 027
      jobctl run sh -c 'umask; pwd | od -An -c | tail -n 1; printf %s "$X$1" | od -An -c' sh "$X"
      cd / && rmdir "$D/$X"
      """#)
    #expect(
      run.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        .last == "c a f 351 c a f 351")
    #expect(run.output.hasPrefix("0027\n"))
    #expect(run.errors == "")
  }

  @Test(
    "In the background of a terminal a job reads nothing, unless that is asked for",
    arguments: [
      ("", "&", "/dev/null"), ("--stdin inherit", "&", "/dev/pts/"), ("", ";", "/dev/pts/"),
    ])
  func background(_ options: String, _ end: String, _ input: String) async throws {
    let run = try await harness.shell(
      """
      cat > $D/script <<'END'
      set -m; jobctl run \(options) readlink /proc/self/fd/0 \(end) wait
      END
      python3 -c 'import pty, sys; sys.exit(pty.spawn(["sh", sys.argv[1]]) >> 8)' $D/script; rm $D/script
      """)
    #expect(run.output.contains(input))
    #expect(run.errors == "")
  }

  @Test("The environment can be cleared, but for what jobd sets")
  func environment() async throws {
    let run = try await harness.jobctl("run", "-i", "-E", "A=1", "/usr/bin/env").ended()
    let names = run.output.split(separator: "\n").map { $0.prefix { $0 != "=" } }
    #expect(Set(names) == ["A", "JOBD_SOCKET", "JOBD_JOB"])
  }

  @Test("A job's own jobctl talks to the jobd that the job is of")
  func nested() async throws {
    let jobctl = Spawned.product("jobctl")
    let run = try await harness.jobctl("run", "-u", "JOBD_SOCKET", jobctl, "run", "echo", "inner")
      .ended()
    #expect(run.output == "inner\n")
  }

  @Test("Replies are told as lines of JSON on a descriptor of their own")
  func statusDescriptor() async throws {
    let jobctl = try harness.jobctl("run", "--status-fd", "3", "echo", "data")
    let run = await jobctl.ended()
    #expect(run.output == "data\n")
    #expect(run.errors == "")
    let lines = await waiting { jobctl.events.all() }
    let kinds = String(decoding: lines, as: UTF8.self).split(separator: "\n")
      .map { String($0.dropFirst(2).prefix { $0 != "\"" }) }
    #expect(kinds == ["queued", "started", "finished"])
  }

  @Test(
    "That replies can't be written is said once, but for that nobody reads them",
    arguments: [
      ("3>/dev/full", "jobctl: --status-fd 3: No space left on device\n"), ("3>&5", ""),
    ])
  func unwritableStatus(_ redirection: String, _ said: String) async throws {
    // Descriptor 5 is a pipe that nobody reads.
    let run = try await harness.shell(
      """
      mkfifo $D/p; exec 4<>$D/p 5>$D/p 4<&-; rm $D/p
      jobctl run --quiet --status-fd 3 sh -c 'exit 4' \(redirection)
      """)
    #expect(run.status == 4)
    #expect(run.errors == said)
  }

  @Test("A descriptor for replies has to be open for writing", arguments: ["3</dev/null", "3>&-"])
  func statusDescriptorRefused(_ redirection: String) async throws {
    let run = try await harness.shell("jobctl run --status-fd 3 echo x \(redirection)")
    #expect(run.status == 125)
    #expect(run.output == "")
    #expect(run.errors.hasPrefix("jobctl: --status-fd 3: "))
  }

  @Test("Without a jobd there it says where it looked, why there, and how to start one")
  func noDaemon() async throws {
    let run = try await Spawned(
      Spawned.product("jobctl"), ["run", "true"], environment: ["JOBD_SOCKET=/no/such.sock"]
    ).ended()
    #expect(run.status == 125)
    #expect(run.errors.contains("/no/such.sock (from $JOBD_SOCKET): no jobd runs there"))
    #expect(run.errors.contains("jobd --socket /no/such.sock &"))
  }

  @Test("What is no socket is said to be none, and no jobd is to be started there")
  func noSocket() async throws {
    let run = try await Spawned(
      Spawned.product("jobctl"), ["--socket", "/etc/passwd", "list"]
    ).ended()
    #expect(run.status == 125)
    #expect(run.errors == "jobctl: /etc/passwd (from --socket): is no socket\n")
  }

  @Test("A command line that no message has room for is told as such, and no jobd is asked")
  func tooLong() async throws {
    // JSON escapes each of these bytes by six: 18 MB of 3.
    let run = try await harness.shell(
      #"""
      ulimit -s 65536
      x=$(head -c 100000 /dev/zero | tr '\0' '\1')
      for i in 1 2 3 4 5; do set -- "$@" "$x" "$x" "$x" "$x" "$x" "$x"; done
      jobctl run true "$@"; echo $?
      """#)
    #expect(run.output == "125\n")
    #expect(run.errors.contains("the command line and the environment are too long"))
    #expect(run.errors.contains("16777216 is the most"))
  }

  @Test("So is one of more words than a message has room for")
  func tooMany() async throws {
    let run = try await harness.shell("ulimit -s 65536; jobctl run true $(seq 262144)")
    #expect(run.status == 125)
    #expect(run.errors.contains("there are too many arguments and variables"))
    #expect(run.errors.contains("262144 is the most"))
  }

  @Test("A jobd that closes the connection before there is a job has not lost one")
  func turnedAway() async throws {
    let jobd = try MadeUpJobd()
    let jobctl = try jobd.jobctl("run", "true")
    do {
      let line = try jobd.accept()
      _ = try line.nextCall()
    }
    let run = await jobctl.ended()
    #expect(run.status == 125)
    #expect(run.errors.hasPrefix("jobctl: jobd closed the connection"))
  }

  @Test("A job that was asked to end from another pid namespace is known to be", .needsNamespaces)
  func otherNamespace() async throws {
    let run = try await harness.shell(
      """
      mkfifo $D/ready
      unshare --pid --fork sh -c '
        jobctl run sh -c "echo > $D/ready; exec sleep infinity" & read x < $D/ready
        kill -TERM $!; wait $!; echo $?'
      rm $D/ready
      """)
    #expect(run.output == "\(128 + SIGTERM)\n")
    #expect(run.errors == "")
  }

  @Test(
    "Without /proc, or a descriptor to read it by, arguments are what was given", .needsNamespaces)
  func withoutProc() async throws {
    let run = try await harness.shell(
      """
      exec unshare --mount sh -c 'mount -t tmpfs none /proc
        jobctl run sh -c "exit 4"; echo $?
        jobctl run; echo $?
        jobd --no-such-option; echo $?
        exec <&-; ulimit -n 3; jobctl run false; echo $?'
      """)
    #expect(run.output == "4\n125\n64\n125\n")
    #expect(run.errors.contains("Missing command"))
    #expect(run.errors.contains("Unknown option '--no-such-option'"))
    #expect(run.errors.contains("Too many open files"))
  }

  @Test("A jobd that dies is told, and the exit code is 125")
  func daemonDies() async throws {
    let jobctl = try harness.jobctl("run", "sh", "-c", "echo ready; sleep infinity")
    #expect(await waiting { jobctl.output.line() } == "ready")
    harness.killDaemon()
    let run = await jobctl.ended()
    #expect(run.status == 125)
    #expect(run.errors.contains("jobd went away before the job had finished"))
  }
}
