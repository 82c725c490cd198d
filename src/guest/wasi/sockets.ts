/** wasi:sockets 0.2, of which a browser has none: whatever makes a socket or looks up a name says `not-supported`. */
import type { ImportTable } from './context.ts'
import { Resource, type ResourceCount } from './resource.ts'
import { WitError } from './wit-error.ts'

class Network extends Resource {}
/** Nothing makes these. */
class TcpSocket {}
class UdpSocket {}
class IncomingDatagramStream {}
class OutgoingDatagramStream {}
class ResolveAddressStream {}

export function createSockets(resources: ResourceCount): ImportTable {
  return new Map<string, Readonly<Record<string, unknown>>>([
    ['wasi:sockets/network', { Network, networkErrorCode: () => undefined }],
    ['wasi:sockets/instance-network', { instanceNetwork: () => new Network(resources) }],
    ['wasi:sockets/ip-name-lookup', { ResolveAddressStream, resolveAddresses: notSupported }],
    ['wasi:sockets/tcp', { TcpSocket }],
    ['wasi:sockets/tcp-create-socket', { createTcpSocket: notSupported }],
    ['wasi:sockets/udp', { UdpSocket, IncomingDatagramStream, OutgoingDatagramStream }],
    ['wasi:sockets/udp-create-socket', { createUdpSocket: notSupported }],
  ])
}

function notSupported(): never {
  throw new WitError('not-supported')
}
