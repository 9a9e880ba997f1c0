#pragma once
// clone3(2) with a stack of its own for the child. A child that shares its parent's memory can't
// return from the C library's syscall(3): it would do so through frames that aren't on its stack.

#include <stddef.h>
#include <sys/syscall.h>

struct clone_args;

#if defined(__x86_64__) && defined(__LP64__)
#define CLINUX_HAS_CLONE3_ON_STACK 1

// The kernel keeps every register but rax, rcx and r11, in the child as in the parent.
static inline int clone3_on_stack(struct clone_args *args, size_t size, int (*child)(void *),
                                  void *argument) {
  register int (*r8)(void *) __asm__("r8") = child;
  register void *r9 __asm__("r9") = argument;
  long result;
  __asm__ volatile(
      "syscall\n\t"
      "testq %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xorl %%ebp, %%ebp\n\t"  // the end of the chain of frames, for debuggers
      "movq %%r9, %%rdi\n\t"
      "callq *%%r8\n\t"
      "movl %%eax, %%edi\n\t"
      "movl %[exit], %%eax\n\t"
      "syscall\n\t"
      "ud2\n"
      "1:"
      : "=a"(result)
      : "a"((long)SYS_clone3), "D"(args), "S"(size), "r"(r8), "r"(r9), [exit] "i"(SYS_exit_group)
      : "rcx", "r11", "memory", "cc");
  return (int)result;
}

#elif defined(__aarch64__) && defined(__LP64__)
#define CLINUX_HAS_CLONE3_ON_STACK 1

// The kernel keeps every register but x0, in the child as in the parent.
static inline int clone3_on_stack(struct clone_args *args, size_t size, int (*child)(void *),
                                  void *argument) {
  register long x0 __asm__("x0") = (long)args;
  register size_t x1 __asm__("x1") = size;
  register long x8 __asm__("x8") = SYS_clone3;
  register int (*x9)(void *) __asm__("x9") = child;
  register void *x10 __asm__("x10") = argument;
  __asm__ volatile(
      "svc #0\n\t"
      "cbnz x0, 1f\n\t"
      "mov x29, xzr\n\t"  // the end of the chain of frames, for debuggers
      "mov x0, x10\n\t"
      "blr x9\n\t"
      "mov x8, %[exit]\n\t"
      "svc #0\n\t"
      "brk #1\n"
      "1:"
      : "+r"(x0)
      : "r"(x1), "r"(x8), "r"(x9), "r"(x10), [exit] "i"(SYS_exit_group)
      : "memory", "cc");
  return (int)x0;
}

#else
#define CLINUX_HAS_CLONE3_ON_STACK 0
#endif
