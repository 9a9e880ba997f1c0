import JobEngine
import JobProtocol
import LinuxProcess
import LinuxSystem
import Varlink

extension Methods {
  func run(
    _ invocation: Service.Invocation, _ client: Connection, _ passed: consuming PassedDescriptors
  ) throws(VarlinkError) {
    let parameters: RunParameters = try read(invocation)
    let request = try refusable { () throws(JobdError) in
      try defaults.request(for: parameters.context)
    }
    var maker = StreamMaker(passed, captures: client.takesProgress)
    let streams = try maker.make(for: parameters)
    var ends = maker.takeEnds()

    let id = supervisor.engine.nextID
    let job = JobResources(
      id, defaults.specification(for: parameters.context, as: id), marks: defaults.marks(of: id),
      streams,
      keepalive: ends.keepalive.take())
    do {
      try supervisor.capture(&ends, of: job, for: client)
    } catch {
      throw VarlinkError(error)
    }
    try refusable { () throws(JobdError) in
      try supervisor.submit(job, request, for: client)
    }
  }
}
