enum JobClientStub {}
