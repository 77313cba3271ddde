/** The same server and role, another database. */
export function databaseUrl(of: string, database: string): string {
  const url = new URL(of);
  url.pathname = `/${database}`;
  return url.href;
}
