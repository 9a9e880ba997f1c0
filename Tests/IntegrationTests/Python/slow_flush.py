"""Mounts a FUSE file system with one file, to close which takes for ever, and has a job write to it.

slow_flush.py DIRECTORY SOCKET COMMAND...

Each close(2) of any descriptor of the file waits for an answer (FLUSH) that doesn't come, and SIGKILL doesn't end that
wait; the end of this program does. Prints "mounted", and a line for each such close.
"""

import os
import sys
import time

import client
import fuse_file


def run(path, command):
    """Asks for the job, and holds its line. Never closes the file."""
    file = os.open(path, os.O_WRONLY)
    line = client.run(sys.argv[2], command, file, "standardOutputFileDescriptor")
    time.sleep(3600)
    line.close()


device = fuse_file.mount(sys.argv[1])
print("mounted", flush=True)
if fuse_file.fork_from(device):
    run(os.path.join(sys.argv[1], "file"), sys.argv[3:])
fuse_file.serve(device, never=fuse_file.FLUSH, word="closing")
