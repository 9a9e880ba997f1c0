package import SystemPackage

/// Throws for a system call's answer that is a negated errno.
package func checked<Answer: SignedInteger>(
  _ answer: Answer, _ operation: String, _ subject: @autoclosure () -> String? = nil
) throws(SystemError) -> Answer {
  guard answer < 0 else { return answer }
  throw SystemError(operation, subject(), errno: Errno(rawValue: CInt(-answer)))
}

/// Throws for an answer that is not a new descriptor.
package func descriptor(
  _ answer: CInt, _ operation: String, _ subject: @autoclosure () -> String? = nil
) throws(SystemError) -> FileDescriptor {
  FileDescriptor(rawValue: try checked(answer, operation, subject()))
}

/// The typed form of what swift-system throws.
package func systemCall<Value: ~Copyable>(
  _ operation: String, _ subject: @autoclosure () -> String? = nil, _ body: () throws -> Value
) throws(SystemError) -> Value {
  do {
    return try body()
  } catch let errno as Errno {
    throw SystemError(operation, subject(), errno: errno)
  } catch {
    throw SystemError(operation, subject(), errno: .invalidArgument)
  }
}
