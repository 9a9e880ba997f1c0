enum JobEngineStub {}
