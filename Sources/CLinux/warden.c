// The warden's whole life is system calls: its memory is a copy of that of a program with threads, any
// of which may have held a lock.
#define _GNU_SOURCE
#include "clinux_warden.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "background.h"
#include "copy_process.h"
#include "process_tree.h"
#include "spawn_child.h"

enum {
  LAST_SIGNAL = 64,
  // Rounds of killing that follow each other at once: what forks quickly is outrun by these.
  QUICK_ROUNDS = 500,
  QUICK_MILLISECONDS = 1,
  // Then only something that SIGKILL doesn't end can be left.
  SLOW_MILLISECONDS = 250,
};

struct warden {
  int line;
  int kept;
  int signals;
  // Its end says that the program was executed, or the child ended before; -1 after that.
  int birth;
  struct clinux_spawned *spawned;
  pid_t self;
  pid_t daemon;
  pid_t main;
  bool main_lives;
  struct clinux_exit exit;
  bool kills;
  int rounds;
  unsigned patience_seconds;
  // When it gives up, once the daemon is gone.
  time_t end;
  struct process_tree tree;
};

// MARK: telling

static void tell(const struct warden *self, const struct clinux_warden_report *report) {
  // Without a daemon nobody needs to know.
  if (self->line >= 0) (void)!send(self->line, report, sizeof *report, MSG_NOSIGNAL);
}

static void conclude_birth(struct warden *self) {
  close(self->birth);
  self->birth = -1;
  struct clinux_warden_report report = {.news = CLINUX_WARDEN_STARTED, .spawned = *self->spawned};
  report.spawned.pidfd = -1;
  report.spawned.pid = self->main;
  // One that has told nothing may also have been killed on the way.
  struct clinux_exit exit;
  if (report.spawned.step == CLINUX_SPAWN_DONE && !clinux_child_executed(self->main) &&
      clinux_wait_and_reap(self->main, &exit) > 0) {
    report.spawned.step = CLINUX_SPAWN_KILLED;
    report.spawned.error = exit.status;
  }
  if (report.spawned.step != CLINUX_SPAWN_DONE) {
    report.news = CLINUX_WARDEN_FAILED;
    tell(self, &report);
    exit_copy(0);
  }
  tell(self, &report);
}

static void tell_exit(const struct warden *self, bool is_empty) {
  tell(self, &(struct clinux_warden_report){
                 .news = CLINUX_WARDEN_EXITED, .exit = self->exit, .is_empty = is_empty});
}

static int reap_next(struct warden *self, struct clinux_exit *exit) {
  // Until then whoever hasn't executed anything is left.
  if (self->birth < 0) return clinux_reap_any(exit);
  pid_t pid = clinux_exited_child();
  // The first process is over before its birth was noticed.
  if (pid == self->main) conclude_birth(self);
  return pid > 0 ? clinux_reap_exited(pid, exit) : 0;
}

// Reaps whoever has exited, orphans and all. Doesn't return when nobody is left.
static void reap(struct warden *self) {
  bool main_exited = false;
  struct clinux_exit exit;
  int answer;
  while ((answer = reap_next(self, &exit)) > 0) {
    if (!self->main_lives || exit.pid != self->main) continue;
    self->main_lives = false;
    self->exit = exit;
    main_exited = true;
  }
  // No child is no descendant: those whose parents died are children.
  bool is_empty = answer == -ECHILD;
  if (main_exited) tell_exit(self, is_empty);
  if (!is_empty) return;
  if (!main_exited)
    tell(self, &(struct clinux_warden_report){.news = CLINUX_WARDEN_EMPTY, .is_empty = true});
  exit_copy(0);
}

// MARK: asking and killing

static void ask(pid_t pid, int signal) {
  kill(pid, signal);
  if (signal != SIGSTOP && signal != SIGKILL && signal != SIGCONT) kill(pid, SIGCONT);
}

static void ask_tree(struct warden *self, int signal) {
  if (process_tree_look(&self->tree, self->self) < 0) return;
  bool continues = signal != SIGSTOP && signal != SIGKILL && signal != SIGCONT;
  for (size_t index = 0; index < self->tree.count; index++) {
    const struct process_entry *process = &self->tree.entries[index];
    process_tree_signal(&self->tree, self->self, process, signal, NULL);
    if (continues) process_tree_signal(&self->tree, self->self, process, SIGCONT, NULL);
  }
}

// A group is killed by one system call that no fork outruns: a child that is being made isn't, while
// a signal waits. Only one that a stopped process of the job is in: so its number can't be given to
// somebody else's meanwhile. The job's groups are in sessions that it made, where nobody else is.
static bool kill_group(const struct warden *self, const struct process_stat *process) {
  return process->state == 'T' && process->group > 1 && process->group != self->self &&
         kill(-process->group, SIGKILL) == 0;
}

static void kill_round(struct warden *self) {
  self->rounds++;
  if (process_tree_look(&self->tree, self->self) < 0) {
    // Without /proc or memory: the first process, at least, whose number is still its own.
    if (self->main_lives) kill(self->main, SIGKILL);
    return;
  }
  // Stopped first: so that none makes new ones for those that are killed, and groups stay what they are.
  for (size_t index = 0; index < self->tree.count; index++)
    process_tree_signal(&self->tree, self->self, &self->tree.entries[index], SIGSTOP, NULL);
  for (size_t index = 0; index < self->tree.count; index++) {
    const struct process_entry *process = &self->tree.entries[index];
    struct process_stat now;
    process_tree_signal(&self->tree, self->self, process, 0, &now);
    if (now.pid && !kill_group(self, &now))
      process_tree_signal(&self->tree, self->self, process, SIGKILL, NULL);
  }
}

// MARK: hearing

static void daemon_died(struct warden *self) {
  close(self->line);
  self->line = -1;
  self->kills = true;
  self->rounds = 0;
  self->end = background_seconds() + self->patience_seconds;
}

struct message {
  enum clinux_warden_command command;
  int signal;
};

static void hear_line(struct warden *self) {
  struct message message;
  ssize_t length = recv(self->line, &message, sizeof message, MSG_DONTWAIT);
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (length <= 0) return daemon_died(self);
  switch (message.command) {
    case CLINUX_WARDEN_ASK_MAIN:
      if (self->main_lives) ask(self->main, message.signal);
      break;
    case CLINUX_WARDEN_ASK_TREE: ask_tree(self, message.signal); break;
    case CLINUX_WARDEN_KILL: self->kills = true; break;
  }
}

// What else came doesn't matter: children are looked for in any case.
static void hear_signals(struct warden *self) {
  if (background_daemon_died(self->signals, self->daemon) && self->line >= 0) daemon_died(self);
}

static int delay(const struct warden *self) {
  if (!self->kills) return -1;
  return self->rounds < QUICK_ROUNDS ? QUICK_MILLISECONDS : SLOW_MILLISECONDS;
}

static _Noreturn void watch(struct warden *self) {
  for (;;) {
    reap(self);
    if (self->kills) kill_round(self);
    if (self->line < 0 && background_seconds() > self->end) exit_copy(1);
    struct pollfd sources[] = {
        {.fd = self->signals, .events = POLLIN},
        {.fd = self->line, .events = POLLIN},
        {.fd = self->birth, .events = POLLIN},
    };
    if (background_poll(sources, 3, delay(self)) <= 0) continue;
    // The birth comes first: to be killed is to have been born.
    if (sources[2].revents && self->birth >= 0) conclude_birth(self);
    if (sources[1].revents) hear_line(self);
    if (sources[0].revents) hear_signals(self);
  }
}

// MARK: the beginning

static void reset_dispositions(void) {
  struct sigaction action = {.sa_handler = SIG_DFL};
  for (int signal = 1; signal <= LAST_SIGNAL; signal++) sigaction(signal, &action, NULL);
}

// The child has a copy of the memory and isn't waited for, so that the warden can hear and kill while
// the kernel takes its time to execute the program.
static int start_main(struct warden *self, const struct clinux_program *program) {
  self->spawned = mmap(NULL, sizeof *self->spawned, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (self->spawned == MAP_FAILED) return errno;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return errno;
  struct clinux_program without_flags = *program;
  without_flags.flags = 0;
  struct spawn_child child = {
      .spec = &without_flags, .report = self->spawned, .warden = self->self, .birth = ends[1]};
  // Without an exit signal, which it gets when it executes.
  self->main = copy_process(0, NULL);
  if (self->main == 0) exit_copy(spawn_child_main(&child));
  int error = self->main < 0 ? errno : 0;
  close(ends[1]);
  self->birth = ends[0];
  self->main_lives = !error;
  if (!error)
    tell(self, &(struct clinux_warden_report){.news = CLINUX_WARDEN_FORKED,
                                              .spawned = {.pid = self->main, .pidfd = -1}});
  return error;
}

static _Noreturn void serve(struct warden *self, const struct clinux_program *program) {
  self->self = (pid_t)syscall(SYS_getpid);
  // Not a name that begins as the daemon's does: whoever ends all "jobd" is to leave the wardens,
  // which end by themselves with what they hold.
  background_detach("job-warden");
  reset_dispositions();
  clinux_become_subreaper();
  self->signals = background_signals(UINT64_C(1) << (SIGCHLD - 1));
  const int *streams = program->streams;
  background_keep_only(
      (const int[]){self->line, self->kept, self->signals, streams[0], streams[1], streams[2]}, 6);
  // Of a daemon that died before its death would be signalled the line has ended already.
  int error = self->signals < 0 ? -self->signals : start_main(self, program);
  if (error) {
    tell(self, &(struct clinux_warden_report){
                   .news = CLINUX_WARDEN_FAILED,
                   .spawned = {.pidfd = -1, .step = CLINUX_SPAWN_PROCESS, .error = error}});
    exit_copy(0);
  }
  background_let_go();
  background_keep_only((const int[]){self->line, self->kept, self->signals, self->birth}, 4);
  watch(self);
}

int clinux_warden_start(const struct clinux_program *program, int kept, unsigned patience_seconds,
                        struct clinux_warden *result) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) return -errno;
  struct warden self = {.line = ends[1],
                        .kept = kept,
                        .birth = -1,
                        .daemon = (pid_t)syscall(SYS_getpid),
                        .patience_seconds = patience_seconds};
  // Blocked before the fork, so that there is no moment in which the child could be ended.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  int pidfd = -1;
  pid_t pid = copy_process_for_good(CLONE_PIDFD | SIGCHLD, &pidfd);
  int error = errno;
  if (pid == 0) serve(&self, program);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return -error;
  }
  *result = (struct clinux_warden){pid, pidfd, ends[0]};
  return 0;
}

int clinux_warden_tell(int line, enum clinux_warden_command command, int signal) {
  struct message message = {command, signal};
  ssize_t sent;
  do sent = send(line, &message, sizeof message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? -errno : 0;
}

void clinux_warden_wake(int pidfd) {
  siginfo_t info = {.si_signo = SIGCONT, .si_code = SI_QUEUE};
  syscall(SYS_pidfd_send_signal, pidfd, SIGCONT, &info, 0);
}

int clinux_warden_hear(int line, struct clinux_warden_report *report) {
  ssize_t length;
  // A warden that ends with something unread leaves ECONNRESET, which is told once and before what
  // it had sent. unix_release_sock, net/unix/af_unix.c
  do length = recv(line, report, sizeof *report, MSG_DONTWAIT);
  while (length < 0 && (errno == EINTR || errno == ECONNRESET));
  // The kernel had no memory to tell: it stays there to be heard.
  if (length < 0) return errno == ENOMEM || errno == ENOBUFS ? -EAGAIN : -errno;
  return length == (ssize_t)sizeof *report;
}
