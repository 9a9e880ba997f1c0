#define _GNU_SOURCE
#include "tamper.h"

#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static bool poke(pid_t pid, unsigned long long address, const void *bytes, size_t count) {
  struct iovec here = {(void *)bytes, count}, there = {(void *)address, count};
  return process_vm_writev(pid, &here, 1, &there, 1, 0) == (ssize_t)count;
}

static bool peek(pid_t pid, unsigned long long address, void *bytes, size_t count) {
  struct iovec here = {bytes, count}, there = {(void *)address, count};
  return process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)count;
}

static void shorten(struct tampering *tampering, pid_t pid, struct user_regs_struct *regs) {
  if (regs->orig_rax != SYS_recvmsg && regs->orig_rax != SYS_sendmsg) {
    regs->rdx = 1;
    return;
  }
  struct msghdr message;
  struct iovec first;
  if (!peek(pid, regs->rsi, &message, sizeof message)) return;
  if (!peek(pid, (unsigned long long)message.msg_iov, &first, sizeof first)) return;
  tampering->length = first.iov_len;
  first.iov_len = first.iov_len ? 1 : 0;
  poke(pid, (unsigned long long)message.msg_iov, &first, sizeof first);
}

static void lengthen(const struct tampering *tampering, pid_t pid) {
  struct msghdr message;
  if (!peek(pid, tampering->entry.rsi, &message, sizeof message)) return;
  poke(pid, (unsigned long long)message.msg_iov + offsetof(struct iovec, iov_len), &tampering->length,
       sizeof tampering->length);
}

void tamper_begin(struct tampering *tampering, pid_t pid, struct user_regs_struct *regs, int error, bool is_late) {
  *tampering = (struct tampering){.is_on = true, .error = error, .entry = *regs};
  if (is_late) return;
  // No call has that number.
  if (error) regs->orig_rax = (unsigned long long)-1;
  else shorten(tampering, pid, regs);
  ptrace(PTRACE_SETREGS, pid, 0, regs);
}

void tamper_end(struct tampering *tampering, pid_t pid) {
  if (!tampering->is_on) return;
  tampering->is_on = false;
  struct user_regs_struct regs;
  if (ptrace(PTRACE_GETREGS, pid, 0, &regs)) return;
  if (tampering->error) regs.rax = (unsigned long long)-tampering->error;
  // The program is to find in its registers what it has put there.
  regs.orig_rax = tampering->entry.orig_rax;
  regs.rdx = tampering->entry.rdx;
  ptrace(PTRACE_SETREGS, pid, 0, &regs);
  if (!tampering->error && tampering->length) lengthen(tampering, pid);
}
