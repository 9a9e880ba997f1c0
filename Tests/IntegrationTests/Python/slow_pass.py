"""Mounts a FUSE file system with one file, to close which takes for ever, and passes it to jobd, which doesn't want it.

slow_pass.py DIRECTORY SOCKET whole|begun

Passes as many descriptors of the file as a message can bring, again and again: with calls, each when the one before is
answered, or with beginnings of calls, each on another connection. Prints "mounted", and a line for each close that
waits.
"""

import os
import signal
import socket
import sys

import client
import fuse_file

DESCRIPTORS_MAX = 253
CONNECTIONS = 40


def call(file):
    line = client.connect(sys.argv[2])
    while True:
        socket.send_fds(line, [b'{"method":"io.jobd.Describe"}\0'], [file] * DESCRIPTORS_MAX)
        answer = b""
        while not answer.endswith(b"\0"):
            answer += line.recv(1 << 16)


def begin(file):
    lines = [client.connect(sys.argv[2]) for _ in range(CONNECTIONS)]
    for line in lines:
        socket.send_fds(line, [b"{"], [file] * DESCRIPTORS_MAX)
    # Held by this process until it ends.
    signal.pause()


def run(path):
    """Never closes the file."""
    {"whole": call, "begun": begin}[sys.argv[3]](os.open(path, os.O_WRONLY))


fuse_file.serve(sys.argv[1], {fuse_file.FLUSH}, "closing", beside=run)
