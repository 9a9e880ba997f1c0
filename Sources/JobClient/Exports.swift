// What a program needs to name what it gets from this library: the vocabulary of `io.jobd`, and the
// types of others that its API mentions.
@_exported public import JobProtocol
@_exported public import struct LinuxSystem.Signal
@_exported public import struct LinuxSystem.SystemError
@_exported public import struct SystemPackage.FileDescriptor
@_exported public import struct SystemPackage.FilePath
@_exported public import enum Varlink.ServiceAddress
@_exported public import struct Varlink.VarlinkError
