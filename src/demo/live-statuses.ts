import { type Client, createClient } from 'graphql-ws';

interface StatusChange {
  readonly previousStatus: string | null;
  readonly status: string;
}

/** A subscription to changes of status, and what it calls the thing that changed. */
export interface Watched {
  readonly field: string;
  readonly document: string;
  readonly nameOf: (change: never) => string;
}

export const ORDERS: Watched = {
  field: 'orderStatusChanged',
  document: 'subscription OrderStatusChanged { orderStatusChanged { previousStatus status order { orderNumber } } }',
  nameOf: ({ order }: { order: { orderNumber: string } }) => order.orderNumber,
};

export const AGREEMENTS: Watched = {
  field: 'agreementStatusChanged',
  document:
    'subscription AgreementStatusChanged { agreementStatusChanged { previousStatus status agreement { reference } } }',
  nameOf: ({ agreement }: { agreement: { reference: string } }) => agreement.reference,
};

const POLL_MS = 10;

/** Every change of the status of an order or an agreement, as it arrives over the WebSocket. */
export class LiveStatuses {
  /** What was heard and not asked for yet: an agreement comes to the same status more than once. */
  readonly #heard: string[] = [];

  private constructor(private readonly client: Client) {}

  /** Resolves when the socket is there; a subscription itself is not answered before its first event. */
  static async follow(
    url: string,
    key: string,
    onChange: (text: string) => void,
    watched: Watched = ORDERS,
  ): Promise<LiveStatuses> {
    const connected = Promise.withResolvers<void>();
    const client = createClient({
      url,
      connectionParams: { authorization: `Bearer ${key}` },
      lazy: false,
      retryAttempts: 0,
      onNonLazyError: (error) => connected.reject(new Error('the live connection failed', { cause: error })),
      on: { connected: () => connected.resolve() },
    });
    const live = new LiveStatuses(client);
    client.subscribe<Record<string, StatusChange>>(
      { query: watched.document },
      {
        next: ({ data }) => {
          const change = data?.[watched.field];
          if (change) onChange(live.#note(watched, change));
        },
        error: (error) => connected.reject(new Error('the subscription was refused', { cause: error })),
        complete: () => {},
      },
    );
    await connected.promise;
    return live;
  }

  /** Whether it was heard to reach the status since this was last asked, waiting a little for it. */
  async heard(name: string, status: string, timeoutMs = 5_000): Promise<boolean> {
    for (let waited = 0; waited < timeoutMs; waited += POLL_MS) {
      const at = this.#heard.indexOf(`${name} ${status}`);
      if (at >= 0) {
        this.#heard.splice(at, 1);
        return true;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return false;
  }

  async stop(): Promise<void> {
    await this.client.dispose();
  }

  #note({ field, nameOf }: Watched, change: StatusChange): string {
    const name = nameOf(change as never);
    this.#heard.push(`${name} ${change.status}`);
    return `${field}  ${name}: ${change.previousStatus ?? 'new'} → ${change.status}`;
  }
}
