// A transient unit for each run, asked for by the bus call that systemd-run makes, and nothing
// else: from the call until the unit has been removed.
//
//   transient NAME COUNT COMMAND
//
// Prints "NAME NANOSECONDS" for each. org.freedesktop.systemd1(5)
#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "../measuring/clock.h"

static const char service[] = "org.freedesktop.systemd1";
static const char path[] = "/org/freedesktop/systemd1";
static const char interface[] = "org.freedesktop.systemd1.Manager";
// Of root's own: no message broker in between.
static const char address[] = "unix:path=/run/systemd/private";

static void check(int answer, const char *what) {
  if (answer < 0) errx(1, "%s: %s", what, strerror(-answer));
}

static int unit_removed(sd_bus_message *message, void *awaited, sd_bus_error *error) {
  (void)error;
  const char **unit = awaited, *id, *object;
  check(sd_bus_message_read(message, "so", &id, &object), "UnitRemoved");
  if (*unit && strcmp(*unit, id) == 0) *unit = NULL;
  return 0;
}

static void start(sd_bus *bus, const char *unit, const char *command) {
  sd_bus_error error = SD_BUS_ERROR_NULL;
  int answer = sd_bus_call_method(
      bus, service, path, interface, "StartTransientUnit", &error, NULL, "ssa(sv)a(sa(sv))", unit,
      "fail",
      // Properties: forgotten also if it fails; the path, the arguments, and that a failure counts.
      2, "CollectMode", "s", "inactive-or-failed",
      "ExecStart", "a(sasb)", 1, command, 1, command, false,
      // No further units.
      0);
  if (answer < 0) errx(1, "StartTransientUnit: %s", error.message);
}

int main(int count, char **arguments) {
  if (count != 4) errx(2, "usage: transient NAME COUNT COMMAND");
  sd_bus *bus;
  check(sd_bus_new(&bus), "sd_bus_new");
  check(sd_bus_set_address(bus, address), address);
  check(sd_bus_start(bus), address);
  const char *awaited = NULL;
  check(
      sd_bus_match_signal(bus, NULL, NULL, path, interface, "UnitRemoved", unit_removed, &awaited),
      "match");
  for (long run = atol(arguments[2]); run > 0; run--) {
    char unit[64];
    snprintf(unit, sizeof unit, "jobd-bench-%d-%ld.service", getpid(), run);
    awaited = unit;
    int64_t started = now();
    start(bus, unit, arguments[3]);
    while (awaited) {
      check(sd_bus_process(bus, NULL), "sd_bus_process");
      if (awaited) check(sd_bus_wait(bus, UINT64_MAX), "sd_bus_wait");
    }
    printf("%s %lld\n", arguments[1], (long long)(now() - started));
  }
  sd_bus_unref(bus);
}
