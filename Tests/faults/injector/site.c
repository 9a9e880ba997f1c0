#define _GNU_SOURCE
#include "site.h"

#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#if !defined(__x86_64__)
#error "The registers of this processor are not known here."
#endif

// The modules are those of the process that was started; its forks have them at the same addresses.
static Dwfl *modules;
static pid_t current;

static pid_t next_thread(Dwfl *dwfl, void *argument, void **thread) {
  (void)dwfl, (void)argument;
  if (*thread) return 0;
  *thread = &current;
  return current;
}

static bool get_thread(Dwfl *dwfl, pid_t tid, void *argument, void **thread) {
  (void)dwfl, (void)tid, (void)argument;
  *thread = &current;
  return true;
}

static bool read_memory(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *result, void *argument) {
  (void)dwfl, (void)argument;
  struct iovec here = {result, sizeof *result}, there = {(void *)address, sizeof *result};
  return process_vm_readv(current, &here, 1, &there, 1, 0) == sizeof *result;
}

// In the order of the processor's DWARF numbers.
static bool set_registers(Dwfl_Thread *thread, void *argument) {
  (void)argument;
  struct user_regs_struct regs;
  if (ptrace(PTRACE_GETREGS, current, 0, &regs)) return false;
  const Dwarf_Word numbered[] = {regs.rax, regs.rdx, regs.rcx, regs.rbx, regs.rsi, regs.rdi,
                                 regs.rbp, regs.rsp, regs.r8,  regs.r9,  regs.r10, regs.r11,
                                 regs.r12, regs.r13, regs.r14, regs.r15, regs.rip};
  return dwfl_thread_state_registers(thread, 0, sizeof numbered / sizeof *numbered, numbered);
}

// What is needed to unwind is in the programs themselves.
static int find_no_debuginfo(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
                             const char *file, const char *link, GElf_Word crc, char **found) {
  (void)module, (void)userdata, (void)name, (void)base, (void)file, (void)link, (void)crc, (void)found;
  return -1;
}

static void look_at_modules(pid_t root) {
  static const Dwfl_Callbacks finding = {
      .find_elf = dwfl_linux_proc_find_elf,
      .find_debuginfo = find_no_debuginfo,
  };
  static const Dwfl_Thread_Callbacks reading = {
      .next_thread = next_thread,
      .get_thread = get_thread,
      .memory_read = read_memory,
      .set_initial_registers = set_registers,
  };
  if (modules) dwfl_end(modules);
  modules = dwfl_begin(&finding);
  dwfl_linux_proc_report(modules, root);
  dwfl_report_end(modules, NULL, NULL);
  dwfl_attach_state(modules, NULL, root, &reading, NULL);
}

static int add_frame(Dwfl_Frame *frame, void *argument) {
  struct site *site = argument;
  Dwarf_Addr pc;
  bool is_activation;
  if (site->count == FRAMES_MAX || !dwfl_frame_pc(frame, &pc, &is_activation)) return DWARF_CB_ABORT;
  // A return address is behind the call, which may be the last instruction of its function.
  site->frames[site->count++] = is_activation ? pc : pc - 1;
  return DWARF_CB_OK;
}

static Dwfl_Module *module_at(uint64_t address, uint64_t *offset) {
  Dwfl_Module *module = dwfl_addrmodule(modules, address);
  Dwarf_Addr start = 0;
  if (module) dwfl_module_info(module, NULL, &start, NULL, NULL, NULL, NULL, NULL);
  *offset = module ? address - start : 0;
  return module;
}

static uint64_t mixed(uint64_t hash, uint64_t value) {
  // FNV-1a, a byte at a time.
  for (int shift = 0; shift < 64; shift += 8)
    hash = (hash ^ (value >> shift & 0xff)) * UINT64_C(1099511628211);
  return hash;
}

struct site site_of(pid_t root, pid_t thread, long call) {
  struct site site = {.count = 0};
  current = thread;
  if (!modules) look_at_modules(root);
  dwfl_getthread_frames(modules, thread, add_frame, &site);
  uint64_t offset;
  // The dynamic linker brought something since.
  for (size_t index = 0; index < site.count; index++)
    if (!module_at(site.frames[index], &offset)) {
      look_at_modules(root);
      site.count = 0;
      dwfl_getthread_frames(modules, thread, add_frame, &site);
      break;
    }
  site.hash = mixed(UINT64_C(14695981039346656037), (uint64_t)call);
  for (size_t index = 0; index < site.count; index++) {
    module_at(site.frames[index], &offset);
    site.hash = mixed(site.hash, offset);
  }
  return site;
}

/// Whether it was asked of this address before: to look for a name takes milliseconds.
static bool is_known(uint64_t address) {
  enum { KNOWN_MAX = 1 << 14 };
  static uint64_t known[KNOWN_MAX];
  size_t index = address % KNOWN_MAX;
  while (known[index] && known[index] != address) index = (index + 1) % KNOWN_MAX;
  bool was_known = known[index] == address;
  known[index] = address;
  return was_known;
}

void site_describe(const struct site *site, FILE *file) {
  for (size_t index = 0; index < site->count; index++) {
    uint64_t address = site->frames[index];
    fprintf(file, "frame %" PRIx64 "\n", address);
    if (is_known(address)) continue;
    uint64_t offset;
    Dwfl_Module *module = module_at(address, &offset);
    const char *path = module ? dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, NULL, NULL) : "?";
    const char *name = module ? dwfl_module_addrname(module, address) : NULL;
    const char *slash = strrchr(path, '/');
    fprintf(file, "name %" PRIx64 " %s %s\n", address, slash ? slash + 1 : path, name ? name : "?");
  }
}
