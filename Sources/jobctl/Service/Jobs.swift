internal import JobProtocol
internal import Varlink

/// The jobs of a reply, as values and as they were said: a newer jobd says more than we know.
struct Jobs {
  let values: [Job]
  let json: [JSON]

  init(_ reply: JSONObject) throws(Failure) {
    do throws(BadValue) {
      values = try ListReply(reply).jobs
    } catch {
      throw Failure("jobd can't be understood: \(error)")
    }
    json = reply.array("jobs") ?? []
  }
}
