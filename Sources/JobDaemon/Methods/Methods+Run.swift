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
    let streams = try StreamPlan(
      parameters, passed, captures: client.takesProgress, supervisor.budget)
    let id = supervisor.engine.nextID
    let marks = defaults.marks(of: id)
    let job = JobResources(
      id, defaults.specification(for: parameters.context, marks: marks), marks: marks, streams,
      for: client)
    try refusable { () throws(JobdError) in
      try supervisor.submit(job, request, for: client)
    }
  }
}
