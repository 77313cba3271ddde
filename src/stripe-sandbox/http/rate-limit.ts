/** Requests an account may make to one endpoint in a second. Off until a test asks for it. */
export class RateLimit {
  private usual: number | null = null;
  private readonly special = new Map<string, number | null>();
  private second = 0;
  private counts = new Map<string, number>();

  set(perSecond: number | null, accountId?: string): void {
    if (accountId === undefined) this.usual = perSecond;
    else this.special.set(accountId, perSecond);
  }

  /** Real seconds are counted, not the sandbox's: moving its clock sends no requests. */
  isExceeded(accountId: string, endpoint: string): boolean {
    const limit = this.special.has(accountId) ? this.special.get(accountId) : this.usual;
    if (limit === null || limit === undefined) return false;
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.counts = new Map();
    }
    const key = `${accountId} ${endpoint}`;
    const made = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, made);
    return made > limit;
  }
}
