"""Mounts a FUSE file system that never answers, and prints a line for each question.

silent_file_system.py DIRECTORY

A process that asks it something waits for the answer, and once the question was read from /dev/fuse
SIGKILL doesn't end that wait. The end of this program does. fuse(4); linux/fuse.h
"""

import ctypes
import os
import struct
import sys

INIT = 26
QUESTION_BYTES = 1 << 17
HEADER = "=IIQ"  # Length, opcode, unique number of the question.


def mount(device, directory):
    libc = ctypes.CDLL(None, use_errno=True)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0"
    if libc.mount(b"fuse", directory.encode(), b"fuse", 0, options.encode()) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))


def answer_init(device):
    question = os.read(device, QUESTION_BYTES)
    _, opcode, unique = struct.unpack_from(HEADER, question)
    assert opcode == INIT
    # Version 7.31, no read-ahead, no features; what follows has its size from version 7.23 on.
    body = struct.pack("=IIII", 7, 31, 0, 0) + bytes(48)
    os.write(device, struct.pack("=IiQ", 16 + len(body), 0, unique) + body)


device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
mount(device, sys.argv[1])
answer_init(device)
print("mounted", flush=True)
while True:
    os.read(device, QUESTION_BYTES)
    print("asked", flush=True)
