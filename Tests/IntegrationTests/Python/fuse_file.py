"""A FUSE file system with one file, "file", that doesn't answer everything.

Whoever waits for such an answer does so until the process that serves ends, also after SIGKILL.
fuse(4); linux/fuse.h
"""

import ctypes
import os
import struct
import sys

LOOKUP, GETATTR, OPEN, READ, RELEASE, FLUSH, INIT = 1, 3, 14, 15, 18, 25, 26
FORGET, INTERRUPT, BATCH_FORGET = 2, 36, 42
UNANSWERED = {FORGET, INTERRUPT, BATCH_FORGET}
ENOSYS = 38
QUESTION_BYTES = 1 << 17
ROOT, FILE = 1, 2
PR_SET_PDEATHSIG, SIGKILL = 1, 9
libc = ctypes.CDLL(None, use_errno=True)


def mount(directory):
    """Returns the device to serve, which nothing that is executed has."""
    device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0"
    if libc.mount(b"fuse", directory.encode(), b"fuse", 0, options.encode()) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
    return device


def attributes(node, size):
    mode = 0o040755 if node == ROOT else 0o100644
    # Number, size, blocks, three times; their nanoseconds; mode, links, owner, group, device, block size, flags.
    return struct.pack("=6Q10I", node, size, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def answer(opcode, node, size):
    """The body of the answer; None for an error."""
    if opcode == INIT:
        return struct.pack("=IIII", 7, 31, 0, 0) + bytes(48)
    if opcode == LOOKUP:
        return struct.pack("=QQQQII", FILE, 0, 3600, 3600, 0, 0) + attributes(FILE, size)
    if opcode == GETATTR:
        return struct.pack("=QII", 3600, 0, 0) + attributes(node, size)
    if opcode == OPEN:
        return struct.pack("=QII", 1, 0, 0)
    if opcode in (FLUSH, RELEASE):
        return b""
    return None


def serve(directory, never, word, size=0, beside=None):
    """Mounts it, says "mounted", and then `word` whenever it is asked what it never answers. The file has so many bytes.

    `beside` is called with its path by a process that ends with this one, and can't serve.
    """
    device = mount(directory)
    print("mounted", flush=True)
    if beside and os.fork() == 0:
        libc.prctl(PR_SET_PDEATHSIG, SIGKILL)
        os.close(device)
        beside(os.path.join(directory, "file"))
    while True:
        question = os.read(device, QUESTION_BYTES)
        _, opcode, unique, node = struct.unpack_from("=IIQQ", question)
        if opcode in never:
            print(word, flush=True)
        if opcode in never or opcode in UNANSWERED:
            continue
        body = answer(opcode, node, size)
        error = 0 if body is not None else -ENOSYS
        body = body or b""
        os.write(device, struct.pack("=IiQ", 16 + len(body), error, unique) + body)
