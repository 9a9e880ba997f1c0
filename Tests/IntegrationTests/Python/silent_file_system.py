"""Mounts a FUSE file system that never answers, and prints a line for each question.

silent_file_system.py DIRECTORY

A process that asks it something waits for the answer, and once the question was read from /dev/fuse
SIGKILL doesn't end that wait. The end of this program does. fuse(4); linux/fuse.h
"""

import sys

import fuse_file

# But for what makes it a file system.
fuse_file.serve(sys.argv[1], set(range(1 << 8)) - {fuse_file.INIT}, "asked")
