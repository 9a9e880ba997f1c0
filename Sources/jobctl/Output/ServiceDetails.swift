internal import JobProtocol

/// What jobd says about itself, one thing a line.
struct ServiceDetails {
  private var facts = Facts()

  init(_ service: ServiceDescription) {
    facts.add("jobd", service.version)
    facts.add("PID", "\(service.pid)")
    facts.add("Cgroup", service.controlGroup.map(Quoting.visible) ?? "none")
    facts.add("Running", "\(service.running) of at most \(service.runningMax)")
    facts.add("Queued", "\(service.queued) of at most \(service.queuedMax)")
    facts.add("Removing", service.removing == 0 ? nil : "\(service.removing) cgroups")
    facts.add("Stuck", service.stuck == 0 ? nil : "\(service.stuck) cgroups")
  }

  var text: String { facts.text }
}
