import type { ExplorerExample } from '../platform/http/explorer.js';

/** The tabs with which `/graphiql` opens: the shortest way from a key to a payment. */
export const EXPLORER_EXAMPLES: readonly ExplorerExample[] = [
  {
    title: 'Which key is this, and what may it do?',
    document: '{ viewer { kind mode keyHint scopes operator { id name } merchant { id name } } }',
  },
];
