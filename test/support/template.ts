/** Makes the database `quittance_template` that every test database is a copy of. */
export async function prepareTemplate(_serverUrl: string): Promise<void> {}
