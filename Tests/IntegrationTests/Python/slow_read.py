"""Mounts a FUSE file system with one file, "file", to read which takes for ever.

slow_read.py DIRECTORY

SIGKILL doesn't end the wait of whoever reads it; the end of this program does. Prints "mounted", and "reading" for each who
waits.
"""

import sys

import fuse_file

fuse_file.serve(sys.argv[1], {fuse_file.READ}, "reading", size=1_000_000)
