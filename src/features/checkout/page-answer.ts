import type { FastifyReply } from 'fastify';
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';

export interface PageOrigins {
  /** Where payers reach us. */
  readonly publicUrl: string;
  /** Where forms may lead to in the end. */
  readonly paymentOrigins: readonly string[];
}

/**
 * The policy of all pages: nothing but our own files, and nothing inline. A
 * form's target is also held to what it redirects to (Chromium does), so the
 * payment system's pages are named. Sockets are named, because not every
 * browser takes them for `self`.
 */
export function contentSecurityPolicy({ publicUrl, paymentOrigins }: PageOrigins): string {
  const socket = new URL(publicUrl).origin.replace(/^http/, 'ws');
  return [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${socket}`,
    `form-action ${["'self'", ...paymentOrigins].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Whoever has an order's address may pay it, so nobody else is to learn it from us, and no frame is around it. */
export function pageHeaders(origins: PageOrigins): Readonly<Record<string, string>> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy(origins),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  };
}

export function html(page: VNode): string {
  return `<!doctype html>${renderToString(page)}`;
}

/** 303: whatever the form was, its target is fetched. */
export function seeOther(reply: FastifyReply, url: string): FastifyReply {
  return reply
    .code(303)
    .headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', location: url })
    .send();
}
