// The floor: the least that a daemon can do that runs each job in a cgroup and ends it with its
// client's connection. It accepts, reads a line, makes a leaf, starts the command in it, waits
// until nothing is left there, removes it, replies.
//
//   floord SOCKET CGROUP
//
// A line is a command, words between spaces, ended by a NUL; the reply is its exit status, ended by
// a NUL. CGROUP is made at the top of the hierarchy; who started the daemon removes it afterwards.
#define _GNU_SOURCE
#include <err.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "birth.h"
#include "leaf.h"

enum {
  LINE_MAX_BYTES = 512,
  WORDS_MAX = 16,
  EVENTS_MAX = 64,
  // jobd's own.
  PRIORITY = -10,
  // How often a tree that was killed is looked at. The kernel's notification is up to 10 ms late.
  LOOK_NANOSECONDS = 200 * 1000,
};

enum state { IDLE, RUNNING, EMPTYING };

// What epoll tells of: the listener, a connection, or a connection's process.
struct source {
  enum { LISTENER, CONNECTION, PROCESS } kind;
  int descriptor;
};

struct connection {
  struct source line, process;
  enum state state;
  bool has_ended;
  int status;
  struct leaf leaf;
  size_t length;
  char text[LINE_MAX_BYTES];
  // Among those whose trees were killed and are not gone.
  struct connection *next_emptying;
};

static int epoll;
static struct connection *emptying;

static void watch(struct source *source) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, source->descriptor, &event) < 0) err(1, "epoll_ctl");
}

static void start_next(struct connection *connection);

static void end(struct connection *connection) {
  close(connection->line.descriptor);
  free(connection);
}

static void reply(struct connection *connection) {
  char text[16];
  int length = snprintf(text, sizeof text, "%d", connection->status) + 1;
  // A client that is gone doesn't matter.
  (void)!send(connection->line.descriptor, text, (size_t)length, MSG_NOSIGNAL);
  connection->state = IDLE;
  if (connection->has_ended)
    end(connection);
  else
    start_next(connection);
}

static bool clean(struct connection *connection) {
  return leaf_is_empty(&connection->leaf) && leaf_remove(&connection->leaf);
}

// The main process is gone: the rest of its tree, if there is any, has to be, too.
static void finish(struct connection *connection) {
  if (clean(connection)) return reply(connection);
  if (!connection->has_ended) leaf_kill(&connection->leaf);
  connection->state = EMPTYING;
  connection->next_emptying = emptying;
  emptying = connection;
}

static void look_at_emptying(void) {
  struct connection *all = emptying;
  emptying = NULL;
  while (all) {
    struct connection *connection = all;
    all = connection->next_emptying;
    if (clean(connection)) {
      reply(connection);
    } else {
      connection->next_emptying = emptying;
      emptying = connection;
    }
  }
}

static void start(struct connection *connection, char *line) {
  char *words[WORDS_MAX + 1] = {NULL};
  for (int count = 0; count < WORDS_MAX && (words[count] = strsep(&line, " ")); count++) continue;
  int error = leaf_make(&connection->leaf);
  if (error) errx(1, "making a leaf: %s", strerror(error));
  int pidfd = birth(words, connection->leaf.directory);
  if (pidfd < 0) errx(1, "starting a process: %s", strerror(-pidfd));
  connection->state = RUNNING;
  connection->process = (struct source){PROCESS, pidfd};
  watch(&connection->process);
}

static void start_next(struct connection *connection) {
  char *nul = memchr(connection->text, 0, connection->length);
  if (!nul) return;
  char line[LINE_MAX_BYTES];
  size_t length = (size_t)(nul - connection->text) + 1;
  memcpy(line, connection->text, length);
  connection->length -= length;
  memmove(connection->text, nul + 1, connection->length);
  start(connection, line);
}

static void line_readable(struct connection *connection) {
  size_t room = sizeof connection->text - connection->length;
  ssize_t count = read(connection->line.descriptor, connection->text + connection->length, room);
  if (count > 0) {
    connection->length += (size_t)count;
    if (connection->state == IDLE) start_next(connection);
    return;
  }
  connection->has_ended = true;
  // It would be readable for ever.
  epoll_ctl(epoll, EPOLL_CTL_DEL, connection->line.descriptor, NULL);
  if (connection->state == IDLE) return end(connection);
  if (connection->state == RUNNING) leaf_kill(&connection->leaf);
}

static void process_exited(struct connection *connection) {
  siginfo_t exit = {0};
  // A process that is just being started has a copy of it, and epoll would go on telling of that.
  epoll_ctl(epoll, EPOLL_CTL_DEL, connection->process.descriptor, NULL);
  waitid(P_PIDFD, (id_t)connection->process.descriptor, &exit, WEXITED);
  connection->status = exit.si_code == CLD_EXITED ? exit.si_status : 128 + exit.si_status;
  close(connection->process.descriptor);
  finish(connection);
}

static void accept_one(int listener) {
  int descriptor = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (descriptor < 0) err(1, "accept");
  struct connection *connection = malloc(sizeof *connection);
  if (!connection) err(1, "malloc");
  *connection = (struct connection){.line = {CONNECTION, descriptor}};
  watch(&connection->line);
}

static int listen_on(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) errx(1, "%s: too long", path);
  strcpy(address.sun_path, path);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) err(1, "%s", path);
  if (listen(listener, SOMAXCONN) < 0) err(1, "listen");
  return listener;
}

#define CONTAINER(source, member) \
  ((struct connection *)((char *)(source) - offsetof(struct connection, member)))

// No event of a round is about a connection that an earlier one has freed: that takes the end of
// its line, which is watched no more from then on, and the exit of its process, which comes once.
static void handle(struct source *source) {
  switch (source->kind) {
    case LISTENER:
      return accept_one(source->descriptor);
    case CONNECTION:
      return line_readable(CONTAINER(source, line));
    case PROCESS:
      return process_exited(CONTAINER(source, process));
  }
}

int main(int count, char **arguments) {
  if (count != 3) errx(2, "usage: floord SOCKET CGROUP");
  setpriority(PRIO_PROCESS, 0, PRIORITY);
  leaves_open(arguments[2]);
  epoll = epoll_create1(EPOLL_CLOEXEC);
  struct source listener = {LISTENER, listen_on(arguments[1])};
  watch(&listener);
  for (;;) {
    struct timespec look = {.tv_nsec = LOOK_NANOSECONDS};
    struct epoll_event events[EVENTS_MAX];
    int ready = epoll_pwait2(epoll, events, EVENTS_MAX, emptying ? &look : NULL, NULL);
    for (int index = 0; index < ready; index++) handle(events[index].data.ptr);
    look_at_emptying();
  }
}
