// Runs a program and makes system calls of it fail, or take and give less than was asked for: those that are
// made at one site, or all of some kinds. Without `--error` a call reads or writes a single byte; with `--late` it
// is carried out and then answers the error. With `--record` it is written down which sites there are.
//
//   injector --state FILE --record FILE -- PROGRAM ARGUMENT...
//   injector --state FILE --calls N[,N...] [--site HASH] [--error N [--late]] [--from K] [--times N] -- PROGRAM ...
//
// What is traced is the program, its threads, and the processes that it forks until they execute another
// program: those are let go of. The state is shared with whoever looks on: struct state.
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "site.h"
#include "tamper.h"

/// What the injector and whoever runs it tell each other. 32 bits each.
struct state {
  /// Set from outside. 0: nothing is recorded and nothing fails.
  _Atomic int32_t phase;
  /// How often the site was reached in a phase.
  _Atomic int32_t hits;
  /// How often its call was tampered with.
  _Atomic int32_t injected;
  /// The program, once it runs.
  _Atomic int32_t pid;
};

enum { CALLS_MAX = 512, SEEN_MAX = 1 << 16, TRACEES_MAX = 256 };

static struct {
  struct state *state;
  FILE *record;
  bool calls[CALLS_MAX];
  bool any_site;
  uint64_t site;
  int error;
  bool is_late;
  int from, times;
} plan = {.any_site = true, .from = 1};

// MARK: those who are traced

struct tracee {
  pid_t pid;
  struct tampering tampering;
};

static struct tracee tracees[TRACEES_MAX];
/// The program was executed.
static bool has_begun;

static struct tracee *tracee_of(pid_t pid) {
  struct tracee *unused = NULL;
  for (size_t index = 0; index < TRACEES_MAX; index++) {
    if (tracees[index].pid == pid) return &tracees[index];
    if (!unused && tracees[index].pid == 0) unused = &tracees[index];
  }
  if (!unused) abort();
  *unused = (struct tracee){.pid = pid};
  return unused;
}

// MARK: sites

static bool is_new(uint64_t hash, int phase, const char *kind) {
  static uint64_t seen[SEEN_MAX];
  for (const char *letter = kind; *letter; letter++) hash = (hash ^ (uint64_t)*letter) * 1099511628211U;
  hash = (hash ^ (uint64_t)phase) * 1099511628211U;
  for (size_t index = hash % SEEN_MAX;; index = (index + 1) % SEEN_MAX) {
    if (seen[index] == hash) return false;
    if (seen[index]) continue;
    seen[index] = hash;
    return true;
  }
}

/// What a descriptor leads to, without what differs from run to run.
static void kind_of(pid_t pid, long fd, char *kind, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/%d/fd/%ld", pid, fd);
  ssize_t length = fd >= 0 && fd < 65536 ? readlink(link, kind, size - 1) : -1;
  kind[length > 0 ? length : 0] = 0;
  if (length <= 0) strcpy(kind, "-");
  if (kind[0] != '/' && !strncmp(kind, "anon_inode:", 11)) return;
  char *number = strchr(kind, '[');
  if (kind[0] != '/' && number) *number = 0;
}

static void write_down(const struct site *site, pid_t pid, int phase, long call,
                       const struct user_regs_struct *regs) {
  char kind[256];
  kind_of(pid, (long)regs->rdi, kind, sizeof kind);
  if (!is_new(site->hash, phase, kind)) return;
  fprintf(plan.record, "site %016" PRIx64 " %d %ld %llx %llx %llx %s\n", site->hash, phase, call,
          regs->rdi, regs->rsi, regs->rdx, kind);
  site_describe(site, plan.record);
  fflush(plan.record);
}

// MARK: calls

/// The dynamic linker makes calls of its own, before the program begins: those are not the program's.
static bool is_linker(unsigned long long address) {
  static unsigned long long start, end;
  if (!end) {
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/%d/maps", plan.state->pid);
    FILE *maps = fopen(path, "re");
    while (maps && fgets(line, sizeof line, maps)) {
      unsigned long long from, to;
      if (!strstr(line, "/ld-") || sscanf(line, "%llx-%llx", &from, &to) != 2) continue;
      if (!start) start = from;
      end = to;
    }
    if (maps) fclose(maps);
  }
  return address >= start && address < end;
}

/// What was seen before at the same place of the stack, with the same words on top of it, is the same site: to
/// unwind takes a tenth of a millisecond, and a search through /proc makes thousands of calls.
static uint64_t *remembered(pid_t pid, long call, const struct user_regs_struct *regs) {
  enum { REMEMBERED_MAX = 1 << 18, WORDS = 16 };
  static struct { uint64_t key, hash; } table[REMEMBERED_MAX];
  uint64_t words[WORDS] = {0};
  struct iovec here = {words, sizeof words}, there = {(void *)regs->rsp, sizeof words};
  process_vm_readv(pid, &here, 1, &there, 1, 0);
  uint64_t key = (uint64_t)call ^ regs->rip * 31 ^ regs->rsp * 1099511628211U;
  for (size_t index = 0; index < WORDS; index++) key = (key ^ words[index]) * 1099511628211U;
  size_t index = key % REMEMBERED_MAX;
  for (int tries = 0; tries < 64 && table[index].key && table[index].key != key; tries++)
    index = (index + 1) % REMEMBERED_MAX;
  if (table[index].key != key) table[index].hash = 0;
  table[index].key = key;
  return &table[index].hash;
}

static void entered(struct tracee *tracee) {
  int phase = plan.state->phase;
  if (phase == 0) return;
  struct user_regs_struct regs;
  if (ptrace(PTRACE_GETREGS, tracee->pid, 0, &regs)) return;
  long call = (long)regs.orig_rax;
  if (call < 0 || call >= CALLS_MAX || (!plan.record && !plan.calls[call])) return;
  if (!has_begun || is_linker(regs.rip)) return;
  if (plan.record || !plan.any_site) {
    uint64_t *hash = remembered(tracee->pid, call, &regs);
    // It may be in another phase, where it is to be written down again.
    if (plan.record && *hash == (uint64_t)phase) return;
    if (plan.record || !*hash) {
      struct site site = site_of(plan.state->pid, tracee->pid, call);
      if (plan.record) {
        *hash = (uint64_t)phase;
        return write_down(&site, tracee->pid, phase, call, &regs);
      }
      *hash = site.hash;
    }
    if (*hash != plan.site) return;
  }
  int hit = ++plan.state->hits;
  if (hit < plan.from || (plan.times && hit >= plan.from + plan.times)) return;
  plan.state->injected++;
  tamper_begin(&tracee->tampering, tracee->pid, &regs, plan.error, plan.is_late);
}

// MARK: the loop

static void stopped_for_call(struct tracee *tracee) {
  struct __ptrace_syscall_info info;
  if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->pid, sizeof info, &info) <= 0) return;
  if (info.op == PTRACE_SYSCALL_INFO_ENTRY) entered(tracee);
  else if (info.op == PTRACE_SYSCALL_INFO_EXIT) tamper_end(&tracee->tampering, tracee->pid);
}

/// Returns the signal to go on with, or -1 if the process isn't traced any more.
static int stopped(struct tracee *tracee, int status) {
  int signal = WSTOPSIG(status), event = status >> 16;
  if (signal == (SIGTRAP | 0x80)) {
    stopped_for_call(tracee);
    return 0;
  }
  if (event == PTRACE_EVENT_EXEC) {
    if (tracee->pid == plan.state->pid && !has_begun) {
      has_begun = true;
      return 0;
    }
    ptrace(PTRACE_DETACH, tracee->pid, 0, 0);
    return -1;
  }
  if (event == PTRACE_EVENT_STOP) {
    // A group stop is a stop: it stays one until SIGCONT.
    if (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU) {
      ptrace(PTRACE_LISTEN, tracee->pid, 0, 0);
      return -1;
    }
    return 0;
  }
  unsigned long child;
  if (event && !ptrace(PTRACE_GETEVENTMSG, tracee->pid, 0, &child)) tracee_of((pid_t)child);
  return event ? 0 : signal;
}

/// Waits for news of any of them, each in turn: the kernel looks at the oldest first, and one that makes calls
/// without end, while it waits for another to be gone, would hide that it is.
static pid_t next_news(int *status) {
  static size_t turn;
  for (size_t count = 0; count < TRACEES_MAX; count++) {
    turn = (turn + 1) % TRACEES_MAX;
    pid_t pid = tracees[turn].pid;
    if (pid && waitpid(pid, status, __WALL | WNOHANG) == pid) return pid;
  }
  return waitpid(-1, status, __WALL);
}

/// Follows them all to their ends. Returns how the program ended, as wait(2) tells it.
static int follow(void) {
  int result = 0, status;
  for (;;) {
    pid_t pid = next_news(&status);
    if (pid < 0 && errno == EINTR) continue;
    if (pid < 0) return result;
    struct tracee *tracee = tracee_of(pid);
    if (!WIFSTOPPED(status)) {
      if (pid == plan.state->pid) result = status;
      tracee->pid = 0;
      continue;
    }
    int signal = stopped(tracee, status);
    if (signal >= 0) ptrace(PTRACE_SYSCALL, pid, 0, signal);
    else if (status >> 16 == PTRACE_EVENT_EXEC) tracee->pid = 0;
  }
}

static pid_t start(char **command) {
  pid_t pid = fork();
  if (pid == 0) {
    personality(ADDR_NO_RANDOMIZE);
    raise(SIGSTOP);
    execvp(*command, command);
    _exit(127);
  }
  int status;
  waitpid(pid, &status, WUNTRACED);
  unsigned long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                          PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SEIZE, pid, 0, options)) {
    perror("injector: ptrace");
    exit(125);
  }
  plan.state->pid = pid;
  kill(pid, SIGCONT);
  return pid;
}

// MARK: the command line

static void take_calls(char *list) {
  for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
    int call = atoi(word);
    if (call >= 0 && call < CALLS_MAX) plan.calls[call] = true;
  }
}

static void open_state(const char *path) {
  int fd = open(path, O_RDWR | O_CLOEXEC);
  plan.state = mmap(NULL, sizeof *plan.state, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
}

static void read_options(int count, char **arguments) {
  static const struct option options[] = {
      {"state", 1, 0, 's'}, {"record", 1, 0, 'r'}, {"calls", 1, 0, 'c'}, {"site", 1, 0, 'a'},
      {"error", 1, 0, 'e'}, {"late", 0, 0, 'l'},  {"from", 1, 0, 'f'},  {"times", 1, 0, 't'}, {0}};
  for (int option; (option = getopt_long(count, arguments, "+", options, NULL)) >= 0;) {
    switch (option) {
      case 's': open_state(optarg); break;
      case 'r': plan.record = fopen(optarg, "we"); break;
      case 'c': take_calls(optarg); break;
      case 'a': plan.any_site = false, plan.site = strtoull(optarg, NULL, 16); break;
      case 'e': plan.error = atoi(optarg); break;
      case 'l': plan.is_late = true; break;
      case 'f': plan.from = atoi(optarg); break;
      case 't': plan.times = atoi(optarg); break;
      default: exit(125);
    }
  }
  if (plan.state && plan.state != MAP_FAILED && arguments[optind]) return;
  fprintf(stderr, "injector: --state FILE and a program are needed\n");
  exit(125);
}

int main(int count, char **arguments) {
  read_options(count, arguments);
  // As the daemon does: each of its calls waits for us twice. What is started doesn't inherit it.
  struct sched_param least = {.sched_priority = sched_get_priority_min(SCHED_RR)};
  sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &least);
  start(arguments + optind);
  int status = follow();
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
