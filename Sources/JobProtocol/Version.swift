/// The version of these sources, jobd's and jobctl's alike: they are made together.
///
/// https://semver.org
public enum Version {
  public static let current = "0.1.0"
}
