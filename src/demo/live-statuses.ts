import { type Client, createClient } from 'graphql-ws';

interface StatusChange {
  readonly previousStatus: string | null;
  readonly status: string;
  readonly order: { readonly orderNumber: string };
}

const DOCUMENT =
  'subscription OrderStatusChanged { orderStatusChanged { previousStatus status order { orderNumber } } }';

const POLL_MS = 10;

/** Every change of an order's status, as it arrives over the WebSocket. */
export class LiveStatuses {
  readonly #seen = new Set<string>();

  private constructor(private readonly client: Client) {}

  /** Resolves when the socket is there; a subscription itself is not answered before its first event. */
  static async follow(url: string, key: string, onChange: (text: string) => void): Promise<LiveStatuses> {
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
    client.subscribe<{ orderStatusChanged: StatusChange }>(
      { query: DOCUMENT },
      {
        next: ({ data }) => {
          if (data) live.#note(data.orderStatusChanged, onChange);
        },
        error: (error) => connected.reject(new Error('the subscription was refused', { cause: error })),
        complete: () => {},
      },
    );
    await connected.promise;
    return live;
  }

  /** Whether the order was heard to reach the status, waiting a little for it. */
  async heard(orderNumber: string, status: string, timeoutMs = 5_000): Promise<boolean> {
    for (let waited = 0; waited < timeoutMs; waited += POLL_MS) {
      if (this.#seen.has(`${orderNumber} ${status}`)) return true;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return false;
  }

  async stop(): Promise<void> {
    await this.client.dispose();
  }

  #note({ previousStatus, status, order }: StatusChange, onChange: (text: string) => void): void {
    this.#seen.add(`${order.orderNumber} ${status}`);
    onChange(`orderStatusChanged  ${order.orderNumber}: ${previousStatus ?? 'new'} → ${status}`);
  }
}
