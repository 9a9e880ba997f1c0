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


def run(path):
    """Asks for the job, and holds its line. Never closes the file."""
    _, _, address, *command = sys.argv
    file = os.open(path, os.O_WRONLY)
    line = client.run(address, command, file, "standardOutputFileDescriptor")
    time.sleep(3600)
    line.close()


fuse_file.serve(sys.argv[1], {fuse_file.FLUSH}, "closing", beside=run)
