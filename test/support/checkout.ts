import { createHmac } from 'node:crypto';
import type { Product, Shop } from './product.js';

export type Fields = Record<string, string>;

/** A shop that sends payment forms, as its server signs them. */
export class FormShop {
  private constructor(
    private readonly product: Product,
    readonly shop: Shop,
    readonly secret: string,
  ) {}

  static async of(product: Product, shop: Shop): Promise<FormShop> {
    const { secret } = await shop.operator.do<{ secret: string }>(
      'rotateSigningSecret',
      { merchantId: shop.id },
      'secret',
    );
    return new FormShop(product, shop, secret);
  }

  /** The product's time, in seconds. */
  now(): number {
    return Math.floor(this.product.clock.now().getTime() / 1000);
  }

  /** The fields of a good form with its signature, but for what is given otherwise. */
  fields(more: Fields = {}, secret = this.secret): Fields {
    made += 1;
    const fields = {
      merchant: this.shop.id,
      orderNumber: `F-${made}`,
      amount: '12.50',
      currency: 'EUR',
      timestamp: String(this.now()),
      ...more,
    };
    return { ...fields, signature: signed(fields, secret) };
  }

  post(fields: Fields | string, headers: Fields = {}): Promise<Page> {
    const body = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
    return visit(`${this.product.url}/pay`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    });
  }

  /** The address of the order that a form makes. */
  async order(more: Fields = {}): Promise<string> {
    const page = await this.post(this.fields(more));
    if (page.status !== 303) throw new Error(`the form was refused with ${page.status}: ${page.text}`);
    return page.location;
  }

  /** How many orders the shop has. */
  async orders(): Promise<{ orderNumber: string; status: string }[]> {
    const { orders } = await this.shop.ask<{ orders: { nodes: { orderNumber: string; status: string }[] } }>(
      '{ orders(first: 100) { nodes { orderNumber status } } }',
    );
    return orders.nodes;
  }
}

let made = 0;

export function signed(fields: Fields, secret: string): string {
  const lines = Object.keys(fields)
    .filter((name) => name !== 'signature')
    .sort()
    .map((name) => `${name}=${fields[name]}`);
  return createHmac('sha256', secret)
    .update(['quittance-pay-v1', ...lines].join('\n'))
    .digest('hex');
}

export interface Page {
  readonly status: number;
  readonly headers: Headers;
  /** Where it leads, in full; empty where nowhere. */
  readonly location: string;
  readonly html: string;
  /** What somebody reads: without tags, and with its entities resolved. */
  readonly text: string;
  readonly heading: string;
}

/** A page as somebody without scripts sees it; redirects are not followed. */
export async function visit(url: string, init: RequestInit = {}): Promise<Page> {
  const answer = await fetch(url, { redirect: 'manual', ...init });
  const html = await answer.text();
  const location = answer.headers.get('location');
  return {
    status: answer.status,
    headers: answer.headers,
    location: location === null ? '' : new URL(location, url).href,
    html,
    text: textOf(/<body>([\s\S]*)<\/body>/.exec(html)?.[1] ?? ''),
    heading: textOf(/<h1>([\s\S]*?)<\/h1>/.exec(html)?.[1] ?? ''),
  };
}

/** Sends one of a page's own forms. */
export function send(url: string, fields: Fields = {}): Promise<Page> {
  return visit(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&amp;': '&',
  '&#39;': "'",
};

function textOf(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&(?:lt|gt|quot|amp|#39);/g, (entity) => ENTITIES[entity] ?? entity)
    .replaceAll(/\s+/g, ' ')
    .trim();
}

export const idIn = (url: string) => /ord_[0-9a-z]{26}/.exec(url)?.[0] ?? '';

export const sessionIn = (url: string) => /cs_test_\w+/.exec(url)?.[0] ?? '';

/** Where a link of a page leads, by what it says. */
export const linkTo = (page: Page, words: string) =>
  new RegExp(`<a[^>]*href="([^"]*)"[^>]*>\\s*${words}\\s*</a>`).exec(page.html)?.[1]?.replaceAll('&amp;', '&');

/** What a page that watches its order was given to do it with. */
export function liveOf(page: Page): Record<'token' | 'socket' | 'order' | 'url', string> {
  const [, attributes = ''] = /<div id="live"([^>]*)>/.exec(page.html) ?? [];
  const data = [...attributes.matchAll(/data-(\w+)="([^"]*)"/g)].map(([, name = '', value = '']): [string, string] => [
    name,
    value.replaceAll('&amp;', '&'),
  ]);
  return { token: '', socket: '', order: '', url: '', ...Object.fromEntries(data) };
}
