import Testing
import Varlink

@Suite("Addresses of services")
struct ServiceAddressTests {
  @Test(
    "An address names a socket",
    arguments: [
      ("unix:/run/x", .path("/run/x")), ("unix:/run/x;mode=0600", .path("/run/x")),
      ("unix:run/x", .path("run/x")), ("unix:@x", .abstract("x")), ("/run/x", .path("/run/x")),
      ("./a:b", .path("./a:b")), ("x.sock", .path("x.sock")), ("@x", .abstract("x")),
    ] as [(String, ServiceAddress)])
  func accepted(text: String, address: ServiceAddress) {
    #expect(ServiceAddress(text) == address)
    #expect(ServiceAddress("\(address)") == address)
  }

  @Test(
    "Other transports and empty names are not supported",
    arguments: ["", "unix:", "unix:;x", "unix:@", "@", "tcp:127.0.0.1:1", "exec:/bin/x", "/a\0b"])
  func refused(text: String) {
    #expect(ServiceAddress(text) == nil)
  }
}
