/** A secret or a key cannot be read. The message never holds any part of it. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}
