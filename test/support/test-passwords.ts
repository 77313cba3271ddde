/** Roles belong to the server, so every test database has the same passwords. */
export const TEST_PASSWORDS = { app: 'app', system: 'system' };
