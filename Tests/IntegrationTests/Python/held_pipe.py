"""Has a job read from a pipe that somebody moves a file into, which takes for ever.

held_pipe.py DIRECTORY SOCKET COMMAND...

sendfile(2) holds the pipe's mutex while it waits for the file, which is on a FUSE file system that never answers READ. The
last close of the pipe's reading end waits for that mutex, and SIGKILL doesn't end that wait; the end of this program does.
Prints "mounted", and "reading" when the mutex is held and only jobd has the reading end.
"""

import os
import sys
import time

import client
import fuse_file


def run(path):
    """Asks for the job, and holds its line."""
    _, _, address, *command = sys.argv
    reader, writer = os.pipe()
    line = client.run(address, command, reader, "standardInputFileDescriptor")
    os.close(reader)
    file = os.open(path, os.O_RDONLY)
    os.sendfile(writer, file, 0, 65536)
    time.sleep(3600)
    line.close()


fuse_file.serve(sys.argv[1], {fuse_file.READ}, "reading", size=1_000_000, beside=run)
