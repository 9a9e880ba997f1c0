/// The interface `io.jobd`.
public enum JobdInterface {
  public static let name = "io.jobd"

  /// `io.jobd.varlink`, word for word.
  public static var description: String {
    String(decoding: PackageResources.io_jobd_varlink, as: UTF8.self)
  }

  /// Methods by their full names, as a call says them.
  public enum Method: String, CaseIterable, Sendable {
    case run = "io.jobd.Run"
    case list = "io.jobd.List"
    case cancel = "io.jobd.Cancel"
    case describe = "io.jobd.Describe"
  }
}
