"""Mounts a FUSE file system with one file, of zeroes, that answers everything but one operation.

slow_file.py DIRECTORY flush|read [SOCKET COMMAND...]

flush: each close(2) of any descriptor of the file waits. read: whoever reads it does. SIGKILL doesn't end that wait; the
end of this program does. Prints "mounted", and the operation each time that somebody begins to wait for it. With a
socket, a job of the jobd there is asked for, which is to write to the file.
fuse(4); linux/fuse.h
"""

import ctypes
import json
import os
import socket
import struct
import sys
import time

LOOKUP, GETATTR, OPEN, READ, RELEASE, FLUSH, INIT = 1, 3, 14, 15, 18, 25, 26
UNANSWERED = {"flush": FLUSH, "read": READ}
# FORGET, INTERRUPT, BATCH_FORGET: nobody waits for an answer.
MERE_NEWS = {2, 36, 42}
ENOSYS = 38
QUESTION_BYTES = 1 << 17
FILE_BYTES = 65536
ROOT, FILE = 1, 2


PR_SET_PDEATHSIG, SIGKILL = 1, 9
libc = ctypes.CDLL(None, use_errno=True)


def mount(device, directory):
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0"
    if libc.mount(b"fuse", directory.encode(), b"fuse", 0, options.encode()) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))


def attributes(node):
    mode, size = (0o040755, 0) if node == ROOT else (0o100644, FILE_BYTES)
    # Number, size, blocks, three times; their nanoseconds; mode, links, owner, group, device, block size, flags.
    return struct.pack("=6Q10I", node, size, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


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
    if opcode in (FLUSH, RELEASE):
        return b""
    return None


def serve(device, unanswered):
    while True:
        question = os.read(device, QUESTION_BYTES)
        _, opcode, unique, node = struct.unpack_from("=IIQQ", question)
        if opcode == UNANSWERED[unanswered]:
            print(unanswered, flush=True)
            continue
        if opcode in MERE_NEWS:
            continue
        body = answer(opcode, node)
        error = 0 if body is not None else -ENOSYS
        body = body or b""
        os.write(device, struct.pack("=IiQ", 16 + len(body), error, unique) + body)


def run(path, address, command):
    """Asks for the job, and holds its line. Never closes the file."""
    file = os.open(path, os.O_WRONLY)
    line = socket.socket(socket.AF_UNIX)
    line.connect(address)
    parameters = {"context": {"command": command}, "standardOutputFileDescriptor": 0}
    call = json.dumps({"method": "io.jobd.Run", "parameters": parameters}).encode() + b"\0"
    socket.send_fds(line, [call], [file])
    time.sleep(3600)


directory, unanswered, *job = sys.argv[1:]
device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
mount(device, directory)
print("mounted", flush=True)
if job and os.fork() == 0:
    libc.prctl(PR_SET_PDEATHSIG, SIGKILL)
    os.close(device)
    run(os.path.join(directory, "file"), job[0], job[1:])
serve(device, unanswered)
