import { type ErrorBody, malformed, StripeFailure } from '../core/failure.js';
import { newId } from '../core/ids.js';
import type { World } from '../core/world.js';
import { API_VERSION } from '../events/emit.js';
import { checkExpansions, expand } from './expand.js';
import type { Faults, Struck } from './faults.js';
import { decodeForm, type FormHash } from './form.js';
import { claimKey, keepReply, type Reply } from './idempotency.js';
import type { KeyHolder, KeyRing } from './keys.js';
import type { RateLimit } from './rate-limit.js';
import type { RequestLog } from './request-log.js';
import { type Call, type Match, matchRoute, type Route } from './routes.js';

interface ApiRequest {
  method: string;
  path: string;
  query: string;
  body: string;
  authorization: string | undefined;
  version: string | undefined;
  idempotencyKey: string | null;
}

/** What goes back; without an outcome of `answered` the connection is dropped or left hanging. */
export interface ApiReply extends Reply {
  outcome: 'answered' | 'reset' | 'hung';
  headers: Record<string, string>;
}

interface ApiParts {
  world: World;
  routes: readonly Route[];
  keys: KeyRing;
  faults: Faults;
  rateLimit: RateLimit;
  log: RequestLog;
  kept(): Promise<void>;
}

interface Reception {
  request: ApiRequest;
  requestId: string;
  params: FormHash;
  holder: KeyHolder;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());

const SECRET_NEEDED =
  'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.';

function apiError(status: number): StripeFailure {
  const message =
    status === 503
      ? 'Stripe is currently unavailable. Please try again later.'
      : 'An error occurred while processing your request. Please contact support@stripe.com.';
  return new StripeFailure(status, { type: 'api_error', message });
}

/** A mistake of the sandbox's own: it says so, or it would pass for an ordered fault. */
function ownFailure(error: unknown): StripeFailure {
  const message = `The sandbox itself failed: ${error instanceof Error ? error.stack : String(error)}`;
  return new StripeFailure(500, { type: 'api_error', message });
}

function tooMany(): StripeFailure {
  const message =
    'Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.';
  return new StripeFailure(429, { type: 'invalid_request_error', code: 'rate_limit', message }, true);
}

/** Answers API requests: identity, misfortune, limits, idempotency, and then the route itself. */
export class Api {
  constructor(private readonly parts: ApiParts) {}

  async answer(request: ApiRequest): Promise<ApiReply> {
    const requestId = newId('req', 14);
    const params = decodeForm(request.method === 'POST' ? request.body : request.query);
    let holder: KeyHolder | null = null;
    let reply: ApiReply;
    try {
      holder = this.parts.keys.identify(request.authorization);
      reply = await this.serve({ request, requestId, params, holder });
    } catch (error) {
      reply = this.refused(error, requestId, holder);
    }
    this.record(request, params, holder, reply);
    // Nobody may know of what a killed process would forget.
    await this.parts.kept();
    return { ...reply, headers: { ...this.commonHeaders(request, requestId), ...reply.headers } };
  }

  private record(request: ApiRequest, params: FormHash, holder: KeyHolder | null, reply: ApiReply): void {
    const { world, log } = this.parts;
    log.add({
      at: new Date(world.clock.nowMs()).toISOString(),
      method: request.method,
      path: request.path,
      params,
      idempotencyKey: request.idempotencyKey,
      status: reply.outcome === 'answered' ? reply.status : null,
      accountId: holder?.account.id ?? null,
    });
  }

  private commonHeaders(request: ApiRequest, requestId: string): Record<string, string> {
    return {
      'request-id': requestId,
      'stripe-version': request.version ?? API_VERSION,
      ...(request.idempotencyKey !== null && { 'idempotency-key': request.idempotencyKey }),
    };
  }

  private async serve(reception: Reception): Promise<ApiReply> {
    const { request, holder } = reception;
    const match = matchRoute(this.parts.routes, request.method, request.path);
    if (match === null) throw this.unrecognised(request);
    if (holder.isPublishable && !match.route.acceptsPublishable) {
      const body: ErrorBody = { type: 'invalid_request_error', code: 'secret_key_required', message: SECRET_NEEDED };
      throw new StripeFailure(401, body, true);
    }
    const struck = this.parts.faults.strike(request.method, request.path, holder.account.id);
    const early = this.strikeBefore(struck);
    if (early !== null) return early;
    if (this.parts.rateLimit.isExceeded(holder.account.id, `${request.method} ${match.route.path}`)) throw tooMany();
    return this.strikeAfter(struck, await this.execute(reception, match, struck));
  }

  private unrecognised({ method, path }: ApiRequest): StripeFailure {
    const message = `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`;
    return new StripeFailure(404, { type: 'invalid_request_error', message }, true);
  }

  private strikeBefore(struck: Struck | null): ApiReply | null {
    switch (struck?.kind) {
      case 'timeout_before':
        return { outcome: 'hung', status: 0, content: {}, headers: {} };
      case 'reset_before':
        return { outcome: 'reset', status: 0, content: {}, headers: {} };
      case 'error_500_before':
        throw apiError(500);
      case 'error_503':
        throw apiError(503);
      case 'rate_limited':
        throw tooMany();
      default:
        return null;
    }
  }

  private strikeAfter(struck: Struck | null, reply: ApiReply): ApiReply {
    if (struck?.kind === 'timeout_after') return { ...reply, outcome: 'hung' };
    if (struck?.kind === 'reset_after') return { ...reply, outcome: 'reset' };
    return reply;
  }

  /** Under an idempotency key a request runs once; whatever it then answers is what the key answers. */
  private async execute(reception: Reception, match: Match, struck: Struck | null): Promise<ApiReply> {
    const { request, holder } = reception;
    const key = request.method === 'POST' ? request.idempotencyKey : null;
    if (key === null) {
      if (struck?.kind === 'slow') await pause(struck.delayMs);
      return this.run(reception, match, struck);
    }
    const claim = claimKey(holder.book, this.parts.world.clock, {
      key,
      endpoint: request.path,
      fingerprint: request.body,
    });
    if (claim.kind === 'replay') {
      const headers = {
        'idempotent-replayed': 'true',
        ...(claim.reply.status >= 500 && { 'stripe-should-retry': 'false' }),
      };
      return { outcome: 'answered', ...claim.reply, headers };
    }
    try {
      if (struck?.kind === 'slow') await pause(struck.delayMs);
      const reply = this.run(reception, match, struck);
      keepReply(holder.book, key, claim.entry, reply);
      return reply;
    } catch (error) {
      // What failed before it began is not remembered, so the key may be used again.
      if (error instanceof StripeFailure && error.keepsNoReply) holder.book.savedReplies.delete(key);
      else keepReply(holder.book, key, claim.entry, this.refused(error, reception.requestId, holder));
      throw error;
    }
  }

  private run(reception: Reception, match: Match, struck: Struck | null): ApiReply {
    const { holder, requestId, request, params } = reception;
    const call: Call = {
      world: this.parts.world,
      account: holder.account,
      book: holder.book,
      cause: {
        requestId,
        idempotencyKey: request.idempotencyKey,
        version: request.version ?? API_VERSION,
        isBrowser: holder.isPublishable,
      },
      named: match.named,
      isPublishable: holder.isPublishable,
    };
    const paths = expansions(params);
    checkExpansions(paths);
    const answer = match.route.answer(call, params);
    // The effect is there, but the answer is lost: the trouble an outage leaves behind.
    if (struck?.kind === 'error_500_after') throw apiError(500);
    return {
      outcome: 'answered',
      status: 200,
      content: expand(call, answer, paths, request.method === 'GET'),
      headers: {},
    };
  }

  private refused(error: unknown, requestId: string, holder: KeyHolder | null): ApiReply {
    const failure = error instanceof StripeFailure ? error : ownFailure(error);
    const body = failure.body;
    if (holder !== null && failure.status < 500) {
      const mode = holder.book.livemode ? '' : '/test';
      body.request_log_url = `https://dashboard.stripe.com/${holder.account.id}${mode}/workbench/logs?object=${requestId}`;
    }
    const headers: Record<string, string> = {};
    if (body.code === 'idempotency_key_in_use') headers['stripe-should-retry'] = 'true';
    if (failure.status === 429) headers['stripe-rate-limited-reason'] = 'endpoint-rate';
    return { outcome: 'answered', status: failure.status, content: { error: body }, headers };
  }
}

function expansions(params: FormHash): string[] {
  const given = params.expand;
  if (given === undefined) return [];
  if (typeof given === 'string') throw malformed('Invalid array', { param: 'expand' });
  return Object.values(given).filter((each) => typeof each === 'string');
}
