#!/usr/bin/env python3
"""Python's subprocess, without any daemon: `loop.py NAME COUNT COMMAND...` prints
"NAME NANOSECONDS" for each run."""

import subprocess
import sys
import time

_, name, count, *command = sys.argv
for _ in range(int(count)):
    start = time.monotonic_ns()
    subprocess.run(command, check=True)
    print(name, time.monotonic_ns() - start)
