"""Mounts a FUSE file system with one file, to close which takes for ever, and has a job write to it.

slow_flush.py DIRECTORY SOCKET COMMAND...

Each close(2) of any descriptor of the file waits for an answer (FLUSH) that doesn't come, and SIGKILL doesn't end that
wait; the end of this program does. Prints "mounted", and a line for each such close.
fuse(4); linux/fuse.h
"""

import ctypes
import json
import os
import socket
import struct
import sys
import time

LOOKUP, GETATTR, OPEN, RELEASE, FLUSH, INIT = 1, 3, 14, 18, 25, 26
FORGET, INTERRUPT, BATCH_FORGET = 2, 36, 42
UNANSWERED = {FORGET, INTERRUPT, BATCH_FORGET, FLUSH}
ENOSYS = 38
QUESTION_BYTES = 1 << 17
ROOT, FILE = 1, 2


PR_SET_PDEATHSIG, SIGKILL = 1, 9
libc = ctypes.CDLL(None, use_errno=True)


def mount(device, directory):
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0"
    if libc.mount(b"fuse", directory.encode(), b"fuse", 0, options.encode()) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))


def attributes(node):
    mode = 0o040755 if node == ROOT else 0o100644
    # Number, size, blocks, three times; their nanoseconds; mode, links, owner, group, device, block size, flags.
    return struct.pack("=6Q10I", node, 0, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def answer(opcode, node):
    """The body of the answer; None for an error."""
    if opcode == INIT:
        return struct.pack("=IIII", 7, 31, 0, 0) + bytes(48)
    if opcode == LOOKUP:
        return struct.pack("=QQQQII", FILE, 0, 3600, 3600, 0, 0) + attributes(FILE)
    if opcode == GETATTR:
        return struct.pack("=QII", 3600, 0, 0) + attributes(node)
    if opcode == OPEN:
        return struct.pack("=QII", 1, 0, 0)
    if opcode == RELEASE:
        return b""
    return None


def serve(device):
    while True:
        question = os.read(device, QUESTION_BYTES)
        _, opcode, unique, node = struct.unpack_from("=IIQQ", question)
        if opcode == FLUSH:
            print("closing", flush=True)
        if opcode in UNANSWERED:
            continue
        body = answer(opcode, node)
        error = 0 if body is not None else -ENOSYS
        body = body or b""
        os.write(device, struct.pack("=IiQ", 16 + len(body), error, unique) + body)


def run(path, command):
    """Asks for the job, and holds its line. Never closes the file."""
    file = os.open(path, os.O_WRONLY)
    line = socket.socket(socket.AF_UNIX)
    line.connect(sys.argv[2])
    parameters = {"context": {"command": command}, "standardOutputFileDescriptor": 0}
    call = json.dumps({"method": "io.jobd.Run", "parameters": parameters}).encode() + b"\0"
    socket.send_fds(line, [call], [file])
    time.sleep(3600)


device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
mount(device, sys.argv[1])
print("mounted", flush=True)
if os.fork() == 0:
    libc.prctl(PR_SET_PDEATHSIG, SIGKILL)
    os.close(device)
    run(os.path.join(sys.argv[1], "file"), sys.argv[3:])
serve(device)
