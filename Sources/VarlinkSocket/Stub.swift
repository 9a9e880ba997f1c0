enum VarlinkSocketStub {}
