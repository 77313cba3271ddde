/** A refusal of the API as data: understood, nothing changed. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly operation: string,
    readonly code: string,
    message: string,
  ) {
    super(`${operation} was refused: ${code}, ${message}`);
  }
}

type Variables = Readonly<Record<string, unknown>>;

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string }[];
}

/** Speaks to the public API over HTTP with one key, as any client would. */
export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** The data of a document; GraphQL errors are thrown. */
  async ask<Data>(query: string, variables: Variables = {}): Promise<Data> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.key}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as Answer;
    if (errors?.length || !data) throw new Error(errors?.map(({ message }) => message).join('; ') ?? 'no data');
    return data as Data;
  }

  /**
   * One mutation of the form `name(input) → Payload | Problem`. `selection` is
   * of the payload; a Problem is thrown.
   */
  async change<Payload>(name: string, selection: string, input: Variables): Promise<Payload> {
    const type = name.charAt(0).toUpperCase() + name.slice(1);
    const document =
      `mutation ${type}($input: ${type}Input!) { ${name}(input: $input) { __typename ` +
      `... on ${type}Payload ${selection} ... on Problem { code message } } }`;
    const data = await this.ask<Record<string, { __typename: string; code: string; message: string }>>(document, {
      input,
    });
    const result = data[name];
    if (result?.__typename === 'Problem') throw new ProblemError(name, result.code, result.message);
    return result as unknown as Payload;
  }
}
