"""Has the kernel ask before a file is executed, never answers, and prints a line for each question.

silent_permission.py FILE

Whoever executes it waits until this program ends, or SIGKILL. fanotify(7), FAN_OPEN_EXEC_PERM
"""

import ctypes
import os
import struct
import sys

CLASS_CONTENT = 4
CLOEXEC = 1
MARK_ADD = 1
OPEN_EXEC_PERM = 0x40000
AT_FDCWD = -100
EVENT = "=IBBHQii"  # Length, version, reserved, length of this, mask, descriptor, pid.

libc = ctypes.CDLL(None, use_errno=True)
group = libc.fanotify_init(CLASS_CONTENT | CLOEXEC, os.O_RDONLY)
mask = ctypes.c_uint64(OPEN_EXEC_PERM)
if group < 0 or libc.fanotify_mark(group, MARK_ADD, mask, AT_FDCWD, sys.argv[1].encode()) != 0:
    sys.exit(os.strerror(ctypes.get_errno()))
print("marked", flush=True)
while True:
    events = os.read(group, 4096)
    while events:
        length, _, _, _, _, file, _ = struct.unpack_from(EVENT, events)
        os.close(file)
        events = events[length:]
        print("asked", flush=True)
