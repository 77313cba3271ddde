import net from 'node:net';
import { cpuMicros, serve, settings } from './children.js';

/** A run of requests over so many connections, until all are answered. */
export interface Run {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly method: 'GET' | 'POST';
  /** `$N` in it becomes the request's number, so that each order has its own. */
  readonly body: string | null;
  readonly requests: number;
  readonly connections: number;
  /** Counted as an error when the answer does not have it. */
  readonly expect: string;
}

export interface RunResult {
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
  readonly errors: number;
  readonly firstError: string | null;
  /** Share of one core that the generator itself used: near 1 it was the bottleneck, and the run says nothing. */
  readonly ownCpuShare: number;
}

const HEAD_END = '\r\n\r\n';
const CONTENT_LENGTH = /content-length: *(\d+)/i;

let sequence = 0;

/**
 * Sockets written to by hand: `http.request` takes as much CPU as the server
 * that it asks, and on a machine of two cores that is taken from the server.
 */
async function go(run: Run): Promise<RunResult> {
  const latenciesMs: number[] = [];
  let [sent, errors] = [0, 0];
  let firstError: string | null = null;
  const began = performance.now();
  const cpuBefore = cpuMicros();
  const lane = async () => {
    const connection = await connected(new URL(run.url));
    while (sent < run.requests) {
      sent += 1;
      sequence += 1;
      const start = performance.now();
      const answer = await connection.ask(requestText(run, `${process.pid}-${sequence}`)).catch(String);
      latenciesMs.push(performance.now() - start);
      if (answer.includes(run.expect)) continue;
      errors += 1;
      firstError ??= answer.slice(-400);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: run.connections }, lane));
  const seconds = (performance.now() - began) / 1000;
  return { seconds, latenciesMs, errors, firstError, ownCpuShare: (cpuMicros() - cpuBefore) / (seconds * 1e6) };
}

function requestText({ url, method, headers, body }: Run, number: string): string {
  const { host, pathname, search } = new URL(url);
  const payload = body?.replaceAll('$N', number) ?? '';
  const all = { host, ...headers, ...(body !== null && { 'content-length': String(Buffer.byteLength(payload)) }) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n${payload}`;
}

/** One keep-alive connection, one request at a time; answers have a `content-length`. */
async function connected({ hostname, port }: URL) {
  const socket = net.connect(Number(port), hostname).setNoDelay(true);
  let [received, whenWhole, whenLost] = ['', (_: string) => {}, (_: Error) => {}];
  const lost = (error?: Error) => whenLost(error ?? new Error('the connection was closed'));
  socket.on('error', lost).on('close', () => lost());
  // One byte one character, so that lengths are the protocol's.
  socket.setEncoding('latin1').on('data', (part: string) => {
    received += part;
    const bodyAt = received.indexOf(HEAD_END) + HEAD_END.length;
    const length = bodyAt < HEAD_END.length ? null : CONTENT_LENGTH.exec(received.slice(0, bodyAt))?.[1];
    if (length == null || received.length < bodyAt + Number(length)) return;
    const answer = received;
    received = '';
    whenWhole(answer);
  });
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return {
    ask: (text: string) =>
      new Promise<string>((resolve, reject) => {
        [whenWhole, whenLost] = [resolve, reject];
        socket.write(text);
      }),
    close: () => socket.destroy(),
  };
}

settings();
serve<Run>({}, go);
