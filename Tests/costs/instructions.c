// Counts the instructions that a program executes, one by one: `instructions COMMAND...`. Prints the
// count, and exits as the program did. For a program of one thread. ptrace(2)
#define _GNU_SOURCE
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments) {
  if (count < 2) errx(125, "usage: instructions COMMAND...");
  pid_t pid = fork();
  if (pid < 0) err(125, "fork");
  if (pid == 0) {
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    execv(arguments[1], arguments + 1);
    err(125, "%s", arguments[1]);
  }
  long steps = 0;
  int status;
  while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
    int signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
    steps++;
    if (ptrace(PTRACE_SINGLESTEP, pid, NULL, signal) < 0) err(125, "ptrace");
  }
  printf("%ld\n", steps);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
