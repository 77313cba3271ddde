/** Older secrets that stay valid at most: a message carries a signature by each. */
export const OLDER_SECRETS_MAX = 2;

interface Secret {
  readonly id: string;
  /** Null: the current one. */
  readonly expiresAt: Date | null;
}

interface EndingSecret extends Secret {
  readonly expiresAt: Date;
}

/**
 * What stays of the secrets, newest first, when another becomes the current
 * one: each with an end of its own, but none beyond `endsAt`, which is what
 * whoever rotates because a secret has leaked asks for.
 */
export function endsAfterRotation(secrets: readonly Secret[], endsAt: Date, now: Date): readonly EndingSecret[] {
  return secrets
    .map(({ id, expiresAt }) => ({ id, expiresAt: expiresAt !== null && expiresAt < endsAt ? expiresAt : endsAt }))
    .filter(({ expiresAt }) => expiresAt > now)
    .slice(0, OLDER_SECRETS_MAX);
}
