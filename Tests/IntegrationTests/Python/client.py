"""A client whose job is given one descriptor."""

import json
import socket


def connect(path):
    line = socket.socket(socket.AF_UNIX)
    line.connect(path)
    return line


def run(path, command, descriptor, stream):
    """Asks for the job; returns its line."""
    line = connect(path)
    parameters = {"context": {"command": command}, stream: 0}
    call = json.dumps({"method": "io.jobd.Run", "parameters": parameters}).encode() + b"\0"
    socket.send_fds(line, [call], [descriptor])
    return line
