import Testing
import Varlink

@Suite("Base64 is strict")
struct Base64Tests {
  @Test(
    "The examples of RFC 4648",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func examples(data: String, text: String) {
    #expect(Base64.encode(data.utf8) == text)
    #expect(Base64.decode(text) == Array(data.utf8))
    #expect(Base64.encodedCount(of: data.utf8.count) == text.utf8.count)
  }

  @Test("Every byte comes back, at every place in a group")
  func everyByte() {
    let bytes = Array<UInt8>(0...255)
    for start in 0..<3 {
      let data = Array(bytes[start...])
      #expect(Base64.decode(Base64.encode(data)) == data)
    }
  }

  @Test(
    "What encoding never makes is refused",
    arguments: [
      "Z", "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zh==", "Zm9=", "Zm8=Zm8=", "Zg==Zg==",
      "AI==", "AE==", "AAC=", "Zm 9v", "Zm9v\n", "Zm9-", "Zm9_", "Zm9\0", "äbc",
    ])
  func refused(text: String) {
    #expect(Base64.decode(text) == nil)
  }
}
