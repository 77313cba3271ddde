import http from 'node:http';
import { cpuMicros, serve, settings } from './children.js';

/** A run of requests: `bodies` in turn, over so many connections, until all are answered. */
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

let sequence = 0;

async function go(run: Run): Promise<RunResult> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: run.connections });
  const latenciesMs: number[] = [];
  let [sent, errors] = [0, 0];
  let firstError: string | null = null;
  const began = performance.now();
  const cpuBefore = cpuMicros();
  const lane = async () => {
    while (sent < run.requests) {
      sent += 1;
      sequence += 1;
      const start = performance.now();
      const answer = await send(run, agent, `${process.pid}-${sequence}`);
      latenciesMs.push(performance.now() - start);
      if (answer.includes(run.expect)) continue;
      errors += 1;
      firstError ??= answer.slice(0, 400);
    }
  };
  await Promise.all(Array.from({ length: run.connections }, lane));
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  return { seconds, latenciesMs, errors, firstError, ownCpuShare: (cpuMicros() - cpuBefore) / (seconds * 1e6) };
}

function send({ url, headers, method, body }: Run, agent: http.Agent, number: string): Promise<string> {
  const payload = body?.replaceAll('$N', number);
  return new Promise((resolve) => {
    const length = payload === undefined ? {} : { 'content-length': Buffer.byteLength(payload) };
    const request = http.request(url, { method, agent, headers: { ...headers, ...length } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve(text));
    });
    request.on('error', (error) => resolve(`request failed: ${error.message}`));
    request.end(payload);
  });
}

settings();
serve<Run>({}, go);
