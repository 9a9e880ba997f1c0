#pragma once
// eventfd(2), timerfd_create(2), sem_overview(7): counters to wait for. Errors are -errno.

#include <semaphore.h>
#include <stdbool.h>

/// A counter at 0, CLOEXEC. `takes_one`: EFD_SEMAPHORE.
int clinux_event_counter(bool takes_one, bool nonblocking);

/// Adds one. Answers 0.
int clinux_event_counter_add(int fd);

/// Takes one, or all; waits for something to take, unless nonblocking.
void clinux_event_counter_take(int fd);

/// Waits for a semaphore, CLOCK_MONOTONIC microseconds at most. sem_clockwait(3)
int clinux_semaphore_wait_within(sem_t *_Nonnull semaphore, long microseconds);

/// A counter, CLOEXEC, that counts one when the period set last is over. CLOCK_MONOTONIC
int clinux_alarm(void);

/// From now on it is to be so many microseconds, at least one.
void clinux_alarm_set(int fd, long microseconds);
