#pragma once
// What is done to a system call of a stopped process: before it is made, and when it returns.

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/user.h>

/// What is to be undone, or answered, when the call returns.
struct tampering {
  bool is_on;
  int error;
  struct user_regs_struct entry;
  /// Of the first buffer of a message.
  size_t length;
};

/// At the entry of a call. With an error it isn't made, unless that is `late`, and answers the error; without, it
/// reads or writes a single byte.
void tamper_begin(struct tampering *tampering, pid_t pid, struct user_regs_struct *regs, int error, bool is_late);

/// At the return of any call.
void tamper_end(struct tampering *tampering, pid_t pid);
