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


def run(path, command):
    """Asks for the job, and holds its line."""
    reader, writer = os.pipe()
    line = client.run(sys.argv[2], command, reader, "standardInputFileDescriptor")
    os.close(reader)
    file = os.open(path, os.O_RDONLY)
    os.sendfile(writer, file, 0, 65536)
    time.sleep(3600)
    line.close()


device = fuse_file.mount(sys.argv[1])
print("mounted", flush=True)
if fuse_file.fork_from(device):
    run(os.path.join(sys.argv[1], "file"), sys.argv[3:])
fuse_file.serve(device, never=fuse_file.READ, word="reading", size=1_000_000)
