/** Runs every request and job: sees one operator's rows at a time. */
export const APP_ROLE = 'quittance_app';

/**
 * Runs what must look before the operator is known: keys, webhooks, what is
 * due, the event log. Policies named `…_system` say which tables it reads; it
 * writes nothing.
 */
export const SYSTEM_ROLE = 'quittance_system';

/** Lets the system role read a table across operators; an entity opts in by listing it. */
export function systemReads(table: string) {
  return { name: `${table}_system`, command: 'select' as const, roles: [SYSTEM_ROLE], using: 'true' };
}
