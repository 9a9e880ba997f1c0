enum LinuxProcessStub {}
