import { WebSocketServer } from 'ws';

/** The cheapest thing a gateway could be: a bare `ws` server that throws every frame away. Prints its port. */
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => socket.on('message', () => undefined));
server.on('listening', () => {
  const address = server.address();
  process.stdout.write(
    `${JSON.stringify({ event: 'ready', port: typeof address === 'object' ? address?.port : 0 })}\n`,
  );
});
