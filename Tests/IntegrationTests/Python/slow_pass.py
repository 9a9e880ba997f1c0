"""Mounts a FUSE file system with one file, to close which takes for ever, and passes it with calls that don't want it.

slow_pass.py DIRECTORY SOCKET

Each call brings as many descriptors of the file as a message can, and the next one follows when it is answered. Prints
"mounted", and a line for each close that waits.
"""

import os
import socket
import sys

import fuse_file

MESSAGE_DESCRIPTORS_MAX = 253


def call(path):
    """Calls until there is no answer. Never closes the file."""
    file = os.open(path, os.O_WRONLY)
    line = socket.socket(socket.AF_UNIX)
    line.connect(sys.argv[2])
    while True:
        socket.send_fds(
            line, [b'{"method":"io.jobd.Describe"}\0'], [file] * MESSAGE_DESCRIPTORS_MAX)
        answer = b""
        while not answer.endswith(b"\0"):
            answer += line.recv(1 << 16)


fuse_file.serve(sys.argv[1], {fuse_file.FLUSH}, "closing", beside=call)
