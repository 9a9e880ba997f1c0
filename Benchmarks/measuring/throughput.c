// How many jobs a second, with many in flight on a connection each.
//
//   throughput WINDOWS MILLISECONDS IN_FLIGHT TARGET...
//
// The targets take turns, each for a window of time. Prints "NAME JOBS_PER_SECOND" for each window.
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "clock.h"
#include "target.h"

enum { TARGETS_MAX = 8, IN_FLIGHT_MAX = 1024, EVENTS_MAX = 64 };

struct load {
  const struct target *target;
  int epoll;
  int lines[IN_FLIGHT_MAX];
};

static void open_lines(struct load *load, long in_flight) {
  load->epoll = epoll_create1(EPOLL_CLOEXEC);
  for (long index = 0; index < in_flight; index++) {
    load->lines[index] = target_connect(load->target);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = load->lines[index]};
    if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, load->lines[index], &event) < 0) err(1, "epoll_ctl");
  }
}

static double run_window(struct load *load, long in_flight, int64_t length) {
  int64_t start = now(), last = start;
  long running = in_flight, done = 0;
  for (long index = 0; index < in_flight; index++) target_send(load->target, load->lines[index]);
  while (running > 0) {
    struct epoll_event events[EVENTS_MAX];
    int ready = epoll_wait(load->epoll, events, EVENTS_MAX, -1);
    for (int index = 0; index < ready; index++) {
      target_await(load->target, events[index].data.fd);
      last = now();
      done++;
      if (last - start < length)
        target_send(load->target, events[index].data.fd);
      else
        running--;
    }
  }
  return (double)done * 1e9 / (double)(last - start);
}

int main(int count, char **arguments) {
  if (count < 4 + TARGET_WORDS)
    errx(2, "usage: throughput WINDOWS MILLISECONDS IN_FLIGHT TARGET...");
  long windows = atol(arguments[1]);
  int64_t length = atol(arguments[2]) * 1000000;
  long in_flight = atol(arguments[3]);
  if (in_flight > IN_FLIGHT_MAX) errx(2, "at most %d in flight", IN_FLIGHT_MAX);
  struct target targets[TARGETS_MAX];
  size_t target_count = targets_parse(arguments + 4, targets, TARGETS_MAX);

  static struct load loads[TARGETS_MAX];
  for (size_t index = 0; index < target_count; index++) {
    loads[index].target = &targets[index];
    open_lines(&loads[index], in_flight);
    run_window(&loads[index], in_flight, length / 4);
  }
  for (long window = 0; window < windows; window++) {
    for (size_t turn = 0; turn < target_count; turn++) {
      struct load *load = &loads[(turn + (size_t)window) % target_count];
      printf("%s %.0f\n", load->target->name, run_window(load, in_flight, length));
    }
  }
}
