/// The version of jobd.
public nonisolated enum Version {
  public static let current = "0.1.0"
}
