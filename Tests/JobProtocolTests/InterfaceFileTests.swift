import JobProtocol
import Testing
import Varlink

@Suite("The interface file and the Swift types say the same")
struct InterfaceFileTests {
  private let interface: InterfaceDescription

  /// The published interface, and a method for each of its types that takes a value of it, so that
  /// single values can be validated.
  init() throws {
    var source = JobdInterface.description
    for declaration in try InterfaceDescription(parsing: source).declarations {
      guard case .type = declaration.kind else { continue }
      source += "method Probe\(declaration.name)(value: \(declaration.name)) -> ()\n"
    }
    interface = try InterfaceDescription(parsing: source)
  }

  @Test("The file describes io.jobd and everything in it is documented")
  func file() throws {
    let published = try InterfaceDescription(parsing: JobdInterface.description)
    #expect(published.name == JobdInterface.name)
    #expect(!published.documentation.isEmpty)
    for declaration in published.declarations where declaration.name != "OutputStream" {
      let isPlain = ["StartFailure", "Timestamp", "Job"].contains(declaration.name)
      #expect(isPlain || !declaration.documentation.isEmpty, "\(declaration.name)")
    }
  }

  @Test("Every value validates against its type", arguments: Samples.full + Samples.minimal)
  func validates(_ sample: Samples.Sample) throws {
    try interface.validate(
      parameters: ["value": .object(sample.value.wire)], forMethod: "Probe\(sample.type)")
  }

  @Test("The full values of a struct have all of its fields and no others")
  func fields() {
    for (name, fields) in structs {
      let samples = Samples.full.filter { $0.type == name }
      let written = Set(samples.flatMap { $0.value.wire.members.map(\.name) })
      #expect(written == Set(fields.map(\.name)), "\(name)")
    }
  }

  @Test("The minimal value of a struct has the fields that can't be null, and a command")
  func minimalFields() {
    for (name, fields) in structs {
      guard let sample = Samples.minimal.first(where: { $0.type == name }) else { continue }
      var required = Set(fields.filter { !$0.type.isNullable }.map(\.name))
      // Required in one of two ways, which the interface can say in its comment only.
      if name == "JobContext" { required.insert("command") }
      #expect(Set(sample.value.wire.members.map(\.name)) == required, "\(name)")
    }
  }

  @Test("Enumerations have the same words in the same order")
  func enumerations() {
    let words: [String: [String]] = [
      "Scope": Scope.allCases.map(\.rawValue),
      "JobState": JobState.allCases.map(\.rawValue),
      "Cause": Cause.allCases.map(\.rawValue),
      "Containment": Containment.allCases.map(\.rawValue),
      "StartStep": StartStep.allCases.map(\.rawValue),
      "OutputStream": OutputStream.allCases.map(\.rawValue),
    ]
    var declared: [String: [String]] = [:]
    for declaration in interface.declarations {
      guard case .type(.enumeration(let cases)) = declaration.kind else { continue }
      declared[declaration.name] = cases.map(\.name)
    }
    #expect(declared == words)
  }

  @Test("Methods are the same, and none of them is missing a word")
  func methods() throws {
    let published = try InterfaceDescription(parsing: JobdInterface.description)
    let declared = published.declarations.filter {
      if case .method = $0.kind { true } else { false }
    }
    #expect(
      Set(declared.map { "\(published.name).\($0.name)" })
        == Set(JobdInterface.Method.allCases.map(\.rawValue)))
  }

  @Test("What each method is called with has all of its fields, and validates")
  func calls() throws {
    try expectAllFields(of: "Run", in: Samples.runParameters.map(\.wire))
    try expectAllFields(
      of: "List", in: [ListParameters().wire, ListParameters(id: 7, finished: false).wire])
    try expectAllFields(
      of: "Cancel",
      in: [
        CancelParameters(id: 7).wire,
        CancelParameters(id: 7, signal: "INT", gracePeriodUSec: 0, reason: "because").wire,
      ])
    try expectAllFields(of: "Describe", in: [[:]])
  }

  @Test("What each method replies with has all of its fields, and validates")
  func replies() throws {
    try expectAllReplyFields(of: "Run", in: Samples.runReplies.map(\.wire))
    try expectAllReplyFields(
      of: "List",
      in: [ListReply(jobs: [], isComplete: true).wire, ListReply(jobs: [Samples.job]).wire])
    try expectAllReplyFields(of: "Cancel", in: [CancelReply(job: Samples.job).wire])
    try expectAllReplyFields(of: "Describe", in: [Samples.service.wire])
  }

  @Test("Errors are the same and have the same parameters")
  func errors() throws {
    var declared: Set<String> = []
    for declaration in interface.declarations {
      guard case .error(let fields) = declaration.kind else { continue }
      let name = "\(interface.name).\(declaration.name)"
      declared.insert(name)
      let error = try #require(Samples.errors.first { $0.name == name }, "\(name)")
      try interface.validate(VarlinkError(error.name, error.parameters))
      #expect(error.parameters.members.map(\.name) == fields.map(\.name))
    }
    #expect(declared == Set(Samples.errors.map(\.name)))
  }

  private var structs: [(name: String, fields: [InterfaceDescription.Field])] {
    interface.declarations.compactMap { declaration in
      guard case .type(.structure(let fields)) = declaration.kind else { return nil }
      return (declaration.name, fields)
    }
  }

  private func expectAllFields(of method: String, in calls: [JSONObject]) throws {
    let fields = try #require(interface.method(method)).input.map(\.name)
    for call in calls { try interface.validate(parameters: call, forMethod: method) }
    #expect(Set(calls.flatMap { $0.members.map(\.name) }) == Set(fields), "\(method)")
  }

  private func expectAllReplyFields(of method: String, in replies: [JSONObject]) throws {
    let fields = try #require(interface.method(method)).output.map(\.name)
    for reply in replies { try interface.validate(Reply(reply), forMethod: method) }
    #expect(Set(replies.flatMap { $0.members.map(\.name) }) == Set(fields), "\(method)")
  }
}

extension InterfaceType {
  fileprivate var isNullable: Bool { if case .nullable = self { true } else { false } }
}
