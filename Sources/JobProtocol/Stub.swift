enum JobProtocolStub {}
