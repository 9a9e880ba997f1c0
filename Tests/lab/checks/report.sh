# For scripts of checks: each is a function, its name a claim said in words.

passed=0 failed=0

# check CLAIM COMMAND...: runs the command in a shell of its own that ends at the first failure.
check() {
  local claim=$1 output status
  shift
  set +e
  output=$(
    set -eEuo pipefail
    trap 'echo "line $LINENO: $BASH_COMMAND"' ERR
    "$@" 2>&1
  )
  status=$?
  set -e
  if [[ $status == 0 ]]; then
    passed=$((passed + 1))
    echo "ok   $claim"
  else
    failed=$((failed + 1))
    echo "FAIL $claim"
    sed 's/^/     | /' <<<"$output"
  fi
}

# To be called last. Where a check failed the status says so, unlike one of a script cut short.
summary() {
  echo "$(basename "$0"): $passed passed, $failed failed"
  ((failed == 0)) || exit 99
}

# hold OPTION... -- COMMAND...: runs a job in the background and returns once it has printed a
# line. $client is its jobctl, $output where the rest of what both print can be read.
hold() {
  local first
  exec {output}< <(exec jobctl run "$@" 2>&1)
  client=$!
  IFS= read -r first <&"$output"
}

# A command that says that it runs, and goes on until it is ended.
forever=(sh -c 'echo running; sleep infinity')
# The same, deaf to what asks it to end.
deaf=(sh -c 'trap "" TERM; echo running; sleep infinity & wait; sleep infinity')

# ended STATUS: the job that is held ends, with all that could print, and its jobctl exits so.
ended() {
  local status=0
  cat <&"$output"
  wait "$client" || status=$?
  [[ $status == "$1" ]]
}

# eventually COMMAND...: for what somebody else will have done in a moment, and no one tells when.
eventually() {
  local deadline=$((SECONDS + 60))
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || return 1
    sleep 0.02
  done
}
