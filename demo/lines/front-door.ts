// A TCP door before a server on the same machine, which can be shut as if the cable had been pulled.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface FrontDoor {
  readonly port: number;
  /** Where connections go. Nothing is forwarded before this is told. */
  forwardTo(port: number): void;
  /** Drops every connection and takes no new one until `open`. */
  shut(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a door on a port of the loopback; 0 = any free one. */
export async function frontDoor(wanted: number): Promise<FrontDoor> {
  const sockets = new Set<Socket>();
  let target = 0;
  const server: Server = createServer((client) => {
    const inner = connect({ host: '127.0.0.1', port: target, noDelay: true });
    client.setNoDelay(true);
    for (const [one, other] of [
      [client, inner],
      [inner, client],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    // A server that listens on TCP has such an address.
    return (server.address() as AddressInfo).port;
  };
  const shut = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const port = await listen(wanted);
  return {
    port,
    forwardTo(inner) {
      target = inner;
    },
    shut,
    async open() {
      if (!server.listening) await listen(port);
    },
    close: shut,
  };
}
