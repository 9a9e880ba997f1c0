// What LeakSanitizer is told where the programs are built with it.

#if defined(__has_feature)
#if __has_feature(address_sanitizer)

const char *__lsan_default_suppressions(void);

// The descriptions of interfaces are kept for ever, and in them are pointers that Swift has tagged, which
// LeakSanitizer doesn't take for such.
const char *__lsan_default_suppressions(void) { return "leak:InterfaceParser\n"; }

#endif
#endif
