import type { Scope } from '../core/world.js';
import type { FormHash } from './form.js';
import { type Parsed, read, type Spec } from './parameters.js';

/** One request that reached its route. */
export interface Call extends Scope {
  /** What the address names, such as the `:id`. */
  readonly named: Readonly<Record<string, string>>;
  /** The request came with a publishable key: it may touch one object, with its client secret. */
  readonly isPublishable: boolean;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly segments: readonly string[];
  readonly acceptsPublishable: boolean;
  answer(call: Call, form: FormHash): object;
}

interface RouteRules<S extends Spec> {
  takes?: S;
  needs?: readonly (keyof S & string)[];
  acceptsPublishable?: boolean;
}

/** Every endpoint takes `expand`; the answer is expanded after the route has made it. */
const EVERYWHERE = { expand: 'texts' } as const satisfies Spec;

/** Describes an endpoint: its parameters are checked and typed before `run` sees them. */
export function route<S extends Spec>(
  address: `${'GET' | 'POST' | 'DELETE'} /v1/${string}`,
  rules: RouteRules<S>,
  run: (call: Call, params: Parsed<S>) => object,
): Route {
  const [method, path] = address.split(' ') as [Route['method'], string];
  const takes: Spec = { ...EVERYWHERE, ...rules.takes };
  return {
    method,
    path,
    segments: path.slice(1).split('/'),
    acceptsPublishable: rules.acceptsPublishable === true,
    answer: (call, form) => run(call, read(takes, form, rules.needs ?? []) as Parsed<S>),
  };
}

export interface Match {
  route: Route;
  named: Record<string, string>;
}

function fits(segments: readonly string[], given: readonly string[]): Record<string, string> | null {
  if (segments.length !== given.length) return null;
  const named: Record<string, string> = {};
  for (const [place, segment] of segments.entries()) {
    const actual = given[place] ?? '';
    if (segment.startsWith(':')) {
      if (actual === '') return null;
      named[segment.slice(1)] = decodeURIComponent(actual);
    } else if (segment !== actual) return null;
  }
  return named;
}

/** Finds the route of an address; fixed words win over names because routes are listed in that order. */
export function matchRoute(routes: readonly Route[], method: string, path: string): Match | null {
  const given = path.slice(1).split('/');
  for (const candidate of routes) {
    if (candidate.method !== method) continue;
    const named = fits(candidate.segments, given);
    if (named !== null) return { route: candidate, named };
  }
  return null;
}
