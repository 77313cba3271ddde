import type pg from 'pg';

interface RoleFacts {
  readonly role: string;
  readonly superuser: boolean;
  readonly bypass: boolean;
  readonly owns: string | null;
  readonly unforced: string | null;
  readonly version: number;
}

/** PostgreSQL before 15.14 leaks row-policy-protected values through planner statistics (CVE-2025-8713). */
const VERSION_MIN = 150_014;

/**
 * Refuses to start on a connection that row-level security would not hold:
 * a superuser, a role that may bypass it, the owner of a table, or a table
 * whose policies are switched off. Without this, a wrong URL in production
 * would show every tenant everything, and nothing would look wrong.
 */
export async function assertConfined(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<RoleFacts>(`
    select current_user as role, rolsuper as superuser, rolbypassrls as bypass,
      (select min(relname::text) from pg_class where relkind in ('r', 'p') and pg_has_role(current_user, relowner, 'member')
         and relnamespace = 'public'::regnamespace) as owns,
      (select min(relname::text) from pg_class c where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
         and not (relrowsecurity and relforcerowsecurity)
         and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'operator_id')) as unforced,
      current_setting('server_version_num')::int as version
    from pg_roles where rolname = current_user`);
  const [facts] = rows;
  if (!facts) throw new Error('The database did not say which role we are.');
  const fault = faultOf(facts);
  if (fault) throw new Error(`Refusing to start: ${fault}`);
}

function faultOf({ role, superuser, bypass, owns, unforced, version }: RoleFacts): string | null {
  if (version < VERSION_MIN) return `PostgreSQL ${version} is too old; 15.14 or newer is needed (CVE-2025-8713).`;
  if (superuser) return `the database role "${role}" is a superuser, and row-level security does not bind superusers.`;
  if (bypass) return `the database role "${role}" has BYPASSRLS, so it would see every operator's rows.`;
  if (owns) return `the database role "${role}" owns the table "${owns}" and could switch its policies off.`;
  if (unforced) return `row-level security is not forced on the table "${unforced}".`;
  return null;
}
