import { WebSocket } from 'ws';

const PROTOCOL = 'graphql-transport-ws';
const CHANGES = 'subscription { orderStatusChanged { cursor } }';

function opened(url: string): Promise<WebSocket> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/graphql`, PROTOCOL);
  return new Promise((resolve, reject) => {
    ws.once('open', () => resolve(ws)).once('error', reject);
    ws.on('error', () => ws.terminate());
  });
}

async function introduced(url: string, key: string): Promise<WebSocket> {
  const ws = await opened(url);
  const heard = new Promise((resolve) => ws.once('message', resolve));
  ws.send(`{"type":"connection_init","payload":{"authorization":"Bearer ${key}"}}`);
  await heard;
  return ws;
}

/** Connects and never says who it is; how it was closed, and how long after it was open. */
export async function silent(url: string): Promise<{ readonly code: number; readonly seconds: number }> {
  const ws = await opened(url);
  const began = performance.now();
  const code = await new Promise<number>((resolve) => ws.once('close', resolve));
  return { code, seconds: (performance.now() - began) / 1_000 };
}

/** Subscribes and reads nothing from then on, not even a ping. */
export async function deaf(url: string, key: string): Promise<WebSocket> {
  const ws = await introduced(url, key);
  ws.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: CHANGES } }));
  ws.pause();
  return ws;
}

/** Asks for more subscriptions than there may be; how often it was told so. Ends by leaving them all. */
export async function flood(url: string, key: string, messages: number): Promise<number> {
  const ws = await introduced(url, key);
  let refused = 0;
  const answered = new Promise<void>((resolve) => {
    ws.on('message', (data) => {
      const text = String(data);
      if (text.includes('"type":"error"')) refused += 1;
      if (text.includes('"type":"pong"')) resolve();
    });
    ws.once('close', () => resolve());
  });
  for (let id = 1; id <= messages; id += 1)
    ws.send(JSON.stringify({ id: `${id}`, type: 'subscribe', payload: { query: CHANGES } }));
  ws.send('{"type":"ping"}');
  await answered;
  ws.terminate();
  return refused;
}

/** Sends one message larger than any may be; the code that it is closed with. */
export async function oversized(url: string, key: string): Promise<number> {
  const ws = await introduced(url, key);
  const closed = new Promise<number>((resolve) => ws.once('close', resolve));
  ws.send('x'.repeat(200_000));
  return closed;
}

/** Goes away in the middle of saying what it wants. */
export async function abrupt(url: string, key: string): Promise<void> {
  const ws = await introduced(url, key);
  ws.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: CHANGES } }));
  ws.terminate();
}
